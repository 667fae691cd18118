"""Rules for days: of the week, the month and the year, near today, and counted within a longer time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from remanence.reader.times import occurrences, spans
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Cycle, Moved, Once, Sequence, Within
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Scene, Time, meaning

_NEAR_MONTHS = timedelta(days=200)  # "Friday the 13th" is looked for so far around now
_NEAR_YEAR = timedelta(days=800)  # "Friday, May 13"
_NTH_MAX = 53  # weeks that are counted by ordinals
_CENTURY_PIVOT = 50  # '49 is 2049, '50 is 1950


def on_day(start: datetime) -> Time:
    """That one day."""
    return Time(Once(spans.unit(start, Grain.DAY)), Grain.DAY)


def full_year(short: int) -> int:
    """The year that two digits mean."""
    return short + (2000 if short < _CENTURY_PIVOT else 1900)


def weekday_cycle(weekday: int) -> Cycle:
    """This day of every week."""
    return Cycle(Grain.WEEK, lambda week: spans.unit(week + timedelta(days=weekday), Grain.DAY))


def year_of(time: Time) -> int | None:
    """The calendar year that a time names, if it names one."""
    if time.grain is not Grain.YEAR or not isinstance(time.sequence, Once):
        return None
    return time.sequence.span[0].year


@meaning
def day_offset(scene: Scene, days: int) -> Time:
    """Today, tomorrow, yesterday."""
    return on_day(scene.today + timedelta(days=days))


@meaning
def weekday(_scene: Scene, weekday: int) -> Time:
    """Tuesday: some other day than today."""
    return Time(weekday_cycle(weekday), Grain.DAY, skips_now=True)


@meaning
def weekday_of(_scene: Scene, time: Time) -> Time:
    """The Tuesday."""
    return time


def _coming(scene: Scene, day: Time, weeks: int) -> Time | None:
    """The day in the calendar week that lies so many weeks on."""
    week = spans.unit(spans.shift(scene.now, weeks, Grain.WEEK), Grain.WEEK)
    found = next(occurrences.between(day.sequence, *week), None)
    return None if found is None else Time(Once(found), Grain.DAY)


@meaning
def last_weekday(scene: Scene, day: Time) -> Time | None:
    """Last Friday: the latest before today."""
    found = occurrences.nearest(day.sequence, scene.now, past=True, skips_now=True)
    return None if found is None else Time(Once(found), Grain.DAY)


@meaning
def next_weekday(scene: Scene, day: Time) -> Time | None:
    """Next Friday: the one in the next calendar week."""
    return _coming(scene, day, 1)


@meaning
def this_weekday(_scene: Scene, day: Time) -> Time:
    """This Friday: the nearest, today not left out."""
    return Time(day.sequence, Grain.DAY)


@meaning
def weekday_after_next(scene: Scene, day: Time) -> Time | None:
    """The Friday after next: a week after the nearest."""
    found = occurrences.nearest(day.sequence, scene.now, past=False, skips_now=True)
    return None if found is None else on_day(found[0] + timedelta(days=7))


@meaning
def weekday_before_last(scene: Scene, day: Time) -> Time | None:
    """The Friday before last."""
    found = occurrences.nearest(day.sequence, scene.now, past=True, skips_now=True)
    return None if found is None else on_day(found[0] - timedelta(days=7))


@meaning
def nth_weekday_on(scene: Scene, sign: int, count: int, weekday: int) -> Time | None:
    """Two Sundays from now; three Fridays ago."""
    if not 0 < count <= 520:
        return None
    found = occurrences.nearest(weekday_cycle(weekday), scene.now, past=sign < 0, skips_now=True)
    return None if found is None else on_day(found[0] + timedelta(days=7 * sign * (count - 1)))


def day_in_year(month: int, day: int) -> Cycle:
    """This day of every year that has it."""
    datetime(2000, month, day)  # a day that some year has
    return Cycle(Grain.YEAR, lambda year: spans.unit(year.replace(month=month, day=day), Grain.DAY))


@meaning
def month_day(_scene: Scene, month: int, day: int) -> Time:
    """May 5."""
    return Time(day_in_year(month, day), Grain.DAY)


@meaning
def day_month(scene: Scene, day: int, month: int) -> Time:
    """5 May."""
    return month_day(scene, month, day)


@meaning
def day_of_month(_scene: Scene, day: int) -> Time | None:
    """The 5th."""
    if not 1 <= day <= 31:
        return None
    return Time(Cycle(Grain.MONTH, lambda month: spans.unit(month.replace(day=day), Grain.DAY)), Grain.DAY)


@meaning
def month_day_year(_scene: Scene, day: Time, year: Time) -> Time:
    """May 5, 2016."""
    found = next(occurrences.between(Within(year.sequence, day.sequence), datetime.min, spans.LAST), None)
    if found is None:
        raise ValueError("that year has no such day")
    return Time(Once(found), Grain.DAY)


@meaning
def year_month_day(scene: Scene, year: Time, day: Time) -> Time:
    """2016, May 5."""
    return month_day_year(scene, day, year)


@meaning
def month_day_short(_scene: Scene, month: int, day: int, short: int) -> Time:
    """May-5-16."""
    return on_day(datetime(full_year(short), month, day))


@meaning
def day_month_short(scene: Scene, day: int, month: int, short: int) -> Time:
    """5-May-16."""
    return month_day_short(scene, month, day, short)


@meaning
def in_year(_scene: Scene, day: Time, year: Time | int) -> Time | None:
    """Christmas 2015."""
    if isinstance(year, int):
        year = Time(Once(spans.unit(datetime(full_year(year), 1, 1), Grain.YEAR)), Grain.YEAR)
    return inside(_scene, day, year)


@meaning
def inside(_scene: Scene, part: Time, whole: Time) -> Time | None:
    """Tuesday of next week; May 5 of last year."""
    if occurrences.is_fixed(part.sequence):
        return None
    return Time(Within(whole.sequence, part.sequence), part.grain)


@meaning
def inside_of(scene: Scene, whole: Time, part: Time) -> Time | None:
    """Next week on Tuesday."""
    return inside(scene, part, whole)


@meaning
def both(scene: Scene, first: Time, second: Time) -> Time | None:
    """Tuesday, May 5: a day near now that is both; the date is believed when there is none."""
    weekly, dated = (first, second) if is_weekly(first.sequence) else (second, first)
    if not isinstance(dated.sequence, Cycle):
        return dated
    window = _NEAR_MONTHS if dated.sequence.grain is Grain.MONTH else _NEAR_YEAR
    met = Within(dated.sequence, weekly.sequence)
    found = list(occurrences.between(met, scene.now - window, scene.now + window))
    if not found:
        return dated
    return Time(Once(found[0]) if len(found) == 1 else met, Grain.DAY, either_way=True)


def is_weekly(sequence: Sequence) -> bool:
    """Whether it is a day of the week."""
    return isinstance(sequence, Cycle) and sequence.grain is Grain.WEEK


@meaning
def weekday_in_week_of(scene: Scene, day: Time, anchor: Time) -> Time:
    """Tuesday in the week of May 5."""

    def move(span: Span) -> Span | None:
        return next(occurrences.between(day.sequence, *spans.unit(span[0], Grain.WEEK)), None)

    return Time(Moved(anchor.sequence, move), Grain.DAY)


@meaning
def last_one(scene: Scene, day: Time) -> Time | None:
    """Last Christmas."""
    found = occurrences.nearest(day.sequence, scene.now, past=True, skips_now=True)
    return None if found is None else Time(Once(found), day.grain)


@meaning
def next_one(scene: Scene, day: Time) -> Time | None:
    """Next Christmas."""
    found = occurrences.nearest(day.sequence, scene.now, past=False, skips_now=True)
    return None if found is None else Time(Once(found), day.grain)


def _pick(source: Sequence, part: Sequence, index: int) -> Sequence:
    """In each span of the source, the part's occurrence at this index (from the end when negative)."""

    def move(span: Span) -> Span | None:
        found = list(occurrences.between(part, *span))
        return found[index] if -len(found) <= index < len(found) else None

    return Moved(source, move)


