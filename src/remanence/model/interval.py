"""Half-open intervals of time, and the one place where times become integers and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from remanence.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MIN_MICROS = -(2**63)  # an unbounded start, where times are integers
MAX_MICROS = 2**63 - 1  # an unbounded end, where times are integers


def to_micros(time: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware time."""
    return (time - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC time of so many microseconds since 1970-01-01."""
    return EPOCH + _MICROSECOND * micros  # in half the time of a new timedelta: forty to a recall


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`; None is without bound.

    Times are aware and kept in UTC. Raises InvalidInput for a naive time, or an end that is not
    after the start.

    >>> Interval(datetime(2026, 1, 1, tzinfo=UTC)).contains(datetime(2026, 1, 1, tzinfo=UTC))
    True
    """

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        start, end = self.start, self.end
        if start is not None and start.tzinfo is not UTC:
            start = _in_utc(start, "start")
            object.__setattr__(self, "start", start)
        if end is not None and end.tzinfo is not UTC:
            end = _in_utc(end, "end")
            object.__setattr__(self, "end", end)
        if start is not None and end is not None and end <= start:
            raise InvalidInput(
                f"an interval must end after it starts: {start.isoformat()} to {end.isoformat()}"
            )

    @classmethod
    def of_micros(cls, start: int, end: int) -> Interval:
        """From integer bounds, where MIN_MICROS and MAX_MICROS mean without bound."""
        since = None if start == MIN_MICROS else from_micros(start)
        until = None if end == MAX_MICROS else from_micros(end)
        if start >= end:
            return cls(since, until)  # which raises
        made = object.__new__(cls)  # in UTC and in order as they are: 400 of them to a context
        object.__setattr__(made, "start", since)
        object.__setattr__(made, "end", until)
        return made

    @property
    def start_micros(self) -> int:
        """The start as an integer; MIN_MICROS when unbounded."""
        return MIN_MICROS if self.start is None else to_micros(self.start)

    @property
    def end_micros(self) -> int:
        """The end as an integer; MAX_MICROS when unbounded."""
        return MAX_MICROS if self.end is None else to_micros(self.end)

    def contains(self, time: datetime) -> bool:
        """Whether the time lies inside."""
        return (self.start is None or self.start <= time) and (self.end is None or time < self.end)

    def overlaps(self, other: Interval) -> bool:
        """Whether some time lies inside both."""
        return self.start_micros < other.end_micros and other.start_micros < self.end_micros

    def without(self, other: Interval) -> Iterable[Interval]:
        """What is left of this interval when the other is cut out: none, one or two, in order."""
        if not self.overlaps(other):
            yield self
            return
        if self.start_micros < other.start_micros:
            yield Interval(self.start, other.start)
        if other.end_micros < self.end_micros:
            yield Interval(other.end, self.end)


def _in_utc(bound: datetime, name: str) -> datetime:
    if bound.tzinfo is None:
        raise InvalidInput(f"{name} {bound.isoformat()} has no time zone; give an aware time")
    return bound.astimezone(UTC)


ALWAYS = Interval()
