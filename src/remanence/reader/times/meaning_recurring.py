"""Rules for what returns: every Tuesday, twice a year, on weekdays."""

from __future__ import annotations

from datetime import datetime, timedelta

from remanence.reader.times import spans
from remanence.reader.times.meaning_clock import in_part, on_days
from remanence.reader.times.meaning_days import DAILY, nth_weekday, weekday_cycle
from remanence.reader.times.meaning_parts import day_part, hours_on, part_alone
from remanence.reader.times.meaning_periods import season_cycle
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Cycle, Moved, Once
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Clock, Every, Hours, Length, Scene, Time, meaning


@meaning
def every(_scene: Scene, time: Time, clock: Clock | None = None) -> Every | None:
    """Every Tuesday."""
    return None if isinstance(time.sequence, Once) else Every(time.sequence, time.grain)


@meaning
def every_unit(_scene: Scene, unit: Grain) -> Every:
    """Every month."""
    return Every(Cycle(unit, lambda start: spans.unit(start, unit)), unit)


@meaning
def every_units(scene: Scene, _count: int, unit: Grain) -> Every:
    """Every three months: where the count begins is not said."""
    return every_unit(scene, unit)


@meaning
def every_length(scene: Scene, length: Length) -> Every:
    """Every couple of weeks."""
    return every_unit(scene, length.grain)


@meaning
def every_per(scene: Scene, _count: int, unit: Grain) -> Every:
    """Three times a week."""
    return every_unit(scene, unit)


@meaning
def every_named(scene: Scene, unit: str) -> Every:
    """Daily, weekly."""
    return every_unit(scene, Grain(unit))


@meaning
def every_part(scene: Scene, hours: tuple[float, float]) -> Every:
    """Every morning."""
    return Every(part_alone(scene, hours).sequence, Grain.PART)


@meaning
def every_season(_scene: Scene, season: int) -> Every:
    """Every summer."""
    return Every(season_cycle(season), Grain.SEASON)


@meaning
def weekday_each(_scene: Scene, weekday: int) -> Every:
    """On Tuesdays."""
    return Every(weekday_cycle(weekday), Grain.DAY)


@meaning
def every_workday(_scene: Scene) -> Every:
    """On weekdays."""

    def pick(day: datetime) -> Span | None:
        return spans.unit(day, Grain.DAY) if day.weekday() < 5 else None

    return Every(Cycle(Grain.DAY, pick), Grain.DAY)


@meaning
def every_weekend(_scene: Scene) -> Every:
    """On weekends."""
    return Every(Cycle(Grain.WEEK, lambda week: spans.unit(week, Grain.WEEKEND)), Grain.WEEKEND)


@meaning
def every_nth_weekday(_scene: Scene, nth: int, day: Time, unit: Grain) -> Every | None:
    """The first Monday of every month."""
    if unit not in (Grain.MONTH, Grain.QUARTER, Grain.YEAR):
        return None
    whole = Time(Cycle(unit, lambda start: spans.unit(start, unit)), unit)
    return Every(nth_weekday(_scene, nth, day, whole).sequence, Grain.DAY)


@meaning
def every_unit_of(_scene: Scene, nth: int, unit: Grain) -> Every | None:
    """Every 15th of the month."""
    if unit is not Grain.MONTH or not 1 <= nth <= 31:
        return None
    return Every(Cycle(unit, lambda month: spans.unit(month + timedelta(days=nth - 1), Grain.DAY)), Grain.DAY)


@meaning
def every_at(_scene: Scene, returning: Every, clock: Clock) -> Every:
    """Every Tuesday at 5."""
    if returning.grain is not Grain.DAY and returning.grain is not Grain.PART:
        return returning
    if returning.grain is Grain.PART:
        return Every(on_days(DAILY, _in_part_of(returning, clock)).sequence, clock.grain)
    return Every(on_days(returning.sequence, clock).sequence, clock.grain)


def _in_part_of(returning: Every, clock: Clock) -> Clock:
    source = returning.sequence
    if not isinstance(source, Moved):
        return clock
    sample = source.move((datetime(2000, 1, 1), datetime(2000, 1, 2)))
    if sample is None:
        return clock
    low = sample[0].hour
    return in_part(clock, (low, low + (sample[1] - sample[0]).total_seconds() / 3600))


@meaning
def every_at_hour(scene: Scene, returning: Every, hour: int) -> Every:
    """Every Tuesday at 5."""
    return every_at(scene, returning, Clock(hour, grain=Grain.HOUR))


@meaning
def every_hours(_scene: Scene, returning: Every, hours: Hours) -> Every:
    """Every Tuesday from 5 to 6."""
    return Every(hours_on(returning.sequence, hours).sequence, hours.first.grain)


@meaning
def every_at_part(_scene: Scene, returning: Every, hours: tuple[float, float]) -> Every:
    """Every Tuesday morning."""
    if returning.grain is not Grain.DAY:
        return returning
    return Every(day_part(_scene, Time(returning.sequence, Grain.DAY), hours).sequence, Grain.PART)
