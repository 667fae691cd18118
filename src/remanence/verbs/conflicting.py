"""Open contradictions: listed from the rows as they stand, and settled by keeping one claim."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from remanence.beliefs.conflicts import conflicts_in, contradict
from remanence.errors import NotFound, Refused
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.conflict import Conflict
from remanence.model.ids import ItemId, short
from remanence.model.interval import Interval
from remanence.model.item import Item, Revision
from remanence.model.journal import Verb
from remanence.model.state import State
from remanence.storage.port import Snapshot
from remanence.verbs import arguments, reliability
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle


def conflicts(setting: Setting, subject: str | None = None) -> tuple[Conflict, ...]:
    """All open contradictions, of one subject if asked for; by subject and attribute."""
    wanted = None if subject is None else arguments.name(subject, "subject").casefold()
    with setting.store.read() as snapshot:
        single = _single_valued(snapshot)
        found = [
            conflict
            for name, attribute in sorted(snapshot.crowded_slots(sorted(single)))
            if wanted is None or name == wanted
            for conflict in conflicts_in(
                snapshot.rows_in_slot(name, attribute), single_valued=attribute in single
            )
        ]
    return tuple(found)


def resolve(setting: Setting, keep: str, *, because: str | None, actor: str) -> Item:
    """Keep one claim; what contradicts it is superseded for the time that both claim.

    Raises NotFound, Refused where the item is in no open conflict, ItemFrozen where a claim that is to
    give way is frozen.
    """
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        item_id = arguments.item_id(tx, keep)
        pairs = _contradictions_of(tx, item_id)
        if not pairs:
            raise Refused(
                f"{short(item_id)} is in no open conflict (any more); `conflicts` lists those there are"
            )
        change = setting.change(tx, actor=actor, reason=reason)
        for kept, other in pairs:
            _supersede(change, other, kept.valid, item_id)
            reliability.observe(change, kept, borne_out=True, by=other.provenance.author)
            reliability.observe(change, other, borne_out=False, by=kept.provenance.author)
        settle(tx, change, change.items)
        change.write()
    return Item(pairs[0][0])


def _contradictions_of(tx: Snapshot, item_id: ItemId) -> list[tuple[Revision, Revision]]:
    """The item's claims that are contradicted, each with what contradicts it."""
    rows = tx.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; `history` shows what it was")
    single = _single_valued(tx)
    found = []
    for row in rows:
        slot = row.content.slot
        if slot is None:
            continue
        clashes = partial(contradict, row, single_valued=slot.attribute in single)
        for conflict in conflicts_in(
            tx.rows_in_slot(slot.subject, slot.attribute), single_valued=slot.attribute in single
        ):
            if row in conflict.claims:
                found += [(row, other) for other in conflict.claims if clashes(other)]
    return found


def _supersede(change: Change, row: Revision, span: Interval, kept: ItemId) -> None:
    states.refuse_unless_possible(row, State.SUPERSEDED)
    change.close_row(row)
    rest = [change.copy_row(row, valid=valid) for valid in row.valid.without(span)]
    shared = Interval.of_micros(
        max(row.valid.start_micros, span.start_micros), min(row.valid.end_micros, span.end_micros)
    )
    doubted = replace(row.content, belief=row.content.belief.contradicted())
    gone = change.copy_row(row, valid=shared, state=State.SUPERSEDED, content=doubted)
    change.note(Verb.RESOLVE, row.item_id, opened=[gone, *rest], closed=[row], detail={"kept": kept})


def _single_valued(snapshot: Snapshot) -> frozenset[str]:
    from remanence.reader.rules.statements import is_single_valued

    return frozenset(filter(is_single_valued, snapshot.slot_attributes()))
