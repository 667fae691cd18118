"""Rules for times longer than a day: weeks to centuries, their parts, and their places from now."""

from __future__ import annotations

from datetime import datetime, timedelta

from remanence.reader.times import occurrences, spans
from remanence.reader.times.meaning_days import full_year
from remanence.reader.times.mention import Grain, MentionKind
from remanence.reader.times.occurrences import Cycle, Moved, Once, Sequence, Within
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Length, Scene, Time, meaning

# a unit's early part ends, its middle is, its late part begins after so many of the smaller units
_STAGES: dict[Grain, tuple[Grain, tuple[int, int, int, int]]] = {
    Grain.WEEK: (Grain.DAY, (3, 2, 5, 3)),
    Grain.MONTH: (Grain.DAY, (10, 10, 20, 20)),
    Grain.QUARTER: (Grain.MONTH, (1, 1, 2, 2)),
    Grain.SEASON: (Grain.MONTH, (1, 1, 2, 2)),
    Grain.YEAR: (Grain.MONTH, (4, 4, 8, 8)),
    Grain.DECADE: (Grain.YEAR, (4, 4, 7, 7)),
    Grain.CENTURY: (Grain.YEAR, (33, 33, 67, 67)),
}
_MID_WEEK_DAYS = 4  # a calendar week belongs to the month that has most of it


def _once(span: Span, grain: Grain) -> Time:
    return Time(Once(span), grain)


def a_year(year: int) -> Time:
    """That calendar year."""
    return _once(spans.unit(datetime(year, 1, 1), Grain.YEAR), Grain.YEAR)


@meaning
def year(_scene: Scene, year: int) -> Time:
    """2016."""
    return a_year(year)


@meaning
def year_words(_scene: Scene, century: int, rest: int) -> Time | None:
    """Nineteen ninety-nine."""
    return a_year(century * 100 + rest) if 11 <= century <= 21 and rest >= 10 else None


@meaning
def year_hundred(_scene: Scene, century: int) -> Time | None:
    """Nineteen hundred."""
    return a_year(century * 100) if 10 <= century <= 20 else None


@meaning
def year_from(_scene: Scene, base: int, rest: int) -> Time:
    """Two thousand and five."""
    return a_year(base + rest)


@meaning
def year_short(_scene: Scene, short: int) -> Time:
    """'99."""
    return a_year(full_year(short))


def month_cycle(month: int) -> Cycle:
    """This month of every year."""
    return Cycle(Grain.YEAR, lambda year: spans.unit(year.replace(month=month), Grain.MONTH))


@meaning
def month(_scene: Scene, month: int) -> Time:
    """May."""
    return Time(month_cycle(month), Grain.MONTH)


@meaning
def month_year(_scene: Scene, month: int, year: Time) -> Time:
    """May 2016."""
    return Time(Within(year.sequence, month_cycle(month)), Grain.MONTH)


@meaning
def month_year_short(scene: Scene, month: int, short: int) -> Time:
    """May '16."""
    return month_year(scene, month, year_short(scene, short))


@meaning
def year_month(scene: Scene, year: Time, month: int) -> Time:
    """2016 May."""
    return month_year(scene, month, year)


@meaning
def month_inside(_scene: Scene, month: int, whole: Time) -> Time:
    """May of last year."""
    return Time(Within(whole.sequence, month_cycle(month)), Grain.MONTH)


@meaning
def month_inside_of(scene: Scene, whole: Time, month: int) -> Time:
    """Last year in May."""
    return month_inside(scene, month, whole)


@meaning
def unit_offset(scene: Scene, count: int, unit: Grain) -> Time:
    """Last week, this month, next year."""
    return _once(spans.unit(spans.shift(spans.floor(scene.now, unit), count, unit), unit), unit)


def _offset_in(scene: Scene, count: int, sequence: Sequence, grain: Grain) -> Time | None:
    if count == 0:
        return Time(sequence, grain)
    found = occurrences.nearest(sequence, scene.now, past=count < 0, skips_now=True)
    return None if found is None else _once(found, grain)


@meaning
def month_offset(scene: Scene, count: int, month: int) -> Time | None:
    """Last May: the latest that is over; next May: the first not begun."""
    return _offset_in(scene, count, month_cycle(month), Grain.MONTH)


def season_cycle(season: int) -> Cycle:
    """Winter (0) begins in the December before the year, the others follow by three months."""

    def pick(year: datetime) -> Span:
        start = spans.add_months(year, 3 * season - 1)
        return start, spans.add_months(start, 3)

    return Cycle(Grain.YEAR, pick)


@meaning
def season(_scene: Scene, season: int) -> Time:
    """Summer."""
    return Time(season_cycle(season), Grain.SEASON)


