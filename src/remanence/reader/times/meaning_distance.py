"""Rules for times counted from the moment of speaking, or from another day."""

from __future__ import annotations

from datetime import datetime, timedelta

from remanence.reader.times import occurrences, spans
from remanence.reader.times.meaning_clock import on_days
from remanence.reader.times.meaning_days import is_weekly
from remanence.reader.times.mention import Grain, MentionKind
from remanence.reader.times.occurrences import Moved, Once
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Clock, Length, Scene, Time, meaning

_HALF_WEEK = timedelta(days=3)  # "two weeks ago" is the day two weeks back, give or take
_RECENT_DAYS = 30
_SOME_DAY = datetime(2000, 1, 1)


def _around(at: datetime, grain: Grain) -> Span:
    """All the time that a distance in this unit may point to."""
    match grain:
        case (
            Grain.SECOND | Grain.MINUTE | Grain.DAY | Grain.MONTH | Grain.YEAR | Grain.DECADE | Grain.CENTURY
        ):
            return spans.unit(at, grain)
        case Grain.HOUR:
            start = spans.floor(at, Grain.MINUTE) - timedelta(minutes=30)
            return start, start + timedelta(hours=1)
        case Grain.WEEK | Grain.WEEKEND:
            start = spans.floor(at, Grain.DAY) - _HALF_WEEK
            return start, spans.after(start, 7, Grain.DAY)
    return spans.unit(at, Grain.MONTH)


def _distant(scene: Scene, length: Length, sign: int) -> Time:
    at = length.moved(scene.now, sign)
    if length.low == length.high == 1:
        return Time(Once(_around(at, length.grain)), length.grain, at=at)
    near = _around(length.moved(scene.now, sign * length.low), length.grain)
    far = _around(length.moved(scene.now, sign * length.high), length.grain)
    return Time(Once((min(near[0], far[0]), max(near[1], far[1]))), length.grain, at=at)


@meaning
def ago(scene: Scene, length: Length) -> Time:
    """Two weeks ago."""
    return _distant(scene, length, -1)


@meaning
def ahead(scene: Scene, length: Length) -> Time:
    """In two weeks."""
    return _distant(scene, length, 1)


def _from_day(length: Length, day: Time, sign: int) -> Time:
    grain = Grain.DAY if length.seconds == 0 else Grain.MINUTE

    def move(span: Span) -> Span:
        return spans.unit(length.moved(span[0], sign), grain)

    source_first = sign < 0 or is_weekly(day.sequence)
    reach = abs(length.moved(_SOME_DAY, 1) - _SOME_DAY) + timedelta(days=1)
    return Time(Moved(day.sequence, move, source_first, reach), grain, skips_now=day.skips_now)


@meaning
def after_day(_scene: Scene, length: Length, day: Time) -> Time:
    """Two days after Easter."""
    return _from_day(length, day, 1)


@meaning
def before_day(_scene: Scene, length: Length, day: Time) -> Time:
    """A week before Christmas."""
    return _from_day(length, day, -1)


@meaning
def length_after_day(_scene: Scene, days: int, day: Time) -> Time:
    """A week from Tuesday."""
    return days_after(_scene, days, day)


@meaning
def days_after(_scene: Scene, days: int, day: Time) -> Time:
    """The day before Christmas."""

    def move(span: Span) -> Span:
        return spans.unit(span[0] + timedelta(days=days), Grain.DAY)

    source_first = days < 0 or is_weekly(day.sequence)
    reach = timedelta(days=abs(days) + 1)
    return Time(Moved(day.sequence, move, source_first, reach), Grain.DAY, skips_now=day.skips_now)


@meaning
def weeks_after_day(scene: Scene, count: int, day: Time) -> Time:
    """Two weeks from Tuesday."""
    return days_after(scene, 7 * count, day)


@meaning
def weeks_before_day(scene: Scene, count: int, day: Time) -> Time | None:
    """A week ago Tuesday: counted from the day's last coming."""
    past = occurrences.nearest(day.sequence, scene.now, past=True, skips_now=day.skips_now)
    if past is None:
        return None
    return Time(Once(spans.unit(past[0] - timedelta(days=7 * count), Grain.DAY)), Grain.DAY)


