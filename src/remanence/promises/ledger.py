"""The ledger: read from the items that bear promises, never kept beside them.

What the reader hears somebody commit to, what was promised by a call and what was declared are items, and so
are assessments. So undo, erasure, history and export hold for the ledger without a word here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from remanence.errors import InvalidInput
from remanence.model.ids import ItemId
from remanence.model.item import Item, Revision
from remanence.model.promise import (
    ASSESSMENT,
    COMMITMENT,
    PROMISE,
    Assessment,
    Ledger,
    Promise,
    PromiseState,
    Terms,
)
from remanence.model.state import RECALLED
from remanence.promises.clashing import clashes
from remanence.promises.standing import circles, is_binding, judged, latest_of_each, state_of
from remanence.promises.terms import outcome_named, terms_of
from remanence.promises.trust import trust_in
from remanence.storage.port import Snapshot
from remanence.verbs.setting import Setting

ENDED = "ended"  # in a promise's metadata: that it was withdrawn, or by which it was replaced
_INSTANT = timedelta(microseconds=1)
ASSISTANT = "assistant"  # whom a user speaks to where nobody else does


def read_ledger(setting: Setting) -> Ledger:
    """All promises as they stand now; see Cube.promises."""
    with setting.store.read() as snapshot:
        return ledger_of(setting, snapshot, now=setting.clock.now())


def ledger_of(setting: Setting, snapshot: Snapshot, *, now: datetime) -> Ledger:
    """The ledger of one committed state."""
    rows = {row.item_id: row for row in snapshot.promise_rows() if row.state in RECALLED and row.text_id}
    made = _Making(setting, snapshot, rows.values())
    assessed = _assessments(rows.values())
    promises: list[Promise] = []
    impositions: list[Promise] = []
    intentions: list[Item] = []
    for row in rows.values():
        told = made.promise(row)
        if told is None:
            if ASSESSMENT not in row.content.tags:
                intentions.append(Item(row))
        else:
            promise = _judged(told, assessed.get(row.item_id, ()), now)
            (promises if promise.said_by is None else impositions).append(promise)
    chained = _chained(promises)
    return Ledger(
        at=now,
        promises=chained,
        intentions=tuple(intentions),
        impositions=tuple(impositions),
        trust=trust_in(chained, now=now),
    )


class _Making:
    """How rows tell promises, with the messages they were heard in at hand."""

    def __init__(self, setting: Setting, snapshot: Snapshot, rows: Iterable[Revision]) -> None:
        self._setting, self._snapshot = setting, snapshot
        heard = [source.item_id for row in rows for source in row.provenance.sources[:1]]
        self._heard = {row.text_id: row for row in snapshot.rows_of(list(dict.fromkeys(heard)), which="all")}

    def promise(self, row: Revision) -> Promise | None:
        """The promise that a row tells, as if nothing had come of it yet; None where it tells none."""
        stated = row.content.metadata.get(PROMISE)
        terms = None
        if isinstance(stated, Mapping) and "body" in stated:
            try:
                terms = terms_of(stated)
            except InvalidInput:
                return None  # somebody's own metadata of that name
        elif COMMITMENT in row.content.tags:
            terms = self._heard_terms(row)
        if terms is None:
            return None
        by = stated.get("by") if isinstance(stated, Mapping) else None
        author = row.provenance.author
        promiser = by if isinstance(by, str) else author
        ended = stated.get(ENDED) if isinstance(stated, Mapping) else None
        replaced = ended.get("by") if isinstance(ended, Mapping) else None
        heard, start, end = self._passage(row)
        return Promise(
            item=Item(row),
            promiser=promiser,
            terms=terms,
            made_at=row.provenance.said_at,
            words=row.content.text if heard is None else heard.content.text[start:end],
            source=None if heard is None else heard.item_id,
            state=_end(ended),
            replaced_by=ItemId(replaced) if isinstance(replaced, str) else None,
            said_by=author if promiser != author else None,
        )

    def _heard_terms(self, row: Revision) -> Terms | None:
        promisee = self._listener(row)
        if promisee is None:
            return None
        return Terms(body=row.content.text, promisees=(promisee,), due=self._due(row))

    def _listener(self, row: Revision) -> str | None:
        """Whom it was said to: who spoke before it, else who answered, else who listens to such a role."""
        said = row.provenance
        if said.session is not None and said.turn is not None:
            near = self._snapshot.turns_between(said.session, max(0, said.turn - 1), said.turn + 1)
            others = [one.provenance for one in near if one.provenance.author != said.author]
            if others:
                return others[0].author
        listeners = {"user": ASSISTANT, ASSISTANT: self._setting.owner}
        listener = listeners.get(said.role)
        return None if listener == said.author else listener

    def _due(self, row: Revision) -> datetime | None:
        """The last moment that its words name after they were said; None for a standing promise."""
        ends = [row.content.event] if row.content.event is not None else []
        heard, start, end = self._passage(row)
        if heard is not None:
            inside = [time for time in heard.content.times if start <= time.start and time.end <= end]
            ends = [time.interval for time in inside if time.kind != "recurring"] or ends
        later = [one.end for one in ends if one.end is not None and one.end > row.provenance.said_at]
        return max(later) - _INSTANT if later else None

    def _passage(self, row: Revision) -> tuple[Revision | None, int, int]:
        """The row that it was heard in first, and where; None where it was not heard or is gone."""
        source = row.provenance.sources[0] if row.provenance.sources else None
        heard = self._heard.get(source.text_id) if source is not None and source.text_id else None
        if heard is None or source is None:
            return None, 0, 0
        text = heard.content.text
        return heard, source.start or 0, len(text) if source.end is None else source.end


def _end(ended: object) -> PromiseState:
    how = ended.get("how") if isinstance(ended, Mapping) else None
    if how in (PromiseState.WITHDRAWN.value, PromiseState.SUPERSEDED.value):
        return PromiseState(how)
    return PromiseState.OPEN


def _assessments(rows: Iterable[Revision]) -> Mapping[ItemId, Sequence[Assessment]]:
    found: dict[ItemId, list[Assessment]] = {}
    for row in rows:
        told = row.content.metadata.get(ASSESSMENT)
        if ASSESSMENT not in row.content.tags or not isinstance(told, Mapping):
            continue
        try:
            outcome = outcome_named(told.get("outcome"))
        except InvalidInput:
            continue  # somebody's own metadata of that name
        promise = ItemId(str(told.get(PROMISE)))
        evidence = tuple(one.item_id for one in row.provenance.sources if one.item_id != promise)
        said = row.provenance
        one = Assessment(row.item_id, promise, said.author, outcome, evidence, said.said_at)
        found.setdefault(promise, []).append(one)
    return found


def _judged(promise: Promise, assessments: Sequence[Assessment], now: datetime) -> Promise:
    latest = latest_of_each(assessments)
    state = promise.state
    if state is PromiseState.OPEN:
        outcome = judged(promise.promiser, promise.terms.promisees, assessments)
        state = state_of(outcome, due=promise.terms.due, now=now)
    return replace(
        promise,
        state=state,
        assessments=tuple(assessments),
        is_disputed=len({one.outcome for one in latest}) > 1,
    )


def _chained(promises: Sequence[Promise]) -> tuple[Promise, ...]:
    """With what each waits for, and which open ones of its promiser it clashes with."""
    by_id = {one.id: one for one in promises}
    round_about, clashing = circles(by_id), clashes(promises)
    return tuple(
        replace(
            one,
            is_binding=is_binding(one, by_id),
            contradicts=clashing.get(one.id, ()),
            circle=round_about.get(one.id, ()),
        )
        for one in promises
    )