@meaning
def season_offset(scene: Scene, count: int, season: int) -> Time | None:
    """Last summer, next winter."""
    return _offset_in(scene, count, season_cycle(season), Grain.SEASON)


@meaning
def season_year(_scene: Scene, season: int, year: Time) -> Time:
    """Summer 2016; the winter of a year is the one that begins in it."""
    return Time(Within(year.sequence, season_cycle(season)), Grain.SEASON)


@meaning
def quarter(_scene: Scene, nth: int) -> Time | None:
    """The third quarter of some year."""
    if not 1 <= nth <= 4:
        return None
    return Time(
        Cycle(Grain.YEAR, lambda year: spans.unit(year.replace(month=3 * nth - 2), Grain.QUARTER)), Grain.QUARTER
    )


@meaning
def quarter_year(scene: Scene, nth: int, year: Time) -> Time | None:
    """Q3 2018."""
    found = quarter(scene, nth)
    return None if found is None else Time(Within(year.sequence, found.sequence), Grain.QUARTER)


@meaning
def year_quarter(scene: Scene, year: Time, nth: int) -> Time | None:
    """2018 Q3."""
    return quarter_year(scene, nth, year)


@meaning
def quarter_inside(scene: Scene, nth: int, whole: Time) -> Time | None:
    """Q3 of last year."""
    return quarter_year(scene, nth, whole)


@meaning
def decade(scene: Scene, tens: int) -> Time:
    """The nineties: the latest that has begun."""
    start = scene.now.year // 100 * 100 + tens
    return decade_from(scene, start if start <= scene.now.year else start - 100)


@meaning
def decade_from(_scene: Scene, year: int) -> Time:
    """The decade that begins in this year."""
    return _once(spans.unit(datetime(year, 1, 1), Grain.DECADE), Grain.DECADE)


@meaning
def century_ordinal(_scene: Scene, nth: int) -> Time | None:
    """The 20th century: the years 1900 to 1999."""
    if not 11 <= nth <= 30:
        return None
    return _once(spans.unit(datetime((nth - 1) * 100, 1, 1), Grain.CENTURY), Grain.CENTURY)


def _of_each(source: Time, move: object, grain: Grain) -> Time:
    assert callable(move)
    return Time(Moved(source.sequence, move), grain)


@meaning
def week_of(_scene: Scene, day: Time) -> Time:
    """The week of May 5."""
    return _of_each(day, lambda span: spans.unit(span[0], Grain.WEEK), Grain.WEEK)


@meaning
def week_ending(_scene: Scene, day: Time) -> Time:
    """The week ending May 5: the seven days up to it."""
    return _of_each(day, lambda span: (span[1] - timedelta(days=7), span[1]), Grain.WEEK)


@meaning
def weekend_of(_scene: Scene, day: Time) -> Time:
    """The weekend of May 5."""
    return _of_each(day, lambda span: spans.unit(span[0], Grain.WEEKEND), Grain.WEEKEND)


@meaning
def unit_of(_scene: Scene, unit: Grain, day: Time) -> Time:
    """The month of Easter."""
    return _of_each(day, lambda span: spans.unit(span[0], unit), unit)


@meaning
def staged(_scene: Scene, stage: int, whole: Time) -> Time | None:
    """Early May, mid-2016, the late nineties: about a third of the time named."""
    parts = _STAGES.get(whole.grain)
    if parts is None:
        return None
    grain, (early_to, mid_from, mid_to, late_from) = parts

    def move(span: Span) -> Span:
        if stage == 0:
            return span[0], spans.after(span[0], early_to, grain)
        if stage == 1:
            return spans.after(span[0], mid_from, grain), spans.after(span[0], mid_to, grain)
        return spans.after(span[0], late_from, grain), span[1]

    return Time(Moved(whole.sequence, move), whole.grain)


@meaning
def staged_as(scene: Scene, stage: int, whole: Time) -> Time | None:
    """The middle of May."""
    return staged(scene, stage, whole)


@meaning
def start_of(scene: Scene, whole: Time) -> Time | None:
    """The beginning of May."""
    return staged(scene, 0, whole)


@meaning
def end_of(scene: Scene, whole: Time) -> Time | None:
    """The end of May."""
    return staged(scene, 2, whole)


@meaning
def start_of_unit(scene: Scene, unit: Grain) -> Time | None:
    """The beginning of the month: this one."""
    return staged(scene, 0, unit_offset(scene, 0, unit))


@meaning
def end_of_unit(scene: Scene, unit: str) -> Time | None:
    """The end of the month: this one."""
    return staged(scene, 2, unit_offset(scene, 0, Grain(unit)))


