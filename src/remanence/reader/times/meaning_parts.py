"""Rules for parts of a day, hours from one time of day to another, and the ends of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from remanence.reader.times import spans
from remanence.reader.times.meaning_clock import in_daytime, in_part, on_days, span_at
from remanence.reader.times.meaning_days import DAILY
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Moved, Once, Sequence
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Clock, Hours, Scene, Time, meaning

_BUSINESS_ENDS = 17


def _part(days: Sequence, hours: tuple[float, float]) -> Time:
    def move(span: Span) -> Span:
        return span[0] + timedelta(hours=hours[0]), span[0] + timedelta(hours=hours[1])

    return Time(Moved(days, move), Grain.PART, days=days, hours=hours)


@meaning
def part(_scene: Scene, hours: tuple[float, float]) -> tuple[float, float]:
    """Morning."""
    return hours


@meaning
def part_early(_scene: Scene, hours: tuple[float, float]) -> tuple[float, float]:
    """Early morning: its first half."""
    return hours[0], (hours[0] + hours[1]) / 2


@meaning
def part_late(_scene: Scene, hours: tuple[float, float]) -> tuple[float, float]:
    """Late evening: its second half."""
    return (hours[0] + hours[1]) / 2, hours[1]


@meaning
def part_mid(_scene: Scene, hours: tuple[float, float]) -> tuple[float, float]:
    """Mid-afternoon: its middle half."""
    quarter = (hours[1] - hours[0]) / 4
    return hours[0] + quarter, hours[1] - quarter


@meaning
def day_part(_scene: Scene, day: Time, hours: tuple[float, float]) -> Time:
    """Tuesday morning."""
    return _part(day.sequence, hours)


@meaning
def part_day(scene: Scene, hours: tuple[float, float], day: Time) -> Time:
    """The morning of May 5."""
    return day_part(scene, day, hours)


@meaning
def day_part_word(scene: Scene, days: int, low: int, high: int) -> Time:
    """Tonight, last night."""
    return _part(Once(spans.unit(scene.today + timedelta(days=days), Grain.DAY)), (low, high))


@meaning
def day_part_now(scene: Scene, days: int, hours: tuple[float, float]) -> Time:
    """This morning."""
    return _part(Once(spans.unit(scene.today + timedelta(days=days), Grain.DAY)), hours)


@meaning
def last_part(scene: Scene, hours: tuple[float, float]) -> Time:
    """Last night, last evening: yesterday's."""
    return day_part_now(scene, -1, hours)


@meaning
def part_alone(scene: Scene, hours: tuple[float, float]) -> Time:
    """In the morning: this day's, or the next to come."""
    return _part(DAILY, hours)


@meaning
def part_clock(_scene: Scene, part: Time, clock: Clock) -> Time | None:
    """Tonight at 8; tomorrow morning at 9:30."""
    if part.days is None or part.hours is None:
        return None
    settled = in_part(clock, part.hours)
    days = part.days
    if part.hours[1] > 24 and settled.hour < 5:  # the small hours of a night belong to the next day

        def next_day(span: Span) -> Span:
            return spans.unit(span[0] + timedelta(days=1), Grain.DAY)

        days = Moved(days, next_day)
    return on_days(days, settled)


@meaning
def clock_with(scene: Scene, clock: Clock, part: Time) -> Time | None:
    """8:30 tonight."""
    return part_clock(scene, part, clock)


@meaning
def part_hour(scene: Scene, part: Time, hour: int) -> Time | None:
    """Tonight at 8."""
    return part_clock(scene, part, Clock(hour, grain=Grain.HOUR))


@meaning
def hour_with(scene: Scene, hour: int, part: Time) -> Time | None:
    """8 tonight."""
    return part_hour(scene, part, hour)


def _end_of_day(days: Sequence) -> Time:
    def move(span: Span) -> Span:
        return span[1] - timedelta(seconds=1), span[1]

    return Time(Moved(days, move), Grain.SECOND)


