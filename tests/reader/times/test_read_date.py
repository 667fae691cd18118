"""Dates as people type them after `as_of` and on the command line, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from remanence.errors import InvalidInput
from remanence.reader.times import Grain, MentionKind, find_times, read_date, resolve

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-01", "2026-01-01", "2026-01-02"),
        ("2026-01", "2026-01-01", "2026-02-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("last May", "2025-05-01", "2025-06-01"),
        ("May", "2025-05-01", "2025-06-01"),
        ("3 March 2025", "2025-03-03", "2025-03-04"),
        ("March 3, 2025", "2025-03-03", "2025-03-04"),
        ("3 March", "2026-03-03", "2026-03-04"),
        ("  yesterday ", "2026-03-03", "2026-03-04"),
        ("Tuesday", "2026-03-03", "2026-03-04"),
        ("Friday", "2026-02-27", "2026-02-28"),
        ("two days ago", "2026-03-02", "2026-03-03"),
        ("2026-01-01T10:30", "2026-01-01T10:30", "2026-01-01T10:31"),
        ("2026-01-01 10:30:15", "2026-01-01T10:30:15", "2026-01-01T10:30:16"),
        ("2026-01-01T10:30:15Z", "2026-01-01T10:30:15", "2026-01-01T10:30:16"),
        ("2026-01-01T10:30+02:00", "2026-01-01T08:30", "2026-01-01T08:31"),
        ("2026-01-01T10:30:00-0500", "2026-01-01T15:30:00", "2026-01-01T15:31:00"),
        ("2026-W05", "2026-01-26", "2026-02-02"),
        ("20260131", "2026-01-31", "2026-02-01"),
        ("3 mars 2025", "2025-03-03", "2025-03-04"),
        ("3 de mayo de 2025", "2025-05-03", "2025-05-04"),
        ("3. Dezember 2025", "2025-12-03", "2025-12-04"),
        ("3 aout 2025", "2025-08-03", "2025-08-04"),
        ("3 Μαρτίου 2025", "2025-03-03", "2025-03-04"),
        ("3 października 2025", "2025-10-03", "2025-10-04"),
        ("3 Şubat 2025", "2025-02-03", "2025-02-04"),
        ("2025年3月3日", "2025-03-03", "2025-03-04"),
    ],
)
def test_a_date_as_people_write_it_is_read(text: str, start: str, end: str) -> None:
    interval = read_date(text, now=NOW, tz=UTC)
    assert interval.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
    if "-0500" not in text:
        assert interval.end == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_a_time_without_a_zone_is_read_in_the_zone_given() -> None:
    assert read_date("2026-01-01T10:30", now=NOW, tz=TOKYO).start == datetime(2026, 1, 1, 1, 30, tzinfo=UTC)
    assert read_date("2026-07-01", now=NOW, tz=LISBON).start == datetime(2026, 6, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", " ", "soon", "banana", "2026-13-01", "2026-02-30", "the meeting last May", "May and some",
     "3 apples 2025", "x" * 10_000, "\x00", "\ud800"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="write it like 2026-01-31"):
        read_date(text, now=NOW, tz=UTC)


def test_an_ambiguous_expression_has_two_readings_best_first() -> None:
    later, earlier = resolve("May", said_at=NOW, tz=UTC)
    assert (later.interval.start, earlier.interval.start) == (
        datetime(2026, 5, 1, tzinfo=UTC),
        datetime(2025, 5, 1, tzinfo=UTC),
    )
    assert resolve("May", said_at=NOW, tz=UTC, prefer="past")[0] == earlier
    assert len(resolve("May 2024", said_at=NOW, tz=UTC)) == 1
    assert resolve("banana", said_at=NOW, tz=UTC) == ()


def test_the_preference_overrides_the_verb() -> None:
    [past] = find_times("we meet on Tuesday", said_at=NOW, tz=UTC, prefer="past")
    [ahead] = find_times("we met on Tuesday", said_at=NOW, tz=UTC, prefer="future")
    assert past.interval.start == datetime(2026, 3, 3, tzinfo=UTC)
    assert ahead.interval.start == datetime(2026, 3, 10, tzinfo=UTC)


def test_a_distance_points_to_an_instant_within_what_it_may_mean() -> None:
    [mention] = find_times("two weeks ago", said_at=NOW, tz=UTC)
    assert mention.at == NOW - timedelta(days=14)
    assert mention.interval.contains(mention.at)
    assert mention.grain is Grain.WEEK


def test_a_range_names_its_last_unit() -> None:
    [mention] = find_times("from Monday to Friday", said_at=NOW, tz=UTC)
    assert mention.kind is MentionKind.RANGE
    assert mention.last == datetime(2026, 3, 6, tzinfo=UTC)
    assert mention.interval.end == datetime(2026, 3, 7, tzinfo=UTC)


def test_what_returns_is_open_and_points_to_its_next_coming() -> None:
    [mention] = find_times("every Tuesday at 5", said_at=NOW, tz=UTC)
    assert mention.kind is MentionKind.RECURRING
    assert (mention.interval.start, mention.interval.end) == (NOW, None)
    assert mention.at == datetime(2026, 3, 10, 17, tzinfo=UTC)


def test_a_date_in_another_language_stands_at_its_place_beside_ours() -> None:
    text = "On s'est vus le 3 mars 2025, and again yesterday"
    first, second = find_times(text, said_at=NOW, tz=UTC)
    assert (first.text, second.text) == ("3 mars 2025", "yesterday")
    assert first.interval.start == datetime(2025, 3, 3, tzinfo=UTC)