@meaning
def half_of(_scene: Scene, half: int, whole: Time) -> Time | None:
    """The first half of 2016."""

    def move(span: Span) -> Span:
        middle = span[0] + (span[1] - span[0]) / 2
        if whole.grain is Grain.YEAR:
            middle = span[0].replace(month=7)
        elif whole.grain is Grain.MONTH:
            middle = span[0].replace(day=16)
        middle = spans.floor(middle, Grain.DAY)
        return (middle, span[1]) if half else (span[0], middle)

    return Time(Moved(whole.sequence, move), whole.grain)


def _units_in(span: Span, unit: Grain) -> list[Span]:
    """The calendar units that belong to a span: most of their days lie in it."""
    cycle = Cycle(unit, lambda start: spans.unit(start, unit))
    if unit is not Grain.WEEK:
        return list(occurrences.between(cycle, *span))
    return [
        week
        for week in occurrences.between(cycle, span[0] - timedelta(days=6), span[1])
        if span[0] <= week[0] + timedelta(days=_MID_WEEK_DAYS - 1) < span[1]
    ]


def _units_at(whole: Time, unit: Grain, low: int, high: int | None) -> Time:
    def move(span: Span) -> Span | None:
        found = _units_in(span, unit)[low:high]
        return (found[0][0], found[-1][1]) if found else None

    return Time(Moved(whole.sequence, move), unit)


@meaning
def nth_unit(_scene: Scene, unit: str, nth: int, whole: Time) -> Time | None:
    """The second quarter of next year."""
    return nth_unit_words(_scene, nth, Grain(unit), whole)


@meaning
def nth_unit_words(_scene: Scene, nth: int, unit: Grain, whole: Time) -> Time | None:
    """The first week of May."""
    return _units_at(whole, unit, nth - 1, nth) if 1 <= nth <= 366 else None


@meaning
def last_unit_words(_scene: Scene, unit: Grain, whole: Time) -> Time:
    """The last week of May."""
    return _units_at(whole, unit, -1, None)


@meaning
def first_units(_scene: Scene, count: int, unit: Grain, whole: Time) -> Time | None:
    """The first three weeks of May."""
    return _units_at(whole, unit, 0, count) if 1 <= count <= 366 else None


@meaning
def last_units(_scene: Scene, count: int, unit: Grain, whole: Time) -> Time | None:
    """The last two months of 2016."""
    return _units_at(whole, unit, -count, None) if 1 <= count <= 366 else None


@meaning
def rest_of(scene: Scene, whole: Time) -> Time | None:
    """The rest of this week: from now to its end."""
    found = occurrences.nearest(whole.sequence, scene.now, past=False)
    if found is None or found[1] <= scene.now:
        return None
    return Time(Once((max(scene.now, found[0]), found[1])), whole.grain, MentionKind.RANGE)


@meaning
def rest_of_unit(scene: Scene, unit: Grain) -> Time | None:
    """The rest of the week."""
    return rest_of(scene, unit_offset(scene, 0, unit))


@meaning
def so_far(scene: Scene, whole: Time) -> Time | None:
    """Earlier this year; this year so far."""
    found = occurrences.nearest(whole.sequence, scene.now, past=True)
    if found is None or found[0] >= scene.now:
        return None
    return Time(Once((found[0], min(scene.now, found[1]))), whole.grain, MentionKind.RANGE)


@meaning
def unit_to_date(scene: Scene, unit: str) -> Time | None:
    """Year to date."""
    return so_far(scene, unit_offset(scene, 0, Grain(unit)))


@meaning
def this_weekend(scene: Scene) -> Time:
    """Over the weekend: this one, or the last."""
    cycle = Cycle(Grain.WEEK, lambda week: spans.unit(week, Grain.WEEKEND))
    return Time(cycle, Grain.WEEKEND)


@meaning
def length_from_start(scene: Scene, length: Length, day: Time) -> Time | None:
    """Two weeks from Monday: a distance, as speakers mean it."""
    from remanence.reader.times.meaning_distance import after_day

    return after_day(scene, length, day)


@meaning
def staged_decade(scene: Scene, stage: int, tens: int) -> Time | None:
    """The early nineties."""
    return staged(scene, stage, decade(scene, tens))


@meaning
def half_year(scene: Scene, half: int, year: Time) -> Time | None:
    """H1 2016."""
    return half_of(scene, half, year)


@meaning
def year_half(scene: Scene, year: Time, half: int) -> Time | None:
    """2016 H1."""
    return half_of(scene, half, year)


@meaning
def nth_unit_from_end(_scene: Scene, nth: int, unit: Grain, whole: Time) -> Time | None:
    """The second to last week of May."""
    return _units_at(whole, unit, -nth, 1 - nth or None) if 1 <= nth <= 366 else None


@meaning
def so_far_unit(scene: Scene, unit: Grain) -> Time | None:
    """Earlier in the week."""
    return so_far(scene, unit_offset(scene, 0, unit))
