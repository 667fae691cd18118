"""Rules for numbers, years and lengths of time."""

from __future__ import annotations

from remanence.reader.times.mention import Grain
from remanence.reader.times.values import Length, Scene, meaning

_COUNT_MAX = 100_000  # of units: more is no time a person speaks of
_MONTHS = {
    Grain.MONTH: 1, Grain.QUARTER: 3, Grain.SEASON: 3, Grain.YEAR: 12, Grain.DECADE: 120, Grain.CENTURY: 1200,
}  # fmt: skip
_DAYS = {Grain.DAY: 1, Grain.WEEK: 7, Grain.WEEKEND: 7}
_SECONDS = {Grain.SECOND: 1, Grain.MINUTE: 60, Grain.HOUR: 3600}
_FINER = {
    Grain.CENTURY: Grain.DECADE, Grain.DECADE: Grain.YEAR, Grain.YEAR: Grain.MONTH,
    Grain.QUARTER: Grain.MONTH, Grain.MONTH: Grain.DAY, Grain.WEEK: Grain.DAY, Grain.WEEKEND: Grain.DAY,
    Grain.DAY: Grain.HOUR, Grain.HOUR: Grain.MINUTE, Grain.MINUTE: Grain.SECOND,
}  # fmt: skip
_FINENESS = list(Grain)


@meaning
def same(_scene: Scene, value: object) -> object:
    """What the part itself means."""
    return value


@meaning
def constant(_scene: Scene, value: object, *_rest: object) -> object:
    """The grammar's own value."""
    return value


@meaning
def first_of(_scene: Scene, first: object, _second: object) -> object:
    """The first of two parts, which the second only confirms."""
    return first


@meaning
def second_of(_scene: Scene, _first: object, second: object) -> object:
    """The second of two parts, which the first only confirms."""
    return second


@meaning
def added(_scene: Scene, first: int, second: int) -> int | None:
    """Twenty-five: a ten and a one."""
    return first + second if 0 < second < 10 else None


@meaning
def multiplied(_scene: Scene, factor: int, count: int) -> int:
    """Three hundred."""
    return factor * count


@meaning
def day_number(_scene: Scene, count: int) -> int | None:
    """A day of some month."""
    return count if 1 <= count <= 31 else None


@meaning
def hour_number(_scene: Scene, count: int) -> int | None:
    """An hour of a day."""
    return count if 0 <= count <= 24 else None


@meaning
def teen_minute(_scene: Scene, count: int) -> int | None:
    """The ten of "five ten"."""
    return count if 10 <= count < 20 else None


def length_in(count: float, unit: Grain, low: float = 1, high: float = 1) -> Length | None:
    """So many units; a part of one is counted in the next finer unit."""
    if not 0 <= count <= _COUNT_MAX:
        return None
    whole = int(count)
    grain = unit if whole == count else _FINER.get(unit, unit)
    if unit in _MONTHS:
        months = count * _MONTHS[unit]
        return Length(int(months), round((months - int(months)) * 30), 0, grain, low, high)
    if unit in _DAYS:
        days = count * _DAYS[unit]
        if unit is Grain.DAY or days == int(days):
            return Length(0, int(days), round((days - int(days)) * 86_400), grain, low, high)
        return Length(0, round(days), 0, grain, low, high)
    return Length(0, 0, round(count * _SECONDS[unit]), grain, low, high)


@meaning
def length(_scene: Scene, count: float | tuple[int, int, int], unit: Grain) -> Length | None:
    """Three weeks; a couple of days."""
    if isinstance(count, tuple):
        likely, low, high = count
        return length_in(likely, unit, low / likely, high / likely)
    return length_in(count, unit)


@meaning
def length_of(scene: Scene, count: float, unit: Grain) -> Length | None:
    """An hour; half a year."""
    return length(scene, count, unit)


@meaning
def length_plus(scene: Scene, part: float, count: float, unit: Grain) -> Length | None:
    """Two and a half hours."""
    return length(scene, count + part, unit)


@meaning
def length_between(_scene: Scene, low: int, high: int, unit: Grain) -> Length | None:
    """Two or three weeks."""
    if not 0 < low < high:
        return None
    return length_in(high, unit, low / high, 1)


@meaning
def length_or_two(_scene: Scene, unit: Grain) -> Length | None:
    """A day or two."""
    return length_in(2, unit, 0.5, 1)


@meaning
def fortnights(scene: Scene, count: int) -> Length | None:
    """Two weeks, so many times."""
    return length(scene, count * 2, Grain.WEEK)


@meaning
def length_sum(_scene: Scene, first: Length, second: Length) -> Length | None:
    """A year and two months: coarse before fine."""
    if _FINENESS.index(second.grain) >= _FINENESS.index(first.grain):
        return None
    return Length(
        first.months + second.months, first.days + second.days, first.seconds + second.seconds, second.grain
    )


@meaning
def hours_minutes(_scene: Scene, hours: int, minutes: int) -> Length | None:
    """2h30."""
    return Length(0, 0, hours * 3600 + minutes * 60, Grain.MINUTE) if minutes < 60 else None


@meaning
def hours(scene: Scene, count: int) -> Length | None:
    """2h."""
    return length(scene, count, Grain.HOUR)


@meaning
def hours_part_of(scene: Scene, count: float) -> Length | None:
    """1/2 h."""
    return length(scene, count, Grain.HOUR)


@meaning
def length_sum_fraction(scene: Scene, count: int, part: float, unit: Grain) -> Length | None:
    """2 and 1/2 hours."""
    return length(scene, count + part, unit)
