"""Sequences of spans on the calendar: once, again each unit, within one another, moved, from one to another.

`between` lists a sequence's spans by start; `nearest` picks the one that a speaker at some moment means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from remanence.reader.times import spans
from remanence.reader.times.mention import Grain
from remanence.reader.times.spans import Span

_YEARS_SEARCHED_MAX = 45  # the same weekday on 29 February returns within 40 years
_REACH = timedelta(days=8)  # how far a moved span starts from its source, if nothing else is said


@dataclass(frozen=True, slots=True)
class Once:
    """One span."""

    span: Span


@dataclass(frozen=True, slots=True)
class Cycle:
    """In each unit of the calendar, the span that `pick` finds from the unit's start, or none."""

    grain: Grain
    pick: Callable[[datetime], Span | None]


@dataclass(frozen=True, slots=True)
class Within:
    """The inner sequence's spans that start inside the outer's."""

    outer: Sequence
    inner: Sequence


@dataclass(frozen=True, slots=True)
class Moved:
    """Each span of another sequence, changed by `move`; None drops it.

    `source_first`: a speaker picks the span to move, not the moved one: "a week from Friday". `reach`: how
    far a moved span may start from its source.
    """

    source: Sequence
    move: Callable[[Span], Span | None]
    source_first: bool = False
    reach: timedelta = _REACH


@dataclass(frozen=True, slots=True)
class Stretch:
    """From each span of the first sequence to the next one of the second; `whole` counts the last unit in."""

    first: Sequence
    last: Sequence
    whole: bool


Sequence: TypeAlias = Once | Cycle | Within | Moved | Stretch


def between(sequence: Sequence, low: datetime, high: datetime) -> Iterator[Span]:
    """The sequence's spans that start in [low, high), in order."""
    if isinstance(sequence, Once):
        if low <= sequence.span[0] < high:
            yield sequence.span
        return
    if isinstance(sequence, Cycle):
        yield from _cycle(sequence, low, high)
        return
    if isinstance(sequence, Within):
        for outer in between(sequence.outer, _earlier(low, 2 * _step(sequence.outer)), high):
            for inner in between(sequence.inner, *outer):
                if low <= inner[0] < high:
                    yield inner
    elif isinstance(sequence, Moved):
        reach = sequence.reach + _step(sequence.source)
        for source in between(sequence.source, _earlier(low, reach), _later(high, reach)):
            moved = sequence.move(source)
            if moved is not None and low <= moved[0] < high:
                yield moved
    else:
        for first in between(sequence.first, low, high):
            stretch = _stretch(sequence, first)
            if stretch is not None:
                yield stretch


def nearest(sequence: Sequence, now: datetime, *, past: bool, skips_now: bool = False) -> Span | None:
    """The last span begun by now, or the first not yet over; `skips_now` leaves out the one now is in."""
    fixed = _fixed(sequence)
    if fixed is not None:
        return next(between(sequence, *fixed), None)
    if isinstance(sequence, Moved) and sequence.source_first:
        source = nearest(sequence.source, now, past=past, skips_now=skips_now)
        return None if source is None else sequence.move(source)
    step = _step(sequence)
    if past:
        return _last_before(sequence, now, step, skips_now)
    far = spans.after(now, _YEARS_SEARCHED_MAX, Grain.YEAR)
    for span in between(sequence, _earlier(now, 2 * step), far):
        if span[0] > now or (span[1] > now and not skips_now):
            return span
    return None


def _earlier(time: datetime, by: timedelta) -> datetime:
    return time - by if time - datetime.min > by else datetime.min


def _later(time: datetime, by: timedelta) -> datetime:
    return time + by if datetime.max - time > by else datetime.max


def _last_before(sequence: Sequence, now: datetime, step: timedelta, skips_now: bool) -> Span | None:
    high = now + timedelta(microseconds=1)
    floor = max(now.year - _YEARS_SEARCHED_MAX, 1)
    while high.year >= floor and high - datetime.min > step:
        low = high - step
        found = [s for s in between(sequence, low, high) if not (skips_now and s[1] > now)]
        if found:
            return found[-1]
        high = low
    return None


def _cycle(cycle: Cycle, low: datetime, high: datetime) -> Iterator[Span]:
    start = spans.floor(low, cycle.grain)
    start = start if start.year <= 1 else spans.shift(start, -1, cycle.grain)
    while start < high:
        try:
            span = cycle.pick(start)
        except (OverflowError, ValueError):
            span = None
        if span is not None and low <= span[0] < high:
            yield span
        start = spans.after(start, 1, cycle.grain)
        if start == spans.LAST:
            return


def _stretch(sequence: Stretch, first: Span) -> Span | None:
    far = spans.after(first[0], _YEARS_SEARCHED_MAX, Grain.YEAR)
    for last in between(sequence.last, first[0], far):
        end = last[1] if sequence.whole else last[0]
        if end > first[0] and last[0] > first[0]:
            return first[0], end
    return None


def _fixed(sequence: Sequence) -> Span | None:
    """The window to look in, where the words themselves say which occurrence is meant."""
    if isinstance(sequence, Once):
        return sequence.span[0], sequence.span[0] + timedelta(microseconds=1)
    if isinstance(sequence, Within):
        fixed = _fixed(sequence.outer)
        return None if fixed is None else (fixed[0], spans.LAST)
    if isinstance(sequence, Moved):
        fixed = _fixed(sequence.source)
        return None if fixed is None else (datetime.min, spans.LAST)
    if isinstance(sequence, Stretch):
        return _fixed(sequence.first)
    return None


def is_fixed(sequence: Sequence) -> bool:
    """Whether the words leave no choice of occurrence."""
    return _fixed(sequence) is not None


def _step(sequence: Sequence) -> timedelta:
    if isinstance(sequence, Cycle):
        return timedelta(seconds=spans.size_seconds(sequence.grain))
    if isinstance(sequence, Within):
        return max(_step(sequence.outer), _step(sequence.inner))
    if isinstance(sequence, Moved):
        return _step(sequence.source)
    if isinstance(sequence, Stretch):
        return _step(sequence.first)
    return sequence.span[1] - sequence.span[0]
