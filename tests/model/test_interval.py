"""Half-open intervals: laws, and the bounds that are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.model.interval import ALWAYS, MAX_MICROS, MIN_MICROS, Interval, from_micros, to_micros

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)
NEAR = st.integers(0, 12).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start, end = draw(st.none() | NEAR), draw(st.none() | NEAR)
    if start is not None and end is not None:
        if start == end:
            end = start + timedelta(hours=1)
        start, end = min(start, end), max(start, end)
    return Interval(start, end)


@given(TIMES)
def test_a_time_survives_as_an_integer_in_utc(time: datetime) -> None:
    back = from_micros(to_micros(time))
    assert back == time
    assert back.tzinfo is UTC


@given(TIMES, TIMES)
def test_integers_are_ordered_as_the_times_are(one: datetime, other: datetime) -> None:
    assert (to_micros(one) < to_micros(other)) is (one < other)


@given(intervals())
def test_an_interval_survives_as_two_integers(interval: Interval) -> None:
    assert Interval.of_micros(interval.start_micros, interval.end_micros) == interval
    assert interval.start_micros < interval.end_micros


@given(intervals())
def test_the_start_lies_inside_and_the_end_does_not(interval: Interval) -> None:
    assert interval.start is None or interval.contains(interval.start)
    assert interval.end is None or not interval.contains(interval.end)


@given(intervals(), intervals(), NEAR)
def test_a_time_in_both_means_that_they_overlap(one: Interval, other: Interval, time: datetime) -> None:
    assert one.overlaps(other) is other.overlaps(one)
    if one.contains(time) and other.contains(time):
        assert one.overlaps(other)


@given(intervals(), intervals(), NEAR)
def test_what_is_left_holds_exactly_the_times_that_were_not_cut_out(
    one: Interval, other: Interval, time: datetime
) -> None:
    left = list(one.without(other))
    assert sum(part.contains(time) for part in left) == (one.contains(time) and not other.contains(time))
    assert left == sorted(left, key=lambda part: part.start_micros)
    assert not any(part.overlaps(other) for part in left)


def test_bounds_in_another_zone_are_kept_in_utc() -> None:
    there = timezone(timedelta(hours=5))
    interval = Interval(datetime(2026, 1, 1, 4, tzinfo=there))
    assert interval.start == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert interval.start.tzinfo is UTC


def test_no_bounds_are_the_smallest_and_the_largest_integer() -> None:
    assert (ALWAYS.start_micros, ALWAYS.end_micros) == (MIN_MICROS, MAX_MICROS)


@pytest.mark.parametrize("name", ["start", "end"])
def test_a_naive_bound_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidInput, match=rf"{name} 2026-01-01T00:00:00 has no time zone"):
        Interval(**{name: datetime(2026, 1, 1)})


@pytest.mark.parametrize("hours", [0, -1])
def test_an_end_that_is_not_after_the_start_is_refused(hours: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="must end after it starts: 2026-01-01"):
        Interval(start, start + timedelta(hours=hours))
