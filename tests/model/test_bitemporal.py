"""What a revise does to an item's rows: cases written by hand from DESIGN.md, "Time, exactly"."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.model.bitemporal import row_in_force, update
from remanence.model.ids import ItemId, RevisionId, TextId
from remanence.model.interval import Interval
from remanence.model.item import Content, Provenance, Revision
from remanence.model.kind import Trust
from remanence.model.state import State

Bounds = tuple[int | None, int | None]  # days; None is without bound
DAY = timedelta(days=1)
ZERO = datetime(2026, 1, 1, tzinfo=UTC)
SAID = Provenance("alice", "user", Trust.USER, "stated", ZERO)


def at(day: int | None) -> datetime | None:
    return None if day is None else ZERO + day * DAY


def days(interval: Interval) -> Bounds:
    start, end = interval.start, interval.end
    return None if start is None else (start - ZERO) // DAY, None if end is None else (end - ZERO) // DAY


def row(name: str, bounds: Bounds) -> Revision:
    return Revision(
        RevisionId(ord(name)),
        ItemId("item"),
        TextId(ord(name)),
        Content(name),
        SAID,
        State.ACTIVE,
        valid=Interval(at(bounds[0]), at(bounds[1])),
    )


class Case(NamedTuple):
    """Rows as they stand, what is revised on which day, and what must come of it."""

    says: str
    rows: dict[str, Bounds]
    today: int
    given: Bounds  # valid_from, valid_to
    new: Bounds  # what the new content takes
    closed: str  # the rows whose record interval ends
    remains: list[tuple[str, Bounds]]  # what of them is recorded anew


TABLE = [
    Case(
        "a correction takes an endless row whole",
        {"a": (None, None)}, 5, (None, None), (None, None), "a", [],
    ),
    Case("a correction takes a bounded row whole", {"a": (1, 10)}, 5, (None, None), (1, 10), "a", []),
    Case(
        "from a day on: before it, the old goes on holding",
        {"a": (None, None)}, 11, (9, None), (9, None), "a", [("a", (None, 9))],
    ),
    Case(
        "for a while: the old holds before and after",
        {"a": (1, 20)}, 3, (5, 10), (5, 10), "a", [("a", (1, 5)), ("a", (10, 20))],
    ),
    Case("for exactly the old interval: nothing remains", {"a": (1, 10)}, 3, (1, 10), (1, 10), "a", []),
    Case(
        "from a day on reaches past the old row's end",
        {"a": (1, 10)}, 3, (5, None), (5, None), "a", [("a", (1, 5))],
    ),
    Case(
        "across several rows: those inside go, those at the edges keep what is outside",
        {"a": (None, 5), "b": (5, 10), "c": (10, None)}, 7, (3, 12), (3, 12), "abc",
        [("a", (None, 3)), ("c", (12, None))],
    ),
    Case(
        "a row that ends where the new one begins is left alone",
        {"a": (None, 5), "b": (5, None)}, 7, (5, None), (5, None), "b", [],
    ),
    Case("in a gap: nothing is closed", {"a": (1, 5), "c": (10, None)}, 7, (6, 8), (6, 8), "", []),
    Case("before all that is known", {"a": (10, None)}, 12, (5, 10), (5, 10), "", []),
    Case("from before all that is known, on", {"a": (10, None)}, 12, (5, None), (5, None), "a", []),
    Case(
        "only an end: from where the row in force starts, and the old holds after it",
        {"a": (1, None)}, 5, (None, 8), (1, 8), "a", [("a", (8, None))],
    ),
    Case(
        "a correction among several rows takes the one that holds today",
        {"a": (None, 5), "b": (5, 10), "c": (10, None)}, 7, (None, None), (5, 10), "b", [],
    ),
    Case(
        "a correction in a gap takes what is next to come",
        {"a": (1, 5), "c": (10, 20)}, 7, (None, None), (10, 20), "c", [],
    ),
    Case(
        "a correction when all is over takes what held last",
        {"a": (1, 5), "b": (5, 8)}, 9, (None, None), (5, 8), "b", [],
    ),
    Case(
        "on the day that one row ends and the next begins, the next holds",
        {"a": (None, 5), "b": (5, None)}, 5, (None, None), (5, None), "b", [],
    ),
    Case(
        "a bounded revise of what is to come",
        {"a": (None, 5), "b": (5, None)}, 1, (8, 9), (8, 9), "b", [("b", (5, 8)), ("b", (9, None))],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.says)
def test_a_revise_does_what_the_table_says(case: Case) -> None:
    rows = [row(name, bounds) for name, bounds in case.rows.items()]
    today = at(case.today)
    assert today is not None
    done = update(rows, now=today, valid_from=at(case.given[0]), valid_to=at(case.given[1]))
    assert days(done.valid) == case.new
    assert "".join(closed.content.text for closed in done.closed) == case.closed
    assert [(rest.row.content.text, days(rest.valid)) for rest in done.remainders] == case.remains


@pytest.mark.parametrize("given", [(5, 5), (5, 4), (None, 1), (None, 0)])
def test_an_empty_interval_is_refused_with_both_bounds(given: Bounds) -> None:
    with pytest.raises(InvalidInput, match=r"valid_to \(.*\) must be later than valid_from \(.*\)"):
        update([row("a", (1, 10))], now=ZERO + 2 * DAY, valid_from=at(given[0]), valid_to=at(given[1]))


@st.composite
def disjoint_rows(draw: st.DrawFn) -> list[Revision]:
    cuts = sorted(draw(st.sets(st.integers(0, 12), min_size=2, max_size=6)))
    edges: list[int | None] = [*cuts]
    if draw(st.booleans()):
        edges[0] = None
    if draw(st.booleans()):
        edges[-1] = None
    pieces = list(itertools.pairwise(edges))
    kept = draw(st.lists(st.sampled_from(pieces), min_size=1, unique=True))
    return [row(chr(97 + number), piece) for number, piece in enumerate(kept)]


@given(disjoint_rows(), st.integers(-1, 13), st.integers(-1, 13), st.none() | st.integers(1, 5))
def test_each_day_is_told_by_one_row_at_most_and_by_the_old_one_outside(
    rows: list[Revision], today: int, start: int, length: int | None
) -> None:
    valid_to = None if length is None else at(start + length)
    done = update(rows, now=ZERO + today * DAY, valid_from=at(start), valid_to=valid_to)
    kept = [old for old in rows if old not in done.closed]
    for day in range(-3, 20):
        time = ZERO + day * DAY
        before = [old.content.text for old in rows if old.valid.contains(time)]
        after = [old.content.text for old in kept if old.valid.contains(time)]
        after += [rest.row.content.text for rest in done.remainders if rest.valid.contains(time)]
        if done.valid.contains(time):
            assert after == []
        else:
            assert after == before


@given(disjoint_rows(), st.integers(-1, 13))
def test_the_row_in_force_holds_now_or_is_the_nearest(rows: list[Revision], today: int) -> None:
    now = ZERO + today * DAY
    found = row_in_force(rows, now)
    holding = [one for one in rows if one.valid.contains(now)]
    to_come = [one for one in rows if one.valid.start is not None and one.valid.start > now]
    if holding:
        assert found is holding[0]
    elif to_come:
        assert found.valid.start_micros == min(one.valid.start_micros for one in to_come)
    else:
        assert found.valid.start_micros == max(one.valid.start_micros for one in rows)
