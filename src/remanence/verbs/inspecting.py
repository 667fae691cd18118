"""Looks at what is there: an item, its history, the journal, counts, soundness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from remanence.errors import CubeDamaged, InvalidInput, NotFound
from remanence.lifecycle import verifying
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import short
from remanence.model.item import Item, Revision
from remanence.model.journal import JournalEntry
from remanence.storage.port import CubeFacts, Receipt, Snapshot
from remanence.verbs import arguments
from remanence.verbs.queueing import unread
from remanence.verbs.setting import Setting

JOURNAL_LINES_MAX = 10_000
LINE_MAX = 2**62  # no journal is as long, and SQLite holds no larger number


@dataclass(frozen=True, slots=True)
class Stats:
    """How much there is of what; `counts` by name, sizes in bytes."""

    facts: CubeFacts
    counts: Mapping[str, int]
    size_bytes: int
    journal_head: str  # hex


def show(setting: Setting, prefix: str) -> Item:
    """The item's row in force; raises NotFound when all of it was undone."""
    with setting.store.read() as snapshot:
        item_id = arguments.item_id(snapshot, prefix)
        rows = snapshot.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; `history` shows what it was")
    return Item(row_in_force(rows, setting.clock.now()))


def history(setting: Setting, prefix: str) -> tuple[Revision, ...]:
    """All rows, oldest record first."""
    with setting.store.read() as snapshot:
        return tuple(snapshot.rows_of([arguments.item_id(snapshot, prefix)], which="all"))


def journal(
    setting: Setting, *, limit: int, prefix: str | None, before: int | None = None
) -> tuple[JournalEntry, ...]:
    """The newest lines, or the newest of those before a line, newest first."""
    journal_limit(limit)
    if before is not None and (isinstance(before, bool) or not isinstance(before, int) or before < 1):
        raise InvalidInput(f"before {before!r} is no line of the journal; give a number from 1")
    with setting.store.read() as snapshot:
        item_id = None if prefix is None else arguments.item_id(snapshot, prefix)
        if before is not None:
            last = min(before, LINE_MAX) - 1
            return tuple(snapshot.newest_journal_at(last, limit=limit, item_id=item_id))
        return tuple(snapshot.newest_journal(limit=limit, item_id=item_id))


def journal_limit(limit: int) -> None:
    """Raise InvalidInput for a number of lines outside [1, JOURNAL_LINES_MAX]."""
    if not 1 <= limit <= JOURNAL_LINES_MAX:
        raise InvalidInput(f"limit {limit} must lie in [1, {JOURNAL_LINES_MAX}]")


def erased(setting: Setting) -> tuple[Receipt, ...]:
    """All receipts, oldest first, each with who erased and why, as the journal has it."""
    with setting.store.read() as snapshot:
        return tuple(with_reason(snapshot, receipt) for receipt in snapshot.receipts())


def with_reason(snapshot: Snapshot, receipt: Receipt) -> Receipt:
    """The receipt with who erased and why, as the journal has it."""
    lines = snapshot.journal(limit=1, change_set=receipt.change_set)
    return replace(receipt, actor=lines[0].actor, reason=lines[0].reason) if lines else receipt


def stats(setting: Setting) -> Stats:
    """Counts and sizes."""
    with setting.store.read() as snapshot:
        counts = {**snapshot.counts(), "messages to read again": len(unread(setting, snapshot))}
        head = snapshot.head()
    return Stats(setting.store.facts, counts, setting.store.size_bytes(), head.hash.hex())


def check(setting: Setting, *, head: str | None) -> tuple[str, ...]:
    """All faults that can be found, as sentences; damage that ends the search is the last of them."""
    faults: list[str] = []
    try:
        faults += setting.store.check()
        with setting.store.read() as snapshot:
            faults += verifying.journal_faults(snapshot, head=head)
            faults += verifying.row_faults(snapshot)
    except CubeDamaged as error:
        faults.append(str(error))
    return tuple(faults)