@meaning
def nth_weekday(_scene: Scene, nth: int, day: Time, whole: Time) -> Time:
    """The first Monday of June; the last one when nth is -1."""
    return Time(_pick(whole.sequence, day.sequence, nth - 1 if nth > 0 else nth), Grain.DAY)


@meaning
def nth_from_end(_scene: Scene, nth: int, day: Time, whole: Time) -> Time:
    """The second to last Monday of June."""
    return Time(_pick(whole.sequence, day.sequence, -nth), Grain.DAY)


DAILY = Cycle(Grain.DAY, lambda day: spans.unit(day, Grain.DAY))


@meaning
def nth_day(_scene: Scene, nth: int, whole: Time) -> Time:
    """The last day of February."""
    return Time(_pick(whole.sequence, DAILY, nth - 1 if nth > 0 else nth), Grain.DAY)


@meaning
def nth_day_from_end(_scene: Scene, nth: int, whole: Time) -> Time:
    """The second to last day of February."""
    return Time(_pick(whole.sequence, DAILY, -nth), Grain.DAY)


@meaning
def nth_weekday_after(_scene: Scene, nth: int, day: Time, anchor: Time) -> Time | None:
    """The first Friday after Easter."""
    if not 1 <= nth <= _NTH_MAX:
        return None

    def move(span: Span) -> Span | None:
        far = spans.after(span[1], nth, Grain.WEEK)
        found = list(occurrences.between(day.sequence, span[1], far))
        return found[nth - 1] if len(found) >= nth else None

    return Time(Moved(anchor.sequence, move, reach=timedelta(days=7 * nth + 7)), Grain.DAY)


