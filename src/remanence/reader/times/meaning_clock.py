"""Rules for times of day, parts of a day, and both on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from remanence.reader.times import spans
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Moved, Sequence, Within
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Clock, Scene, Time, meaning

_AFTERNOON_UP_TO = 6  # "at 6" without more is in the afternoon, "at 7" in the morning
_DAY_MINUTES = 24 * 60


def in_daytime(clock: Clock) -> Clock:
    """The half of the day that people mean when they don't say: 1 to 6 is afternoon."""
    if clock.sure or not 1 <= clock.hour <= _AFTERNOON_UP_TO:
        return replace(clock, sure=True)
    return replace(clock, hour=clock.hour + 12, sure=True)


def in_part(clock: Clock, hours: tuple[float, float]) -> Clock:
    """The half of the day that a part of the day ("in the evening") settles."""
    if clock.sure or not 1 <= clock.hour <= 12:
        return clock
    hour = clock.hour % 12
    if hours[0] >= 12 and not (hours[1] > 24 and hour < 5):
        hour += 12
    return replace(clock, hour=hour, sure=True)


def span_at(day: datetime, clock: Clock) -> Span:
    """The unit of time that begins at the clock's time on that day."""
    start = day + timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
    return spans.units(start, 1, clock.grain)


def on_days(days: Sequence, clock: Clock) -> Time:
    """That time on each of these days."""
    settled = in_daytime(clock)
    return Time(Moved(days, lambda span: span_at(span[0], settled)), clock.grain, zone=clock.zone)


@meaning
def clock(_scene: Scene, found: tuple[int, int, int, bool]) -> Clock:
    """15:30."""
    hour, minute, second, sure = found
    return Clock(
        hour, minute, second, sure or hour > 12 or hour == 0, Grain.SECOND if second else Grain.MINUTE
    )


def _half(clock: Clock, half: int) -> Clock | None:
    if clock.hour > 12 and half == 0:
        return None
    if clock.hour > 12 or clock.hour == 0:
        return replace(clock, sure=True)
    return replace(clock, hour=clock.hour % 12 + half, sure=True)


