"""What the parts of an expression mean before a moment picks one occurrence, and the rules' register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar

from remanence.reader.times import spans
from remanence.reader.times.mention import Grain, MentionKind
from remanence.reader.times.occurrences import Sequence
from remanence.reader.times.tables import Meaning


@dataclass(frozen=True, slots=True)
class Scene:
    """When the words were said, on the local clock and without a zone."""

    now: datetime

    @property
    def today(self) -> datetime:
        """The day's first moment."""
        return spans.floor(self.now, Grain.DAY)


@dataclass(frozen=True, slots=True)
class Time:
    """Occurrences on the calendar, one of which is meant.

    `skips_now`: "Tuesday" said on a Tuesday is another one. `either_way`: without a word for the direction it
    is the nearest, past or to come. `at`: the instant pointed to, when it is not the span's start. `days` and
    `hours` are the two halves of a part of a day.
    """

    sequence: Sequence
    grain: Grain
    kind: MentionKind = MentionKind.POINT
    skips_now: bool = False
    either_way: bool = False
    at: datetime | None = None
    zone: tzinfo | None = None
    days: Sequence | None = None
    hours: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; `sure` when morning or afternoon is said, else the hour may be either."""

    hour: int
    minute: int = 0
    second: int = 0
    sure: bool = False
    grain: Grain = Grain.MINUTE
    zone: tzinfo | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour <= 24 and 0 <= self.minute < 60 and 0 <= self.second < 60):
            raise ValueError("no such time of day")
        if self.hour == 24 and (self.minute or self.second):
            raise ValueError("no such time of day")


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of day to another."""

    first: Clock
    last: Clock


@dataclass(frozen=True, slots=True)
class Length:
    """How long: calendar months, days and seconds, the finest unit said; if vague, the range of it."""

    months: int
    days: int
    seconds: int
    grain: Grain
    low: float = 1
    high: float = 1

    def moved(self, time: datetime, times: float) -> datetime:
        """The time so many lengths on (or back)."""
        whole = round(self.months * times)
        days = timedelta(days=self.days * times, seconds=self.seconds * times)
        if abs(whole - self.months * times) > 0.01:
            days += timedelta(days=30 * (self.months * times - whole))
        return spans.add_months(time, whole) + days


@dataclass(frozen=True, slots=True)
class Bounds:
    """From one time, up to another; None is open."""

    first: Time | Clock | None
    last: Time | Clock | None
    skips_first: bool = False  # "after May": from its end
    takes_last: bool = True  # "until May": to its end
    looks_back: bool = False  # "since May": the last one


@dataclass(frozen=True, slots=True)
class Every:
    """What returns at each of these times."""

    sequence: Sequence
    grain: Grain


MEANINGS: dict[str, Meaning] = {}
_Rule = TypeVar("_Rule", bound=Callable[..., object])


def meaning(rule: _Rule) -> _Rule:
    """Enters a rule under its own name, by which the grammars call it."""
    assert rule.__name__ not in MEANINGS, rule.__name__
    MEANINGS[rule.__name__] = rule
    return rule
