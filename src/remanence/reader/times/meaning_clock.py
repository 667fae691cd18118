"""Rules for times of day, parts of a day, and both on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from remanence.reader.times import spans
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Moved, Once, Sequence
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Clock, Hours, Scene, Time, meaning

_AFTERNOON_UP_TO = 6  # "at 6" without more is in the afternoon, "at 7" in the morning
_DAY_MINUTES = 24 * 60
_BUSINESS_ENDS = 17


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


def _part(days: Sequence, hours: tuple[float, float]) -> Time:
    def move(span: Span) -> Span:
        return span[0] + timedelta(hours=hours[0]), span[0] + timedelta(hours=hours[1])

    return Time(Moved(days, move), Grain.PART, days=days, hours=hours)


@meaning
def clock(_scene: Scene, found: tuple[int, int, int, bool]) -> Clock:
    """15:30."""
    hour, minute, second, sure = found
    return Clock(hour, minute, second, sure or hour > 12 or hour == 0, Grain.SECOND if second else Grain.MINUTE)


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
    from remanence.reader.times.meaning_days import DAILY

    return _part(DAILY, hours)


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


@meaning
def period_clock(_scene: Scene, _period: Time, _clock: Clock) -> None:
    """Next week at 5 says no day: no reading."""
    return


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
    from remanence.reader.times.meaning_days import DAILY

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
    from remanence.reader.times.occurrences import Within

    return on_days(Within(year.sequence, day.sequence), clock)
