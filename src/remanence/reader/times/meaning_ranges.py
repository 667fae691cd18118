"""Rules for stretches of time with one or both ends said."""

from __future__ import annotations

from datetime import datetime, timedelta

from remanence.reader.times import occurrences
from remanence.reader.times.meaning_days import day_in_year, day_of_month
from remanence.reader.times.meaning_periods import a_year, month_cycle
from remanence.reader.times.mention import Grain, MentionKind
from remanence.reader.times.occurrences import Moved, Once, Sequence, Stretch, Within, is_fixed
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Bounds, Clock, Scene, Time, meaning

_CLOCK_GRAINS = (Grain.SECOND, Grain.MINUTE, Grain.HOUR)


def _stretch(first: Sequence, last: Sequence, grain: Grain) -> Time | None:
    """Where only the end says its year, the start is the last one before it."""
    if is_fixed(last) and not is_fixed(first):
        end = next(occurrences.between(last, datetime.min, datetime.max), None)
        if end is None:
            return None
        start = occurrences.nearest(first, end[0] - timedelta(microseconds=1), past=True)
        if start is None:
            return None
        first = Once(start)
    return Time(Stretch(first, last, grain not in _CLOCK_GRAINS), grain, MentionKind.RANGE)


@meaning
def stretch(_scene: Scene, first: Time | Clock, last: Time | Clock) -> Time | None:
    """From Monday to Friday: both ends counted in."""
    if isinstance(first, Clock) or isinstance(last, Clock):
        return None
    return _stretch(first.sequence, last.sequence, last.grain)


@meaning
def months(_scene: Scene, first: int, last: int) -> Time | None:
    """From May to July."""
    return _stretch(month_cycle(first), month_cycle(last), Grain.MONTH)


@meaning
def months_year(_scene: Scene, first: int, last: int, year: Time) -> Time | None:
    """From May to July 2016."""
    return _stretch(month_cycle(first), Within(year.sequence, month_cycle(last)), Grain.MONTH)


@meaning
def month_days(_scene: Scene, month: int, first: int, last: int) -> Time | None:
    """From May 3 to 5."""
    if first >= last:
        return None
    return _stretch(day_in_year(month, first), day_in_year(month, last), Grain.DAY)


@meaning
def days_month(scene: Scene, first: int, last: int, month: int) -> Time | None:
    """From 3 to 5 May."""
    return month_days(scene, month, first, last)


@meaning
def month_days_year(_scene: Scene, month: int, first: int, last: int, year: Time) -> Time | None:
    """May 3 to 5, 2016."""
    if first >= last:
        return None
    return _stretch(
        Within(year.sequence, day_in_year(month, first)),
        Within(year.sequence, day_in_year(month, last)),
        Grain.DAY,
    )


@meaning
def days_month_year(scene: Scene, first: int, last: int, month: int, year: Time) -> Time | None:
    """3 to 5 May 2016."""
    return month_days_year(scene, month, first, last, year)


@meaning
def month_days_in(scene: Scene, month: int, first: int, last: int, whole: Time) -> Time | None:
    """May 3 to 5 next year."""
    return month_days_year(scene, month, first, last, whole)


@meaning
def days_in(scene: Scene, first: int, last: int, whole: Time) -> Time | None:
    """The 3rd to the 5th of next month."""
    start, end = day_of_month(scene, first), day_of_month(scene, last)
    if start is None or end is None or first >= last:
        return None
    return _stretch(Within(whole.sequence, start.sequence), Within(whole.sequence, end.sequence), Grain.DAY)


@meaning
def in_days(scene: Scene, whole: Time, first: int, last: int) -> Time | None:
    """Next month from the 3rd to the 5th."""
    return days_in(scene, first, last, whole)


@meaning
def days(scene: Scene, first: int, last: int) -> Time | None:
    """From the 3rd to the 5th."""
    start, end = day_of_month(scene, first), day_of_month(scene, last)
    return None if start is None or end is None else _stretch(start.sequence, end.sequence, Grain.DAY)


@meaning
def years(_scene: Scene, first: Time, last: Time) -> Time | None:
    """From 2015 to 2018."""
    return _stretch(first.sequence, last.sequence, Grain.YEAR)


@meaning
def years_short(_scene: Scene, first: Time, short: int) -> Time | None:
    """2015-18."""
    if not isinstance(first.sequence, Once):
        return None
    century = first.sequence.span[0].year // 100 * 100
    return _stretch(first.sequence, a_year(century + short).sequence, Grain.YEAR)


@meaning
def ever_since(_scene: Scene, time: Time | Clock) -> Bounds:
    """Since May: the last one."""
    return Bounds(time, None, looks_back=True)


@meaning
def since(_scene: Scene, time: Time | Clock) -> Bounds:
    """From May on."""
    return Bounds(time, None)


@meaning
def after_time(_scene: Scene, time: Time | Clock) -> Bounds:
    """After May: from its end."""
    return Bounds(time, None, skips_first=True)


@meaning
def until(_scene: Scene, time: Time | Clock) -> Bounds:
    """Until Friday: Friday counted in."""
    return Bounds(None, time)


@meaning
def until_by(_scene: Scene, time: Time | Clock) -> Bounds:
    """By Friday."""
    return Bounds(None, time)


@meaning
def until_end(_scene: Scene, time: Time | Clock) -> Bounds:
    """By the end of May."""
    return Bounds(None, time)


@meaning
def before_time(_scene: Scene, time: Time | Clock) -> Bounds:
    """Before May: up to its start."""
    return Bounds(None, time, takes_last=False)


@meaning
def days_md(_scene: Scene, first: int, last: Time) -> Time | None:
    """From the 3rd to the 5th of May."""

    def move(span: Span) -> Span | None:
        return (span[0].replace(day=first), span[1]) if first < span[0].day else None

    return Time(Stretch(Moved(last.sequence, move), last.sequence, True), Grain.DAY, MentionKind.RANGE)
