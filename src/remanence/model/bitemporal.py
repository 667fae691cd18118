"""What a change of belief does to an item's rows: the bitemporal update, pure and small.

Source of the rule: SQL:2011, UPDATE ... FOR PORTION OF, as told in K. Kulkarni and J.-E. Michels,
"Temporal features in SQL:2011", SIGMOD Record 41(3), 2012. DESIGN.md, "Time, exactly".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.model.interval import Interval
from remanence.model.item import Revision


@dataclass(frozen=True, slots=True)
class Remainder:
    """A part of an old row's validity that the new content leaves as it was."""

    row: Revision
    valid: Interval


@dataclass(frozen=True, slots=True)
class Update:
    """The new content's validity, the rows it closes, and what of them is recorded anew."""

    valid: Interval
    closed: tuple[Revision, ...]
    remainders: tuple[Remainder, ...]


def row_in_force(rows: Sequence[Revision], now: datetime) -> Revision:
    """Of an item's open rows, the one that holds now, else the one nearest to come, else the last.

    Rows must be disjoint in valid time and not empty.
    """
    ordered = sorted(rows, key=lambda row: row.valid.start_micros)
    for row in ordered:
        if row.valid.end is None or now < row.valid.end:
            return row
    return ordered[-1]


def update(
    rows: Sequence[Revision],
    *,
    now: datetime,
    retired: Sequence[Revision] = (),
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Update:
    """Decide what new content, held to be true in [valid_from, valid_to), does to the open rows.

    Without `valid_from` it is a correction of the row in force and takes its start; without both
    bounds it takes that row's interval whole. With `valid_from` alone it holds from then on,
    without end. `retired` rows say nothing of what is in force and make room all the same. Raises
    InvalidInput when the interval is empty.
    """
    if valid_from is not None:
        valid = _interval(valid_from, valid_to)
    else:
        current = row_in_force(rows, now).valid
        valid = current if valid_to is None else _interval(current.start, valid_to)
    closed = tuple(row for row in (*rows, *retired) if row.valid.overlaps(valid))
    remainders = tuple(Remainder(row, rest) for row in closed for rest in row.valid.without(valid))
    return Update(valid, closed, remainders)


def _interval(valid_from: datetime | None, valid_to: datetime | None) -> Interval:
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise InvalidInput(
            f"valid_to ({valid_to.isoformat()}) must be later than valid_from ({valid_from.isoformat()})"
        )
    return Interval(valid_from, valid_to)