@meaning
def nth_weekday_before(_scene: Scene, nth: int, day: Time, anchor: Time) -> Time | None:
    """The Friday before Easter."""
    if not 1 <= nth <= _NTH_MAX:
        return None

    def move(span: Span) -> Span | None:
        low = spans.shift(span[0], -nth, Grain.WEEK)
        found = list(occurrences.between(day.sequence, low, span[0]))
        return found[-nth] if len(found) >= nth else None

    return Time(Moved(anchor.sequence, move, reach=timedelta(days=7 * nth + 7)), Grain.DAY)


@meaning
def nth_weekday_of_month(_scene: Scene, nth: int, day: Time) -> Time | None:
    """The third Tuesday, of some month."""
    months = Cycle(Grain.MONTH, lambda month: spans.unit(month, Grain.MONTH))
    if not 1 <= nth <= 5:
        return None
    return replace(nth_weekday(_scene, nth, day, Time(months, Grain.MONTH)), either_way=True)


@meaning
def number_inside(scene: Scene, day: int, whole: Time) -> Time | None:
    """20 of next month."""
    found = day_of_month(scene, day)
    return None if found is None else inside(scene, found, whole)


@meaning
def month_day_long(_scene: Scene, month: int, day: int, year: int) -> Time:
    """May-5-2016."""
    return on_day(datetime(year, month, day))


@meaning
def day_month_long(scene: Scene, day: int, month: int, year: int) -> Time:
    """5/May/2016."""
    return month_day_long(scene, month, day, year)


@meaning
def month_day_digits(scene: Scene, first: int, second: int) -> Time:
    """3-5, in a place where it is a date."""
    return month_day(scene, first, second) if first <= 12 else month_day(scene, second, first)


@meaning
def year_month_number(scene: Scene, year: int, month: int, day: int) -> Time:
    """2016-May-5."""
    return month_day_long(scene, month, day, year)
