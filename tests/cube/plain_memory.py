"""A cube as plain dictionaries, from the words of DESIGN.md: what a random history must come to.

Valid time is a row of cells (days with two open ends), so that nothing here computes with intervals.
A change is a list of cells and what becomes of them. What is believed is what comes of the changes
that stand, one after the other; undoing one means that it stands no more.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

DAYS = 6  # cell 0 is all time before day 1, cell DAYS all time from its day on
FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
RECALLED = ("active", "frozen")


@dataclass(frozen=True)
class Told:
    """What one cell says."""

    text: str
    state: str = "active"


Cells = dict[int, Told]


@dataclass(frozen=True)
class Change:
    """What happened to which cells of an item.

    An undo names the changes it took back instead, a restore the cells that it made say something else.
    """

    item: str = ""
    cells: tuple[int, ...] = ()
    text: str | None = None
    state: str | None = None
    undoes: tuple[int, ...] = ()
    restores: dict[str, dict[int, Told | None]] = field(default_factory=dict)


@dataclass
class PlainMemory:
    """All changes by number, which of them stand, and what was believed after each."""

    changes: dict[int, Change] = field(default_factory=dict)
    standing: set[int] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    believed: list[tuple[datetime, dict[str, Cells]]] = field(default_factory=list)

    def cells(self, item: str) -> Cells:
        """What an item says now."""
        told: Cells = {}
        for number in sorted(self.standing):
            change = self.changes[number]
            for cell, one in change.restores.get(item, {}).items():
                told.pop(cell, None)
                if one is not None:
                    told[cell] = one
            if change.item != item:
                continue
            for cell in change.cells:
                if change.text is not None:
                    told[cell] = Told(change.text)
                elif change.state is not None and cell in told:
                    told[cell] = replace(told[cell], state=change.state)
        return {} if item in self.erased else told

    @property
    def items(self) -> list[str]:
        """All items there ever were, in order."""
        return list(dict.fromkeys(change.item for change in self.changes.values() if change.item))

    def items_of(self, number: int) -> set[str]:
        """The items that a change may have touched."""
        change = self.changes[number]
        touched = {item for undone in change.undoes for item in self.items_of(undone)}
        return touched | change.restores.keys() | ({change.item} if change.item else set())

    def write(self, change: Change, *, now: datetime, number: int) -> datetime:
        """Let a change happen; returns its record time, later than any before."""
        self.changes[number] = change
        self.standing.add(number)
        at = max([now, *(time + timedelta(microseconds=1) for time, _ in self.believed)])
        for undone in change.undoes:
            self._take_back(undone)
        self.believed.append((at, {item: self.cells(item) for item in self.items}))
        return at

    def erase(self, item: str, *, now: datetime, number: int) -> None:
        """Nothing of it is left, in no past either."""
        self.erased.add(item)
        self.write(Change(item), now=now, number=number)

    def restoring(self, time: datetime) -> Change:
        """What makes the memory say again what it said then, of what is not erased since."""
        known = self.known_at(time)
        differences: dict[str, dict[int, Told | None]] = {}
        for item in self.items:
            then, now = known.get(item, {}), self.cells(item)
            cells = [cell for cell in sorted({*then, *now}) if then.get(cell) != now.get(cell)]
            if cells:
                differences[item] = {cell: then.get(cell) for cell in cells}
        return Change(restores=differences)

    def would_change(self, undoes: tuple[int, ...]) -> bool:
        """Whether taking these changes back, newest first, would be seen."""
        trial = deepcopy(self)
        before = {item: self.cells(item) for item in self.items}
        trial.write(Change(undoes=undoes), now=FIRST_DAY, number=max(self.changes) + 1)
        return {item: trial.cells(item) for item in trial.items} != before

    def known_at(self, time: datetime) -> dict[str, Cells]:
        """What was believed then, of what is not erased since."""
        known = [told for at, told in self.believed if at <= time]
        return {
            item: cells for item, cells in (known[-1] if known else {}).items() if item not in self.erased
        }

    def _take_back(self, number: int) -> None:
        self.standing.discard(number)
        for undone in reversed(self.changes[number].undoes):
            self._let_stand(undone)

    def _let_stand(self, number: int) -> None:
        self.standing.add(number)
        for undone in self.changes[number].undoes:
            self._take_back(undone)


def day(number: int | None) -> datetime | None:
    """The day on which a cell begins."""
    return None if number is None else FIRST_DAY + timedelta(days=number)


def cell_of(time: datetime) -> int:
    """The cell in which a time lies."""
    return min(max((time - FIRST_DAY) // timedelta(days=1), 0), DAYS)


def middle(cell: int) -> datetime:
    """A time inside a cell."""
    return FIRST_DAY + timedelta(days=cell, hours=12)


def between(start: int | None, end: int | None) -> tuple[int, ...]:
    """The cells from one day up to another; None is without bound."""
    return tuple(range(start or 0, DAYS + 1 if end is None else end))


def run_of(cells: Cells, cell: int) -> tuple[int, ...]:
    """The neighbouring cells that say the same: one row."""
    first = last = cell
    while first - 1 in cells and cells[first - 1].text == cells[cell].text:
        first -= 1
    while last + 1 in cells and cells[last + 1].text == cells[cell].text:
        last += 1
    return tuple(range(first, last + 1))


def run_in_force(cells: Cells, now: datetime) -> tuple[int, ...]:
    """The row that holds now, else the next to come, else the last."""
    here = cell_of(now)
    to_come = [cell for cell in sorted(cells) if cell >= here]
    return run_of(cells, to_come[0] if to_come else max(cells))


def recalled(told: dict[str, Cells], *, as_of: int) -> dict[str, str]:
    """What a recall answers about one cell."""
    return {
        item: cells[as_of].text
        for item, cells in told.items()
        if as_of in cells and cells[as_of].state in RECALLED
    }


def present_or_to_come(told: dict[str, Cells], now: datetime) -> dict[str, set[str]]:
    """What a recall without a time may answer: rows that have not ended."""
    found: dict[str, set[str]] = {}
    for item, cells in told.items():
        for cell, one in cells.items():
            if cell >= cell_of(now) and one.state in RECALLED:
                found.setdefault(item, set()).add(one.text)
    return found