@meaning
def packed_half(_scene: Scene, digits: int, half: int) -> Clock | None:
    """330 pm."""
    return _half(Clock(digits // 100, digits % 100), half) if 100 <= digits <= 1259 else None


@meaning
def packed(_scene: Scene, digits: int) -> Clock | None:
    """430-ish."""
    return Clock(digits // 100, digits % 100) if 100 <= digits <= 1259 else None


@meaning
def clock_half(scene: Scene, found: tuple[int, int, int, bool], half: int) -> Clock | None:
    """3:30 pm."""
    return _half(clock(scene, found), half)


@meaning
def hour_half(_scene: Scene, hour: int, half: int) -> Clock | None:
    """3 pm."""
    return _half(Clock(hour, grain=Grain.HOUR), half)


@meaning
def hour_minute_half(_scene: Scene, hour: int, minute: int, half: int) -> Clock | None:
    """Three thirty pm."""
    return _half(Clock(hour, minute), half)


@meaning
def hour(_scene: Scene, hour: int) -> Clock:
    """At 5."""
    return Clock(hour, grain=Grain.HOUR, sure=hour > 12 or hour == 0)


@meaning
def hour24(_scene: Scene, hour: int) -> Clock:
    """17h."""
    return Clock(hour, grain=Grain.HOUR, sure=True)


@meaning
def hour_minute(_scene: Scene, hour: int, minute: int) -> Clock:
    """Three thirty."""
    return Clock(hour, minute, sure=hour > 12 or hour == 0)


@meaning
def hour_minute_24(_scene: Scene, hour: int, minute: int) -> Clock:
    """17h30."""
    return Clock(hour, minute, sure=True)


def _minutes(clock: Clock, minutes: int) -> Clock:
    total = (clock.hour * 60 + clock.minute + minutes) % _DAY_MINUTES
    found = Clock(total // 60, total % 60, sure=clock.sure)
    return replace(found, hour=12) if found.hour == 0 and not clock.sure else found


@meaning
def past_hour(_scene: Scene, minutes: int, hour: int) -> Clock:
    """Half past three; quarter to four."""
    return _minutes(Clock(hour, sure=hour > 12 or hour == 0), minutes)


@meaning
def minutes_past(_scene: Scene, sign: int, minutes: int, hour: int) -> Clock | None:
    """Twenty past three; ten to four."""
    return past_hour(_scene, sign * minutes, hour) if 0 < minutes < 60 else None


@meaning
def past_clock(_scene: Scene, minutes: int, name: int) -> Clock:
    """Half past noon; quarter to midnight."""
    return _minutes(Clock(name // 60, sure=True), minutes)


@meaning
def clock_shift(scene: Scene, sign: int, minutes: int, name: int) -> Clock | None:
    """Ten minutes to midnight."""
    return past_clock(scene, sign * minutes, name) if 0 < minutes < 60 else None


@meaning
def clock_name(_scene: Scene, minutes: int) -> Clock:
    """Noon, midnight."""
    return Clock(minutes // 60, sure=True, grain=Grain.HOUR)


@meaning
def clock_name_after_hour(scene: Scene, hour: int, minutes: int) -> Clock | None:
    """Twelve noon."""
    return clock_name(scene, minutes) if hour == 12 else None


@meaning
def in_zone(_scene: Scene, time: Clock | Time, minutes: int) -> Clock | Time:
    """5 pm EST."""
    return replace(time, zone=timezone(timedelta(minutes=minutes)))


@meaning
def day_clock(_scene: Scene, day: Time, clock: Clock) -> Time:
    """Tomorrow at 5 pm."""
    return on_days(day.sequence, clock)


@meaning
def clock_day(scene: Scene, clock: Clock, day: Time) -> Time:
    """5 pm tomorrow."""
    return day_clock(scene, day, clock)


@meaning
def day_hour(scene: Scene, day: Time, hour: int) -> Time:
    """Tomorrow at 5."""
    return day_clock(scene, day, Clock(hour, grain=Grain.HOUR, sure=hour > 12 or hour == 0))


@meaning
def clock_part(_scene: Scene, clock: Clock, hours: tuple[float, float]) -> Clock:
    """5:30 in the morning."""
    return in_part(clock, hours)


@meaning
def hour_part(scene: Scene, hour: int, hours: tuple[float, float]) -> Clock:
    """5 in the morning."""
    return in_part(Clock(hour, grain=Grain.HOUR), hours)


_NIGHT = (18.0, 28.0)


@meaning
def hour_part_night(scene: Scene, hour: int) -> Clock:
    """10 at night."""
    return hour_part(scene, hour, _NIGHT)


@meaning
def clock_part_night(scene: Scene, clock: Clock) -> Clock:
    """10:30 at night."""
    return in_part(clock, _NIGHT)


@meaning
def period_clock(_scene: Scene, _period: Time, _clock: Clock) -> None:
    """Next week at 5 says no day: no reading."""
    return


@meaning
def past_clock_time(_scene: Scene, minutes: int, clock: Clock) -> Clock | None:
    """Quarter past 3 pm."""
    return _minutes(clock, minutes) if clock.minute == 0 else None


@meaning
def shifted_clock_time(scene: Scene, sign: int, minutes: int, clock: Clock) -> Clock | None:
    """Twenty to 3 pm."""
    return past_clock_time(scene, sign * minutes, clock) if 0 < minutes < 60 else None


@meaning
def ctime(_scene: Scene, _weekday: Time, day: Time, clock: Clock, year: Time) -> Time:
    """Fri Mar 3 10:30:00 2018."""
    return on_days(Within(year.sequence, day.sequence), clock)


@meaning
def part_then_clock(_scene: Scene, hours: tuple[float, float], clock: Clock) -> Clock:
    """In the morning at 9:30."""
    return in_part(clock, hours)


@meaning
def part_then_hour(scene: Scene, hours: tuple[float, float], hour: int) -> Clock:
    """In the morning at 9."""
    return hour_part(scene, hour, hours)
