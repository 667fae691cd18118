"""What a found time expression is: its words, its place in the text and the interval it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from remanence.model.interval import Interval


class Grain(StrEnum):
    """How finely a time was said, from the finest to the coarsest."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    PART = "part"  # a part of a day: morning, night
    DAY = "day"
    WEEKEND = "weekend"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"


class MentionKind(StrEnum):
    """What the words name: one time, a stretch with said ends, or something that returns."""

    POINT = "point"
    RANGE = "range"
    RECURRING = "recurring"


@dataclass(frozen=True, slots=True)
class TimeMention:
    """One time expression of a text, resolved.

    `text` stands at characters [start, end) of the text that was read. `interval` is all the time
    the words may mean, aware and in UTC: "in May" is the whole month, "two months ago" the whole month
    two back, "since 2019" has no end. `at` is the instant they point to: the interval's start, or the
    distance counted from the moment of speaking; for what returns, the next occurrence's start. `last` is
    where the last unit that the words name begins: Friday's start in "from Monday to Friday".
    """

    text: str
    start: int
    end: int
    interval: Interval
    grain: Grain
    kind: MentionKind
    at: datetime
    last: datetime | None = None
