"""Looks at the memory as it was at one moment: an item, its history, the journal, receipts, counts.

What came later is not there: neither ids nor rows, nor the end of a row, nor a source it got since. What
was erased since shows as erased, for it is gone from every past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from remanence.errors import NotFound
from remanence.lifecycle.further_sources import given_to, sources_after
from remanence.model.bitemporal import row_in_force
from remanence.model.hit import Context, Hit, Hits
from remanence.model.ids import short
from remanence.model.interval import Interval
from remanence.model.item import Item, Revision
from remanence.model.journal import GENESIS, JournalEntry
from remanence.model.state import State
from remanence.storage.port import Receipt, Snapshot
from remanence.verbs import arguments
from remanence.verbs.inspecting import journal_limit, with_reason
from remanence.verbs.setting import Setting


@dataclass(frozen=True, slots=True)
class StatsThen:
    """How much there was of what; of vectors and bytes no past is kept."""

    known_at: datetime
    counts: Mapping[str, int]
    journal_head: str  # hex


def show(setting: Setting, prefix: str, *, known_at: datetime, now: datetime) -> Item:
    """The row that was in force `now`, as it was believed then; NotFound where nothing was."""
    with setting.store.read() as snapshot:
        item_id = arguments.item_id_then(snapshot, prefix, known_at)
        rows = rows_then(snapshot, snapshot.rows_of([item_id], which="all"), known_at)
    believed = [row for row in rows if row.is_open]
    if not believed:
        raise NotFound(f"{short(item_id)} was undone by then; `history` shows what it had been")
    return Item(row_in_force(believed, now))


def history(setting: Setting, prefix: str, *, known_at: datetime) -> tuple[Revision, ...]:
    """The rows recorded by then, oldest record first."""
    with setting.store.read() as snapshot:
        item_id = arguments.item_id_then(snapshot, prefix, known_at)
        return tuple(rows_then(snapshot, snapshot.rows_of([item_id], which="all"), known_at))


def journal(
    setting: Setting, *, known_at: datetime, limit: int, prefix: str | None
) -> tuple[JournalEntry, ...]:
    """The newest lines of then, newest first."""
    journal_limit(limit)
    with setting.store.read() as snapshot:
        item_id = None if prefix is None else arguments.item_id_then(snapshot, prefix, known_at)
        sequence = snapshot.sequence_at(known_at)
        return tuple(snapshot.newest_journal_at(sequence, limit=limit, item_id=item_id))


def erased(setting: Setting, *, known_at: datetime) -> tuple[Receipt, ...]:
    """The receipts of the erasures made by then, oldest first."""
    with setting.store.read() as snapshot:
        made = (receipt for receipt in snapshot.receipts() if receipt.erased_at <= known_at)
        return tuple(with_reason(snapshot, receipt) for receipt in made)


def stats(setting: Setting, *, known_at: datetime) -> StatsThen:
    """The counts of then, without what was erased since."""
    with setting.store.read() as snapshot:
        sequence = snapshot.sequence_at(known_at)
        counts = snapshot.counts_at(sequence, time=known_at)
        lines = snapshot.newest_journal_at(sequence, limit=1)
    return StatsThen(known_at, counts, lines[0].hash.hex() if lines else GENESIS.hex())


def hits_then(setting: Setting, hits: Hits[Hit], *, known_at: datetime) -> Hits[Hit]:
    """Hits of a recall at that time, each item as it was known then."""
    items = items_then(setting, [hit.item for hit in hits], known_at=known_at)
    then = (replace(hit, item=item) for hit, item in zip(hits, items, strict=True))
    return Hits(then, answered=hits.answered)


def context_then(setting: Setting, context: Context, *, known_at: datetime) -> Context:
    """A context of that time, each item as it was known then."""
    return replace(context, items=tuple(items_then(setting, context.items, known_at=known_at)))


def items_then(setting: Setting, items: Iterable[Item], *, known_at: datetime) -> list[Item]:
    """Items with rows that were believed at that time, as they were known then."""
    with setting.store.read() as snapshot:
        return [Item(row) for row in rows_then(snapshot, [item.revision for item in items], known_at)]


def rows_then(snapshot: Snapshot, rows: Iterable[Revision], known_at: datetime) -> list[Revision]:
    """Of these rows those recorded by then, as they were known then."""
    sequence = snapshot.sequence_at(known_at)
    return [_as_then(snapshot, row, sequence) for row in rows if row.opened_by <= sequence]


def _as_then(snapshot: Snapshot, row: Revision, sequence: int) -> Revision:
    provenance = row.provenance
    if provenance.sources:
        sources = sources_after(row, given_to(snapshot, row.item_id), sequence)
        if sources != provenance.sources:
            row = replace(row, provenance=replace(provenance, sources=sources))
    if not row.text_id:
        row = replace(row, state=State.ERASED)
    if row.closed_by is not None and row.closed_by > sequence:
        row = replace(row, recorded=Interval(row.recorded.start), closed_by=None)
    return row
