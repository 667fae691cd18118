"""Rules for times longer than a day: weeks to centuries, their parts, and their places from now."""

from __future__ import annotations

from datetime import datetime, timedelta

from remanence.reader.times import occurrences, spans
from remanence.reader.times.meaning_days import full_year
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Cycle, Moved, Once, Sequence, Within
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Scene, Time, meaning


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
def season_inside(_scene: Scene, season: int, whole: Time) -> Time:
    """The summer of last year."""
    return Time(Within(whole.sequence, season_cycle(season)), Grain.SEASON)


@meaning
def quarter(_scene: Scene, nth: int) -> Time | None:
    """The third quarter of some year."""
    if not 1 <= nth <= 4:
        return None
    return Time(
        Cycle(Grain.YEAR, lambda year: spans.unit(year.replace(month=3 * nth - 2), Grain.QUARTER)),
        Grain.QUARTER,
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
def this_weekend(scene: Scene) -> Time:
    """Over the weekend: this one, or the last."""
    cycle = Cycle(Grain.WEEK, lambda week: spans.unit(week, Grain.WEEKEND))
    return Time(cycle, Grain.WEEKEND)
