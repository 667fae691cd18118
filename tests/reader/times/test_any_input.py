"""Any text, any moment, any zone: an answer or none, never an exception, and never a wait."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.reader.times import MentionKind, find_times, read_date, resolve

SAID_AT = datetime(2024, 5, 15, 14, tzinfo=UTC)
VOCABULARY = """
the a an in on at of to from between and until since before after every last next this past early
mid late first second third 3rd 31st day week month year quarter weekend Monday tuesday Friday sat
May march February summer fall morning night tonight noon midnight today tomorrow yesterday ago now
hence 1 2 5 12 29 30 31 99 1900 2016 9999 24:00 12:30 5pm 3/5/2016 2016-02-30 2016-02-29 13/13
Easter Christmas Diwali Ramadan Hanukkah couple few half an hour minutes quarter past o'clock am pm
EST UTC week's days' '99 1990s 20th century - , . rest end beginning two three twenty hundred
thousand business other years decades centuries 99999 days hours
"""
WORDS = VOCABULARY.split()
ZONES = (
    UTC,
    ZoneInfo("Europe/London"),
    ZoneInfo("America/St_Johns"),
    ZoneInfo("Pacific/Apia"),
    timezone(timedelta(hours=-12)),
)
moments = st.datetimes(timezones=st.sampled_from(ZONES), allow_imaginary=True)


def holds(text: str, said_at: datetime) -> None:
    mentions = find_times(text, said_at=said_at, tz=said_at.tzinfo or UTC)
    last = 0
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert last <= mention.start < mention.end
        last = mention.end
        assert mention.at.tzinfo is UTC
        if mention.interval.start is not None and mention.interval.end is not None:
            assert mention.interval.start < mention.interval.end
        if mention.kind is MentionKind.RECURRING:
            assert mention.interval.end is None


@given(st.text(), moments)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_an_exception(text: str, said_at: datetime) -> None:
    holds(text, said_at)


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), moments)
@settings(max_examples=400, deadline=None)
def test_any_words_of_time_are_read_without_an_exception(text: str, said_at: datetime) -> None:
    holds(text, said_at)
    resolve(text, said_at=said_at, tz=UTC)


UNITS = """
Saturday
Saturday evening
Sunday evening
this morning
tomorrow night
noon
5pm
3 May
May
May 2025
2025
next week
this weekend
next weekend
last winter
Q3 2025
the 1990s
Christmas
2025-05-03
yesterday afternoon
"""


@pytest.mark.parametrize("frame", ["from {} to {}", "between {} and {}", "from {} until {}", "{} - {}"])
def test_a_range_of_any_two_units_is_read_without_an_exception(frame: str) -> None:
    units = UNITS.strip().splitlines()
    for first in units:
        for last in units:
            holds(f"We were away {frame.format(first, last)}.", SAID_AT)


def test_a_range_of_parts_of_a_day_ends_with_its_last_part() -> None:
    (found,) = find_times("from Saturday evening to Sunday evening", said_at=SAID_AT, tz=UTC)
    assert found.interval.start == datetime(2024, 5, 18, 18, tzinfo=UTC)
    assert found.interval.end == datetime(2024, 5, 20, tzinfo=UTC)
    assert found.last == datetime(2024, 5, 19, 18, tzinfo=UTC)


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), moments)
@settings(max_examples=150, deadline=None)
def test_a_date_is_read_or_refused(text: str, now: datetime) -> None:
    with suppress(InvalidInput):
        interval = read_date(text, now=now, tz=UTC)
        assert interval.start is not None or interval.end is not None


@pytest.mark.parametrize(
    "text",
    [
        "7" * 100_000,
        "7 " * 50_000,
        "1/" * 50_000,
        "1:" * 50_000,
        "2016-" * 20_000,
        "the " * 25_000,
        "last " * 20_000,
        "May " * 25_000,
        "first Monday of " * 6_000,
        "a'" * 50_000,
        "." * 100_000,
        "x" * 100_000 + " tomorrow",
        "\x00tomorrow\x00" * 1_000,
        "\ud800 tomorrow \udfff" * 1_000,
        "İ" * 10_000 + " tomorrow " + "ẞ" * 10_000,
    ],
    ids=lambda text: f"{text[:12]!r}",
)
def test_long_and_strange_texts_are_read(text: str) -> None:
    holds(text, SAID_AT)
    assert len(find_times(text, said_at=SAID_AT, tz=UTC)) <= 256


def test_a_time_far_into_a_long_text_is_found_at_its_place() -> None:
    text = "word " * 5_000 + "we met last Friday " + "word " * 5_000
    [mention] = find_times(text, said_at=SAID_AT, tz=UTC)
    assert (mention.text, mention.start) == ("last Friday", 25_007)


def test_a_naive_moment_is_refused() -> None:
    naive = SAID_AT.replace(tzinfo=None)
    with pytest.raises(InvalidInput, match="no time zone"):
        find_times("tomorrow", said_at=naive, tz=UTC)
    with pytest.raises(InvalidInput, match="no time zone"):
        resolve("tomorrow", said_at=naive, tz=UTC)
    with pytest.raises(InvalidInput, match="no time zone"):
        read_date("tomorrow", now=naive, tz=UTC)


def test_a_time_in_the_hour_that_the_clocks_leap_over_is_an_interval() -> None:
    zone = ZoneInfo("Europe/London")
    said_at = datetime(2024, 3, 30, 22, tzinfo=zone)
    [mention] = find_times("tomorrow at 1:30am", said_at=said_at, tz=zone)
    assert mention.interval.start == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
