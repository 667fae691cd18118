"""The ledger: read from the items that bear promises, never kept beside them.

What the reader hears somebody commit to, what was promised by a call and what was declared are items, and so
are assessments. So undo, erasure, history and export hold for the ledger without a word here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.model.ids import ItemId
from remanence.model.item import NOTHING, Item, Json, Revision
from remanence.model.promise import (
    ASSESSMENT,
    COMMITMENT,
    PROMISE,
    Assessment,
    Ledger,
    Promise,
    PromiseState,
)
from remanence.model.state import RECALLED
from remanence.promises.clashing import clashes
from remanence.promises.hearing import Heard, heard, is_intention, passage_of
from remanence.promises.outcomes import heard_outcomes
from remanence.promises.standing import circles, is_binding, judged, latest_of_each, state_of
from remanence.promises.terms import outcome_named, terms_of
from remanence.promises.trust import trust_in
from remanence.storage.port import Snapshot
from remanence.verbs.setting import Setting

METHOD = "signed"  # of a promise that came as a signed document; its message id is the id it has at home
OVER = (PromiseState.WITHDRAWN, PromiseState.SUPERSEDED)
ENDED = "ended"  # in a promise's metadata: that it was withdrawn, or by which it was replaced


def read_ledger(setting: Setting) -> Ledger:
    """All promises as they stand now; see Cube.promises."""
    with setting.store.read() as snapshot:
        return ledger_of(setting, snapshot, now=setting.clock.now())


def ledger_of(setting: Setting, snapshot: Snapshot, *, now: datetime, overhears: bool = True) -> Ledger:
    """The ledger of one committed state.

    To overhear what the parties say in passing takes a millisecond or two a promise: no change waits for it.
    """
    return _ledger(setting, snapshot, snapshot.promise_rows(), now=now, overhears=overhears)


def ledger_beside(setting: Setting, snapshot: Snapshot, items: Iterable[ItemId], *, now: datetime) -> Ledger:
    """Of the ledger, these promises, what they wait for, and all that hold: what they may clash with.

    Nothing is overheard. However many promises have ended, it costs what the others do.
    """
    named = _rows_by_item(snapshot.rows_of(list(items)))
    waiting = list(named.values())
    while waiting:
        needed = dict.fromkeys(one for row in waiting for one in _leads_to(row) if one not in named)
        waiting = list(_rows_by_item(snapshot.rows_of(list(needed))).values()) if needed else []
        named.update({row.item_id: row for row in waiting})
    held = _rows_by_item(snapshot.promise_rows(holding_at=now))
    promises = {**named, **held}
    found_of_them = snapshot.rows_of(snapshot.derived_from(list(promises)))
    return _ledger(setting, snapshot, [*promises.values(), *found_of_them], now=now, overhears=False)


def _rows_by_item(rows: Iterable[Revision]) -> dict[ItemId, Revision]:
    return {row.item_id: row for row in rows if row.state in RECALLED and row.text_id}


def _leads_to(row: Revision) -> Iterator[ItemId]:
    """What a promise waits for, and what it was replaced by."""
    stated = row.content.metadata.get(PROMISE)
    if not isinstance(stated, Mapping):
        return
    told = _stated(row, stated)
    if told is not None:
        yield from (one.promise for one in told.terms.conditions if one.promise is not None)
    replaced = _replaced_by(stated.get(ENDED))
    if replaced is not None:
        yield replaced


def _ledger(
    setting: Setting, snapshot: Snapshot, read: Iterable[Revision], *, now: datetime, overhears: bool
) -> Ledger:
    rows = _rows_by_item(read)
    made = _Making(setting, snapshot, rows.values())
    assessed = _assessments(rows.values())
    promises: list[Promise] = []
    impositions: list[Promise] = []
    intentions: list[Item] = []
    for row in sorted(rows.values(), key=lambda row: row.provenance.said_at):
        told = made.promise(row)
        if told is None:
            if ASSESSMENT not in row.content.tags and is_intention(row):
                intentions.append(Item(row))
        else:
            (promises if told.said_by is None else impositions).append(told)
    for promise, heard_of in heard_outcomes(snapshot, promises if overhears else (), setting.zone):
        mine = assessed.setdefault(promise.id, [])
        spoken = {one.assessor for one in mine}
        mine += [one for one in heard_of if one.assessor not in spoken]
    bodies = {one.id: one.terms.body for one in (*promises, *impositions)}
    promises, impositions = (
        [_judged(_worded(one, bodies), assessed.get(one.id, ()), now) for one in some]
        for some in (promises, impositions)
    )
    chained = _chained(promises)
    return Ledger(
        at=now,
        promises=chained,
        intentions=tuple(intentions),
        impositions=tuple(impositions),
        trust=trust_in(chained, now=now),
    )


def read_promise(setting: Setting, item_id: ItemId) -> Promise:
    """One promise or imposition that is there; what was said of it in passing is not looked for."""
    with setting.store.read() as snapshot:
        ledger = ledger_beside(setting, snapshot, [item_id], now=setting.clock.now())
    (found,) = (one for one in (*ledger.promises, *ledger.impositions) if one.id == item_id)
    return found


class _Making:
    """How rows tell promises, with the messages they were heard in at hand."""

    def __init__(self, setting: Setting, snapshot: Snapshot, rows: Iterable[Revision]) -> None:
        self._setting, self._snapshot = setting, snapshot
        sources = [source.item_id for row in rows for source in row.provenance.sources[:1]]
        messages = snapshot.rows_of(list(dict.fromkeys(sources)), which="all")
        self._messages = {row.text_id: row for row in messages if row.text_id}

    def promise(self, row: Revision) -> Promise | None:
        """The promise that a row tells, as if nothing had come of it yet; None where it tells none."""
        metadata = row.content.metadata.get(PROMISE)
        stated: Mapping[str, Json] = metadata if isinstance(metadata, Mapping) else NOTHING
        passage = passage_of(row, self._messages)
        if "body" in stated:
            told = _stated(row, stated)
        elif COMMITMENT in row.content.tags:
            told = heard(self._setting, self._snapshot, row, passage)
        else:
            told = None
        if told is None:
            return None
        ended = stated.get(ENDED)
        return Promise(
            item=Item(row),
            promiser=told.promiser,
            terms=told.terms,
            made_at=row.provenance.said_at,
            words=row.content.text if passage is None else passage.words,
            source=None if passage is None else passage.item_id,
            state=_end(ended),
            replaced_by=_replaced_by(ended),
            said_by=told.said_by,
        )


def _stated(row: Revision, stated: Mapping[str, Json]) -> Heard | None:
    """A promise whose terms its metadata tells; None for somebody's own metadata of that name."""
    try:
        terms = terms_of(stated)
    except InvalidInput:
        return None
    author, by = row.provenance.author, stated.get("by")
    return Heard(by, terms, author) if isinstance(by, str) and by != author else Heard(author, terms, None)


def _end(ended: object) -> PromiseState:
    how = ended.get("how") if isinstance(ended, Mapping) else None
    if how in (PromiseState.WITHDRAWN.value, PromiseState.SUPERSEDED.value):
        return PromiseState(how)
    return PromiseState.OPEN


def _replaced_by(ended: object) -> ItemId | None:
    by = ended.get("by") if isinstance(ended, Mapping) else None
    return ItemId(by) if isinstance(by, str) else None


def _assessments(rows: Iterable[Revision]) -> dict[ItemId, list[Assessment]]:
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


def _worded(promise: Promise, bodies: Mapping[ItemId, str]) -> Promise:
    """With the words of the promises that it waits for, which are told by those alone."""
    if not promise.terms.conditions:
        return promise
    conditions = tuple(
        one if one.promise is None else replace(one, words=bodies.get(one.promise, ""))
        for one in promise.terms.conditions
    )
    return replace(promise, terms=replace(promise.terms, conditions=conditions))


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
