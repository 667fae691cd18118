"""Consolidation: merge what says the same, strengthen what is corroborated, let go of what is cold.

It looks first, in a snapshot, and then writes one change set, in which each finding is made sure of again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.util import find_spec

from remanence.errors import InvalidInput, NotFound, Refused
from remanence.lifecycle import sameness, states
from remanence.lifecycle.changes import Change
from remanence.lifecycle.merging import StateOf, merge, merged_into, survivor_of, survivor_rows
from remanence.model.ageing import COLD
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId, RevisionId, TextId, short
from remanence.model.interval import to_micros
from remanence.model.item import Item, Revision
from remanence.model.journal import Verb
from remanence.model.mark import Mark, MarkSort
from remanence.model.promise import PromiseReport
from remanence.model.state import RECALLED, State
from remanence.model.unit import PROPOSED_MEMBERS_MIN
from remanence.storage.life_port import StatementRow
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments, learning
from remanence.verbs.recalling import Recaller
from remanence.verbs.session_summaries import Draft, drafts, write_drafts
from remanence.verbs.setting import Setting, text_facts
from remanence.verbs.supporting import settle
from remanence.verbs.unit_proposals import Draft as UnitDraft
from remanence.verbs.unit_proposals import propose
from remanence.verbs.vectors import embed_pending_or_say

DIGITS = 3  # of an activation in the journal


@dataclass(frozen=True, slots=True)
class Merged:
    """Statements that were one: the item that goes on, and those that point at it from now on."""

    survivor: ItemId
    merged: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True)
class Consolidated:
    """What a consolidation did; `finished` is False when time ran out, and the next call goes on.

    Words are counted in tokens: what is recalled, before and after, and what was merged meanwhile.
    """

    merged: tuple[Merged, ...] = ()
    strengthened: tuple[ItemId, ...] = ()
    dormant: tuple[ItemId, ...] = ()
    woken: tuple[ItemId, ...] = ()
    expired: tuple[ItemId, ...] = ()
    renewed: tuple[ItemId, ...] = ()  # summaries of conversations that had gone on
    learnt: tuple[ItemId, ...] = ()  # lessons, made or renewed as their evidence changed
    words_before: int = 0
    words_after: int = 0
    words_merged: int = 0
    finished: bool = True
    change_set: int | None = None  # None: nothing was to do, and nothing was written
    # Groups that could be units; None where none was looked for: no scikit-learn, no embedder, no time left.
    proposed: tuple[UnitDraft, ...] | None = None
    promises: PromiseReport | None = None  # what memory promises about itself, checked when it was done


@dataclass(slots=True)
class _Findings:
    """What a snapshot showed; row numbers of statements that are one, and items to move."""

    groups: list[list[RevisionId]] = field(default_factory=list)
    cold: dict[ItemId, float] = field(default_factory=dict)
    warm: dict[ItemId, float] = field(default_factory=dict)
    expired: list[ItemId] = field(default_factory=list)


@dataclass(slots=True)
class _Done:
    """What was written so far."""

    merged: list[Merged] = field(default_factory=list)
    strengthened: list[ItemId] = field(default_factory=list)
    dormant: list[ItemId] = field(default_factory=list)
    woken: list[ItemId] = field(default_factory=list)
    expired: list[ItemId] = field(default_factory=list)
    finished: bool = True


def consolidate(
    setting: Setting, recaller: Recaller, *, seconds: float, because: str | None, actor: str
) -> Consolidated:
    """See Cube.consolidate."""
    if not isinstance(seconds, int | float) or not seconds > 0:
        raise InvalidInput(f"seconds {seconds!r} must be a number above 0")
    until = time.monotonic() + seconds
    done = _consolidated(setting, until, reason=arguments.reason(because), actor=actor)
    if setting.embedder is None or time.monotonic() >= until or find_spec("sklearn") is None:
        return done
    return replace(done, proposed=tuple(propose(setting, recaller, members_min=PROPOSED_MEMBERS_MIN)))


def _consolidated(setting: Setting, until: float, *, reason: str | None, actor: str) -> Consolidated:
    now = setting.clock.now()
    with setting.store.read() as snapshot:
        found = _look(snapshot, now)
        words = _recalled(snapshot.words_by_state())
        due = drafts(snapshot, to_renew=True)
        teaches = learning.teaches(snapshot, now)
    if not (found.groups or found.cold or found.warm or found.expired or due or teaches):
        return Consolidated(words_before=words, words_after=words)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        before = tx.words_by_state()
        done = _carry_out(tx, change, found, until)
        renewed, grown = _renew_summaries(tx, change, due if done.finished else [])
        learnt, more = _learn(tx, change) if done.finished else (learning.Learnt(), 0)
        learns = bool(learnt.made or learnt.renewed or learnt.withdrawn)
        if not (done.merged or done.dormant or done.woken or done.expired or renewed or learns):
            return Consolidated(words_before=words, words_after=words, finished=done.finished)
        number = change.write()
        after = tx.words_by_state()
        _refuse_lost_words(before, after, grown + more)
    if renewed or learns:
        embed_pending_or_say(setting)
    return Consolidated(
        merged=tuple(done.merged),
        strengthened=tuple(done.strengthened),
        dormant=tuple(done.dormant),
        woken=tuple(done.woken),
        expired=tuple(done.expired),
        renewed=tuple(renewed),
        learnt=(*learnt.made, *learnt.renewed),
        words_before=_recalled(before),
        words_after=_recalled(after),
        words_merged=after.get(State.MERGED, 0) - before.get(State.MERGED, 0),
        finished=done.finished,
        change_set=number,
    )


def statements_that_are_one(
    snapshot: Snapshot, now: datetime, *, items: Collection[int] | None = None
) -> list[list[RevisionId]]:
    """Row numbers of statements that are one, in groups of two and more; of these item numbers alone.

    By their words, or by one slot with one value and vectors that lie near.
    """
    rows = [row for row in snapshot.statement_rows(now) if items is None or row.item in items]
    groups = [group for group in _alike(rows, sameness.same_words) if len(group) > 1]
    taken = {row.revision for group in groups for row in group[1:]}
    rest = [row for row in rows if row.revision not in taken and sameness.same_slot(row) is not None]
    lead = {group[0].revision: group for group in groups}
    for group in _alike(rest, sameness.same_slot):
        near = _near(snapshot, group) if len(group) > 1 else []
        if len(near) > 1:
            groups = [one for one in groups if one[0] not in near]
            groups.append([row for one in near for row in lead.get(one.revision, [one])])
    return [[RevisionId(row.revision) for row in group] for group in groups]


def state_then(now: datetime) -> StateOf:
    """Of a survivor with these uses: whether it is dormant at this time."""
    from remanence.verbs.rule_fields import activation_of

    def state_of(row: Revision, uses: Sequence[datetime]) -> State:
        return State.DORMANT if activation_of(row, uses, now) < COLD else State.ACTIVE

    return state_of


def _look(snapshot: Snapshot, now: datetime) -> _Findings:
    from remanence.verbs.rule_fields import activations

    found = _Findings(groups=statements_that_are_one(snapshot, now))
    merged = {number for group in found.groups for number in group}
    busy = {row.item_id for row in snapshot.revisions(list(merged)).values()}
    at = to_micros(now)
    for row, activation, expires_at in activations(snapshot, now):
        item_id = ItemId(row.id)
        if expires_at and expires_at <= at and row.state in (State.ACTIVE, State.DORMANT):
            found.expired.append(item_id)
        elif item_id in busy or row.kind == "utterance":
            continue
        elif row.state == State.ACTIVE and activation < COLD:
            found.cold[item_id] = activation
        elif row.state == State.DORMANT and activation >= COLD:
            found.warm[item_id] = activation
    return found


def _alike(rows: Iterable[StatementRow], key: Callable[[StatementRow], Hashable]) -> list[list[StatementRow]]:
    groups: dict[Hashable, list[StatementRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return list(groups.values())


def _near(snapshot: Snapshot, group: Sequence[StatementRow]) -> list[StatementRow]:
    """The first of a group and those whose vector lies near enough to its own."""
    import numpy as np

    vectors: dict[int, list[bytes]] = {}
    for stored in snapshot.vectors_of([TextId(row.text) for row in group]):
        vectors.setdefault(stored.text, []).append(stored.value)
    whole = {text: np.frombuffer(of[0], "<f2").astype("<f4") for text, of in vectors.items() if len(of) == 1}
    first = whole.get(group[0].text)
    if first is None:
        return []
    return [
        row
        for row in group
        if row.text in whole and float(whole[row.text] @ first) >= sameness.SAME_SLOT_COSINE
    ]


def _carry_out(tx: Transaction, change: Change, found: _Findings, until: float) -> _Done:
    """Write what was found and still stands, group by group and item by item, as long as there is time."""
    done = _Done()
    stored = tx.revisions([number for group in found.groups for number in group])
    for group in found.groups:
        rows = [stored[number] for number in group if number in stored and stored[number].is_open]
        if len(rows) < 2:
            continue
        if _late(done, until, change):
            return done
        kept = survivor_of(rows)
        if merge(tx, change, rows, state_then(change.at)):
            done.strengthened.append(kept.item_id)
        others = tuple(row.item_id for row in rows if row is not kept)
        done.merged.append(Merged(kept.item_id, others))
    ended = [mark.item_id for mark in tx.marks_of(found.expired) if _has_ended(mark, change.at)]
    moves: list[tuple[Mapping[ItemId, float | None], State, Verb, list[ItemId]]] = [
        (dict.fromkeys(ended), State.ARCHIVED, Verb.EXPIRE, done.expired),
        (found.cold, State.DORMANT, Verb.AGE, done.dormant),
        (found.warm, State.ACTIVE, Verb.AGE, done.woken),
    ]
    for items, target, verb, moved in moves:
        for item_id, rows in _open_rows(tx, list(items)):
            if _late(done, until, change):
                return done
            activation = items[item_id]
            detail = {} if activation is None else {"activation": round(activation, DIGITS)}
            movable = [row for row in rows if row.state in (State.ACTIVE, State.DORMANT)]
            if states.move(change, movable, target, verb, detail=detail):
                moved.append(item_id)
                if target is State.ARCHIVED:
                    settle(tx, change, [item_id])
    return done


def _renew_summaries(tx: Transaction, change: Change, due: Sequence[Draft]) -> tuple[list[ItemId], int]:
    """Renew the summaries of conversations that went on; returns them, and by how many tokens they grew."""
    _, renewed = write_drafts(tx, change, due) if due else ([], [])
    grown = sum(_tokens(change.open_rows_of(one)) - _tokens(tx.rows_of([one])) for one in renewed)
    return renewed, grown


def _learn(tx: Transaction, change: Change) -> tuple[learning.Learnt, int]:
    """Bring the lessons up to what was tried; returns what that did, and by how many tokens they grew."""
    steps = learning.plan(tx, change)
    before = sum(_tokens(rows) for _, rows in steps.changed)
    learnt = learning.carry_out(tx, change, steps)
    written = (*learnt.made, *learnt.renewed)
    return learnt, sum(_tokens(change.open_rows_of(one)) for one in written) - before


def _tokens(rows: Iterable[Revision]) -> int:
    return sum(text_facts(row.content.text).tokens for row in rows)


def _has_ended(mark: Mark, now: datetime) -> bool:
    return mark.sort is MarkSort.EXPIRY and mark.at <= now


def _late(done: _Done, until: float, change: Change) -> bool:
    """Whether time has run out, once something was done: each call gets on by a step at least."""
    begun = bool(done.merged or done.dormant or done.woken or done.expired)
    done.finished = not (begun and time.monotonic() >= until)
    return not done.finished


def _open_rows(tx: Transaction, items: Sequence[ItemId]) -> Iterator[tuple[ItemId, list[Revision]]]:
    rows: dict[ItemId, list[Revision]] = {}
    for row in tx.rows_of(items) if items else ():
        rows.setdefault(row.item_id, []).append(row)
    yield from rows.items()


def _recalled(words: Mapping[str, int]) -> int:
    return sum(words.get(state, 0) for state in RECALLED)


def _refuse_lost_words(before: Mapping[str, int], after: Mapping[str, int], grown: int) -> None:
    """Raise Refused, and so write nothing, when the rows of a cube bear fewer or other words than before.

    `grown` is by how much its summaries and lessons grew.
    """
    gone = sum(before.values()) + grown - sum(after.values())
    moved = sum(after.get(state, 0) - before.get(state, 0) for state in (State.MERGED, State.ARCHIVED))
    if gone or _recalled(before) + grown - _recalled(after) != moved:
        raise Refused(
            f"consolidation would have left {_recalled(after)} of {_recalled(before)} recalled words and "
            f"can account for {moved} alone; nothing was changed"
        )


def merged(setting: Setting, prefix: str) -> tuple[Item, ...]:
    """The items that stand merged into this one."""
    now = setting.clock.now()
    with setting.store.read() as snapshot:
        found = merged_into(snapshot, arguments.item_id(snapshot, prefix))
        rows = snapshot.rows_of(found)
    of_item = {item_id: [row for row in rows if row.item_id == item_id] for item_id in found}
    return tuple(Item(row_in_force(of_item[item_id], now)) for item_id in found)


def survivor(setting: Setting, prefix: str) -> Item:
    """What an item was merged into, followed to the end; raises NotFound where it was undone."""
    now = setting.clock.now()
    with setting.store.read() as snapshot:
        item_id = arguments.item_id(snapshot, prefix)
        rows = survivor_rows(snapshot, item_id)
    if rows:
        return Item(row_in_force(rows, now))
    raise NotFound(f"{short(item_id)} was undone; `history` shows what it was")
