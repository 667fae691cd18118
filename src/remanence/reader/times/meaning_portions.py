"""Rules for portions of a longer time: its early part, its halves, its weeks, what is left of it."""

from __future__ import annotations

from datetime import timedelta

from remanence.reader.times import occurrences, spans
from remanence.reader.times.meaning_periods import decade, unit_offset
from remanence.reader.times.mention import Grain, MentionKind
from remanence.reader.times.occurrences import Cycle, Moved, Once
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Scene, Time, meaning

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

    return Time(Moved(whole.sequence, move), whole.grain, either_way=True)


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
