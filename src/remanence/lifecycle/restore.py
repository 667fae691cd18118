"""Brings the memory back to what it believed after some line of the journal, as one change set.

Rows believed then are recorded anew, rows believed since are closed, units get a further version: nothing is
lost, and undoing the set is going forward again. What was erased since is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from remanence.lifecycle.changes import Change
from remanence.lifecycle.document_undo import take_documents_back
from remanence.lifecycle.further_sources import given_to, sources_after
from remanence.lifecycle.unit_undo import take_units_back
from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import ALWAYS
from remanence.model.item import Json, Revision
from remanence.model.journal import Verb
from remanence.model.unit import UnitId
from remanence.storage.port import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did to which items; it wrote nothing where the memory was as it had been."""

    change_set: int | None
    returned: tuple[ItemId, ...]  # they say again what they said then
    set_aside: tuple[ItemId, ...]  # nothing was believed of them then: they are closed, not lost
    stays_erased: tuple[ItemId, ...]  # erased or blanked since: gone for good
    units: tuple[UnitId, ...] = ()  # that are as they were, as a further version each


@dataclass(slots=True)
class _Difference:
    """Of one item: rows to record anew, and open rows to close."""

    returning: list[Revision] = field(default_factory=list)
    closing: list[Revision] = field(default_factory=list)


def restore(tx: Transaction, change: Change, sequence: int) -> Restored:
    """Plan within `change` what makes the memory believe what it did after this line; the caller writes it.

    `change_set` of the result is None where there is nothing to write.
    """
    gone, untouched = _erased_since(tx, sequence)
    differences = _differences(tx, sequence, untouched)
    kept = {row.item_id for row in tx.rows_of(list(differences)) if row.opened_by <= sequence}
    returned: list[ItemId] = []
    set_aside: list[ItemId] = []
    for item_id, difference in differences.items():
        opened = [change.copy_row(row) for row in difference.returning]
        for row in difference.closing:
            change.close_row(row)
        change.note(
            Verb.RESTORE, item_id, opened=opened, closed=difference.closing, detail={"sequence": sequence}
        )
        (returned if opened or item_id in kept else set_aside).append(item_id)
    detail: dict[str, Json] = {"sequence": sequence}
    order = tx.unit_sets_after(sequence)
    units = take_units_back(tx, change, order, detail=detail, verb=Verb.RESTORE, past_erasures=True)
    documents = take_documents_back(tx, change, order, detail=detail, verb=Verb.RESTORE)
    number = change.number if differences or units.changed or documents else None
    return Restored(number, tuple(returned), tuple(set_aside), gone, units.units)


def _erased_since(tx: Snapshot, sequence: int) -> tuple[tuple[ItemId, ...], set[ItemId]]:
    """The items that lost words since, and all that those erasures touched: what they left stays."""
    receipts = [receipt for receipt in tx.receipts() if receipt.change_set > sequence]
    lost = [item_id for receipt in receipts for item_id in (*receipt.items, *receipt.redacted)]
    opened = [row.item_id for receipt in receipts for row in tx.rows_touched_by(receipt.change_set)[0]]
    return tuple(dict.fromkeys(lost)), {*lost, *opened}


def _differences(tx: Snapshot, sequence: int, untouched: set[ItemId]) -> dict[ItemId, _Difference]:
    found: dict[ItemId, _Difference] = {}
    then, now = tx.rows_apart(sequence)
    given = [item_id for item_id in tx.items_given_sources_after(sequence) if item_id not in untouched]
    both = [row for row in tx.rows_of(given) if row.opened_by <= sequence]
    as_then = {row.id: row for row in _as_then(tx, [*then, *both], set(given), sequence)}
    changed = [row for row in both if as_then[row.id].provenance != row.provenance]
    for row in (*then, *changed):
        found.setdefault(row.item_id, _Difference()).returning.append(as_then[row.id])
    for row in (*now, *changed):
        found.setdefault(row.item_id, _Difference()).closing.append(row)
    for difference in found.values():
        _leave_what_is_alike(difference)
    return {
        item_id: difference
        for item_id, difference in found.items()
        if item_id not in untouched and (difference.returning or difference.closing)
    }


def _as_then(tx: Snapshot, rows: Iterable[Revision], given: set[ItemId], sequence: int) -> Iterable[Revision]:
    """The rows with the sources that they had after this line."""
    for row in rows:
        if row.item_id in given:
            sources = sources_after(row, given_to(tx, row.item_id), sequence)
            row = replace(row, provenance=replace(row.provenance, sources=sources))
        yield row


def _leave_what_is_alike(difference: _Difference) -> None:
    """A row that stands as one of then did, though it was recorded anew, may go on standing."""
    for row in list(difference.closing):
        alike = [one for one in difference.returning if _substance(one) == _substance(row)]
        if alike:
            difference.returning.remove(alike[0])
            difference.closing.remove(row)


def _substance(row: Revision) -> Revision:
    """A row without its place in the record."""
    return replace(row, id=RevisionId(0), recorded=ALWAYS, opened_by=0, closed_by=None)