@meaning
def business_days(scene: Scene, sign: int, count: int) -> Time | None:
    """So many working days on (or back), Monday to Friday."""
    if not 0 < count <= 1000:
        return None
    day = scene.today
    for _ in range(count):
        day += timedelta(days=sign)
        while day.weekday() > 4:
            day += timedelta(days=sign)
    return Time(Once(spans.unit(day, Grain.DAY)), Grain.DAY)


@meaning
def past_length(scene: Scene, length: Length) -> Time:
    """The last three weeks, up to now."""
    start = length.moved(scene.now, -1)
    start = start if length.seconds else spans.floor(start, Grain.DAY)
    return Time(Once((start, scene.now)), length.grain, MentionKind.RANGE)


@meaning
def next_length(scene: Scene, length: Length) -> Time:
    """The next three weeks: from tomorrow, or from now where less than a day is counted."""
    if length.seconds:
        return within_length(scene, length)
    start = scene.today + timedelta(days=1)
    return Time(Once((start, length.moved(start, 1))), length.grain, MentionKind.RANGE)


@meaning
def within_length(scene: Scene, length: Length) -> Time:
    """Within three weeks."""
    return Time(Once((scene.now, length.moved(scene.now, 1))), length.grain, MentionKind.RANGE)


@meaning
def length_from(_scene: Scene, length: Length, day: Time) -> Time:
    """Three weeks from May 5 on."""

    def move(span: Span) -> Span:
        return span[0], length.moved(span[0], 1)

    return Time(Moved(day.sequence, move), length.grain, MentionKind.RANGE, day.skips_now)


@meaning
def when_clock(_scene: Scene, time: Time, clock: Clock) -> Time | None:
    """In two weeks at 5 pm."""
    if time.at is None:
        return None
    return on_days(Once(spans.unit(time.at, Grain.DAY)), clock)


@meaning
def clock_when(scene: Scene, clock: Clock, time: Time) -> Time | None:
    """5 pm in two days."""
    return when_clock(scene, time, clock)


@meaning
def when_day(_scene: Scene, time: Time, day: Time) -> Time | None:
    """In two weeks on Friday."""
    if time.at is None:
        return None
    week = occurrences.Within(Once(spans.unit(time.at, Grain.WEEK)), day.sequence)
    return Time(week, day.grain)


@meaning
def recently(scene: Scene) -> Time:
    """Within the last month or so."""
    return Time(Once((scene.today - timedelta(days=_RECENT_DAYS), scene.now)), Grain.MONTH, MentionKind.RANGE)


@meaning
def other_day(scene: Scene) -> Time:
    """The other day: within the last week."""
    return Time(Once((scene.today - timedelta(days=7), scene.today)), Grain.WEEK)


@meaning
def this_moment(scene: Scene) -> Time:
    """Now."""
    return Time(Once(spans.unit(scene.now, Grain.SECOND)), Grain.SECOND)


@meaning
def unit_ago(scene: Scene, unit: Grain) -> Time | None:
    """A year ago today: that very day."""
    at = spans.shift(scene.now, -1, unit)
    return Time(Once(spans.unit(at, Grain.DAY)), Grain.DAY)


@meaning
def day_at_distance(_scene: Scene, day: Time, time: Time) -> Time | None:
    """Thanksgiving in nine months; Diwali two years ago: in the year pointed to, else the nearest."""
    if time.at is None:
        return None
    year = spans.unit(time.at, Grain.YEAR)
    if time.grain in (Grain.YEAR, Grain.DECADE):
        return Time(occurrences.Within(Once(year), day.sequence), day.grain)
    low, high = spans.shift(year[0], -1, Grain.YEAR), spans.after(year[1], 1, Grain.YEAR)
    found = list(occurrences.between(day.sequence, low, high))
    if not found:
        return None
    at = time.at
    return Time(Once(min(found, key=lambda span: abs(span[0] - at))), day.grain)
