"""Time expressions: finds "last Tuesday" or "from May 3 to 5" in a text, and says which interval is meant.

A language is a folder of tables under `languages/`; everything but the values below is imported when used.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Literal

from remanence.errors import InvalidInput
from remanence.model.interval import Interval
from remanence.reader.times.mention import Grain, MentionKind, TimeMention

__all__ = ["Grain", "MentionKind", "TimeMention", "find_times", "read_date", "resolve"]

Prefer = Literal["past", "future"]


def find_times(
    text: str, *, said_at: datetime, tz: tzinfo, prefer: Prefer | None = None
) -> tuple[TimeMention, ...]:
    """The time expressions of a text, in order, each resolved against when and where it was said.

    `said_at` is aware; `tz` is the zone whose calendar the words follow. Where a time leaves open
    whether it is past or to come ("on Tuesday"), `prefer` decides, else the tense of the nearest verb, else
    it is to come. At most 256 are returned. Raises InvalidInput for a naive `said_at`, and for nothing else.

    >>> from datetime import UTC
    >>> said = datetime(2026, 3, 4, 12, tzinfo=UTC)
    >>> [mention] = find_times("I flew on Monday", said_at=said, tz=UTC)
    >>> mention.text, mention.interval.start.date().isoformat()
    ('on Monday', '2026-03-02')
    """
    from remanence.reader.times.finder import Moment, find
    from remanence.reader.times.language import load

    _check_aware(said_at)
    return find(text, Moment(said_at, tz), prefer, load("en"))


def resolve(
    expression: str, *, said_at: datetime, tz: tzinfo, prefer: Prefer | None = None
) -> tuple[TimeMention, ...]:
    """The readings of a text that is one time expression, best first; none when it can't be read.

    "May" has two, the last one and the next. Words that are only sometimes times ("may", "5", "fall") are
    read as times here. Raises InvalidInput for a naive `said_at`.
    """
    from remanence.reader.times.finder import Moment, readings
    from remanence.reader.times.language import load

    _check_aware(said_at)
    return readings(expression, Moment(said_at, tz), prefer, load("en"))


def read_date(text: str, *, now: datetime, tz: tzinfo) -> Interval:
    """The interval that a date written by a person names: "2026-01-01", "last May", "3 March 2025, 5pm".

    A date without a year is the last one that has begun. An ISO time with a zone keeps it; without, it is
    read in `tz`. Raises InvalidInput when the whole text is not one date.
    """
    _check_aware(now)
    from remanence.reader.times.finder import Moment, whole
    from remanence.reader.times.language import load

    mention = whole(text, Moment(now, tz), load("en"))
    if mention is None:
        shown = text if len(text) <= 60 else text[:57] + "..."
        raise InvalidInput(
            f"can't read {shown!r} as a date; write it like 2026-01-31, last May or 3 March 2025"
        )
    return mention.interval


def _check_aware(time: datetime) -> None:
    if time.tzinfo is None or time.utcoffset() is None:
        raise InvalidInput(f"the time {time.isoformat()} has no time zone; give an aware time")
