"""Says what must hold of a cube after a fault, whatever the fault was.

Every acknowledged call is there, word for word and row for row; a call that did not return is there whole or
not at all; what the cube said is erased stays out of its files; `check` finds nothing, and the journal still
leads to the last acknowledged head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workload import Acknowledged, fingerprint

from remanence import Cube
from remanence.model.interval import Interval
from remanence.model.item import Revision
from remanence.model.journal import JournalEntry, Verb

LINES_AT_A_TIME = 5_000
ITEMS_AT_A_TIME = 2_000


@dataclass(slots=True)
class Ledger:
    """What has been acknowledged so far; of one writer, or of several with items of their own."""

    sequence: int = 0
    head: str | None = None
    items: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    calls: int = 0

    def add(self, acknowledged: Acknowledged) -> None:
        """Take one more promise in."""
        self.calls += 1
        if acknowledged.sequence > self.sequence:
            self.sequence, self.head = acknowledged.sequence, acknowledged.head
        self.items.update(acknowledged.items)
        self.gone.update(acknowledged.gone)


def faults_of(cube: Cube, ledger: Ledger, *, in_flight_max: int = 1) -> list[str]:
    """What is wrong, as sentences; `in_flight_max` is how many calls may have been cut off."""
    faults = list(cube.check(head=ledger.head))
    lines, rows = everything_in(cube)
    faults += _chain_faults(lines, ledger)
    later = [line for line in lines if line.sequence > ledger.sequence]
    sets = {line.change_set for line in later}
    if len(sets) > in_flight_max:
        faults.append(f"{len(sets)} changes that nobody acknowledged, where {in_flight_max} may be")
    faults += _unaccounted(lines, rows)
    for item, promised in ledger.items.items():
        if item not in rows:
            faults.append(f"{item} was acknowledged and is not there")
        elif not _is_as_promised(rows[item], promised, [line for line in later if line.item_id == item]):
            faults.append(f"{item} is not as it was acknowledged: {rows[item]}")
    return faults


def words_left(path: Path, words: Iterable[str]) -> list[str]:
    """Which of these words some file of the cube holds; close the cube before asking."""
    files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-journal"))]
    held = b"".join(file.read_bytes() for file in files if file.exists())
    return [word for word in words if word.encode() in held]


def taken_up(cube: Cube, ledger: Ledger) -> Ledger:
    """The ledger of a cube that goes on: what was cut off and is there counts as acknowledged from now on."""
    lines, rows = everything_in(cube)
    return Ledger(
        sequence=len(lines),
        head=lines[-1].hash.hex() if lines else None,
        items={item: fingerprint(rows_of_item) for item, rows_of_item in rows.items()},
        gone=set(ledger.gone),
        calls=ledger.calls,
    )


def everything_in(cube: Cube) -> tuple[list[JournalEntry], dict[str, list[Revision]]]:
    """The whole journal, and all rows of each item it names; by the port, as the face lists only so many."""
    with cube._setting.store.read() as snapshot:
        lines: list[JournalEntry] = []
        while more := snapshot.journal(after=len(lines), limit=LINES_AT_A_TIME):
            lines += more
        items = list(dict.fromkeys(line.item_id for line in lines if line.item_id is not None))
        rows: dict[str, list[Revision]] = {item: [] for item in items}
        for at in range(0, len(items), ITEMS_AT_A_TIME):
            for row in snapshot.rows_of(items[at : at + ITEMS_AT_A_TIME], which="all"):
                rows[row.item_id].append(row)
    return lines, rows


def _chain_faults(lines: Sequence[JournalEntry], ledger: Ledger) -> list[str]:
    if [line.sequence for line in lines] != list(range(1, len(lines) + 1)):
        return ["the journal's lines do not count from 1 without a gap"]
    if len(lines) < ledger.sequence:
        return [f"the journal ends at line {len(lines)}, and line {ledger.sequence} was acknowledged"]
    if ledger.sequence and lines[ledger.sequence - 1].hash.hex() != ledger.head:
        return [f"line {ledger.sequence} does not bear the hash that was acknowledged"]
    return []


def _unaccounted(lines: Iterable[JournalEntry], rows: dict[str, list[Revision]]) -> list[str]:
    """Rows that the journal tells of and that are not so, and rows it does not tell of: half a change."""
    told_opened: dict[int, int] = {}
    told_closed: dict[int, int] = {}
    for line in lines:
        told_opened.update(dict.fromkeys(line.entry.opened, line.change_set))
        told_closed.update(dict.fromkeys(line.entry.closed, line.change_set))
    every = [row for of_item in rows.values() for row in of_item]
    opened: dict[int, int] = {row.id: row.opened_by for row in every}
    closed: dict[int, int] = {row.id: row.closed_by for row in every if row.closed_by is not None}
    faults = []
    if opened != told_opened:
        faults.append(f"rows opened that the journal tells otherwise: {_difference(opened, told_opened)}")
    if closed != told_closed:
        faults.append(f"rows closed that the journal tells otherwise: {_difference(closed, told_closed)}")
    return faults


def _difference(found: Mapping[int, int], told: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted(set(found.items()) ^ set(told.items()))


def _is_as_promised(rows: list[Revision], promised: str, later: Sequence[JournalEntry]) -> bool:
    if fingerprint(rows) == promised:
        return not later
    if any(line.verb is Verb.ERASE for line in later):
        number = min(line.change_set for line in later)
        return all(not row.content.text for row in rows if row.opened_by <= number)
    return fingerprint(_before(rows, {line.change_set for line in later})) == promised


def _before(rows: Iterable[Revision], sets: set[int]) -> list[Revision]:
    """The rows without what these change sets did to them."""
    return [
        replace(row, closed_by=None, recorded=Interval(row.recorded.start)) if row.closed_by in sets else row
        for row in rows
        if row.opened_by not in sets
    ]