@meaning
def end_of_day(_scene: Scene, day: Time) -> Time:
    """The end of Tuesday."""
    return _end_of_day(day.sequence)


@meaning
def end_of_today(scene: Scene) -> Time:
    """End of day."""
    return _end_of_day(Once(spans.unit(scene.today, Grain.DAY)))


@meaning
def end_of_business(scene: Scene) -> Time:
    """Close of business."""
    return on_days(Once(spans.unit(scene.today, Grain.DAY)), Clock(_BUSINESS_ENDS, sure=True))


@meaning
def start_of_day(_scene: Scene, day: Time) -> Time:
    """The beginning of Tuesday."""
    return _part(day.sequence, (0, 10))


def _hours(first: Clock, last: Clock) -> Hours:
    """From 9 to 5: the second clock's half of the day rules the first's, which must come before it."""
    if not last.sure and first.sure:
        later = replace(last, hour=last.hour % 12 + 12, sure=True)
        early = replace(last, sure=True)
        last = early if (early.hour, early.minute) > (first.hour, first.minute) else later
    elif last.sure and not first.sure:
        late = replace(first, hour=first.hour % 12 + 12, sure=True)
        early = replace(first, hour=first.hour % 12, sure=True)
        first = late if (late.hour, late.minute) < (last.hour, last.minute) else early
    elif not first.sure:
        first = in_daytime(first)
        return _hours(first, last)
    return Hours(first, last)


@meaning
def clocks(_scene: Scene, first: Clock, last: Clock) -> Hours:
    """9:30 to 11."""
    return _hours(first, last)


@meaning
def hour_clock(_scene: Scene, hour: int, last: Clock) -> Hours:
    """From 9 to 11:30."""
    return _hours(Clock(hour, grain=Grain.HOUR), last)


@meaning
def clock_hour(_scene: Scene, first: Clock, hour: int) -> Hours:
    """From 9:30 to 11."""
    return _hours(first, Clock(hour, grain=Grain.HOUR))


@meaning
def hours_between(_scene: Scene, first: int, last: int) -> Hours:
    """From 9 to 11."""
    return _hours(Clock(first, grain=Grain.HOUR), Clock(last, grain=Grain.HOUR))


def hours_on(days: Sequence, hours: Hours) -> Time:
    """From one time to the other on each of these days; past midnight when the second is no later."""

    def move(span: Span) -> Span:
        start, end = span_at(span[0], hours.first)[0], span_at(span[0], hours.last)[0]
        return start, end if end > start else end + timedelta(days=1)

    return Time(Moved(days, move), hours.first.grain, zone=hours.first.zone or hours.last.zone)


@meaning
def day_hours(_scene: Scene, day: Time, hours: Hours) -> Time:
    """Thursday from 9:30 to 11."""
    return hours_on(day.sequence, hours)


@meaning
def hours_day(_scene: Scene, hours: Hours, day: Time) -> Time:
    """From 9:30 to 11 on Thursday."""
    return hours_on(day.sequence, hours)


@meaning
def hours_alone(_scene: Scene, hours: Hours) -> Time:
    """From 9:30 to 11: today's, or the next to come."""
    return hours_on(DAILY, hours)


@meaning
def hours_part(_scene: Scene, hours: Hours, part: tuple[float, float]) -> Hours:
    """From 3 to 5 in the afternoon."""
    loose = replace(hours.last, hour=hours.last.hour % 12 or 12, sure=False)
    first = replace(hours.first, hour=hours.first.hour % 12 or 12, sure=False)
    return Hours(in_part(first, part), in_part(loose, part))


@meaning
def part_hours(scene: Scene, part: Time, hours: Hours) -> Time | None:
    """Tomorrow morning from 9 to 11."""
    if part.days is None or part.hours is None:
        return None
    return hours_on(part.days, hours_part(scene, hours, part.hours))


@meaning
def hours_with(scene: Scene, hours: Hours, part: Time) -> Time | None:
    """From 9 to 11 tomorrow morning."""
    return part_hours(scene, part, hours)
