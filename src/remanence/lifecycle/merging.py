"""Merges statements that are one: one goes on for all, the others point at it and keep their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import NOTHING, Json, Revision
from remanence.model.journal import Verb
from remanence.model.mark import MarkSort
from remanence.model.state import State
from remanence.storage.port import Snapshot, Transaction

STRENGTH_MAX = 32.0  # observations after which another one no longer moves a belief
LINES_AT_A_TIME = 1_000


def survivor_of(rows: Sequence[Revision]) -> Revision:
    """The one that goes on: what somebody stated before what was derived, then what has held longest."""
    return min(rows, key=lambda row: (bool(row.provenance.grounds), row.valid.start_micros, row.id))


StateOf = Callable[[Revision, Sequence[datetime]], State]  # of a survivor, from all its uses


def merge(
    tx: Transaction,
    change: Change,
    rows: Sequence[Revision],
    state_of: StateOf,
    *,
    kept: ItemId | None = None,
    cause: Mapping[str, Json] = NOTHING,
) -> bool:
    """Merge rows of different items within a change; True when the survivor's belief grew.

    It holds since the first of them held, bears all their tags and uses, to which being said again
    belongs, rests on all their sources if it rests on any, and takes the evidence of each that comes
    from a source of its own. `kept` names the survivor where that is settled, and `cause` goes into the
    journal's lines.
    """
    survivor = survivor_of(rows) if kept is None else next(row for row in rows if row.item_id == kept)
    others = [row for row in rows if row is not survivor]
    for row in others:
        states.move(change, [row], State.MERGED, Verb.MERGE, detail={"into": survivor.item_id, **cause})
    uses = [mark for mark in tx.marks_of([row.item_id for row in rows]) if mark.sort is MarkSort.USE]
    more = [mark.at for mark in uses if mark.item_id != survivor.item_id]
    more += [row.provenance.said_at for row in others]
    for at in more:
        change.mark(survivor.item_id, MarkSort.USE, at)
    own = [mark.at for mark in uses if mark.item_id == survivor.item_id]
    belief = _corroborated(tx, survivor, others)
    tags = dict.fromkeys(tag for row in (survivor, *others) for tag in row.content.tags)
    start = min((row.valid for row in rows), key=lambda valid: valid.start_micros).start
    change.close_row(survivor)
    copy = change.copy_row(
        survivor,
        valid=Interval(start, survivor.valid.end),
        state=state_of(survivor, [*own, *more]),
        content=replace(survivor.content, belief=belief, tags=tuple(tags)),
    )
    merged: list[Json] = [str(row.item_id) for row in others]
    change.note(
        Verb.MERGE, survivor.item_id, opened=[copy], closed=[survivor], detail={"merged": merged, **cause}
    )
    if survivor.provenance.grounds:
        new = dict.fromkeys(source for row in others for source in row.provenance.sources)
        for source in new:
            if source not in survivor.provenance.sources:
                change.add_source(copy, source)
    return belief != survivor.content.belief


def merged_into(snapshot: Snapshot, item_id: ItemId) -> list[ItemId]:
    """The items merged into this one, and into those, as the journal says and their state confirms."""
    found: dict[ItemId, None] = {}
    waiting = [item_id]
    while waiting:
        survivor = waiting.pop()
        named = [one for line in _merges(snapshot, survivor) for one in _listed(line.get("merged"))]
        standing = {row.item_id for row in snapshot.rows_of(named) if row.state is State.MERGED}
        for other in dict.fromkeys(named):
            if other in standing and other not in found and survivor_named(snapshot, other) == survivor:
                found[other] = None
                waiting.append(other)
    return list(found)


def survivor_named(snapshot: Snapshot, item_id: ItemId) -> ItemId | None:
    """The item that this one was last merged into, whatever became of that since."""
    into = [line["into"] for line in _merges(snapshot, item_id) if isinstance(line.get("into"), str)]
    return ItemId(str(into[-1])) if into else None


def survivor_rows(snapshot: Snapshot, item_id: ItemId) -> list[Revision]:
    """The open rows of the item that goes on for this one, at the last its own; none where it was undone."""
    while rows := snapshot.rows_of([item_id]):
        into = survivor_named(snapshot, item_id) if rows[-1].state is State.MERGED else None
        if into is None:
            return rows
        item_id = into
    return []


def _merges(snapshot: Snapshot, item_id: ItemId) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    after = 0
    while lines := snapshot.journal(after=after, limit=LINES_AT_A_TIME, item_id=item_id):
        found += [dict(line.entry.detail) for line in lines if line.verb is Verb.MERGE]
        after = lines[-1].sequence
    return found


def _listed(ids: object) -> list[ItemId]:
    return [ItemId(str(one)) for one in ids] if isinstance(ids, list) else []


def _corroborated(tx: Snapshot, survivor: Revision, others: Sequence[Revision]) -> Belief:
    """The survivor's belief with the evidence of each other that some new speaker or session brings."""
    belief, heard = survivor.content.belief, _voices(tx, survivor)
    for row in others:
        voices = _voices(tx, row)
        if voices - heard and belief.strength < STRENGTH_MAX:
            more = row.content.belief
            belief = Belief(belief.support + more.support, belief.doubt + more.doubt)
        heard |= voices
    return belief


def _voices(tx: Snapshot, row: Revision) -> set[tuple[str, str | None]]:
    """The speakers and sessions that a row rests on: those of its sources, or its own."""
    sources = [source.item_id for source in row.provenance.grounds]
    resting = tx.rows_of(sources) if sources else [row]
    return {(one.provenance.author, one.provenance.session) for one in resting}
