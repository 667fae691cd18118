"""Arithmetic on local, zone-free calendar times: the unit a time lies in, and steps from unit to unit.

A time outside the years 1 to 9999 raises OverflowError or ValueError, which the chart takes as "no reading".
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from typing import TypeAlias

from remanence.reader.times.mention import Grain

Span: TypeAlias = tuple[datetime, datetime]

LAST = datetime.max  # where the year after 9999 would begin
_MONTHS = {
    Grain.MONTH: 1,
    Grain.QUARTER: 3,
    Grain.SEASON: 3,
    Grain.YEAR: 12,
    Grain.DECADE: 120,
    Grain.CENTURY: 1200,
}
_SECONDS = {
    Grain.SECOND: 1,
    Grain.MINUTE: 60,
    Grain.HOUR: 3600,
    Grain.DAY: 86_400,
    Grain.WEEKEND: 7 * 86_400,
    Grain.WEEK: 7 * 86_400,
}


def floor(time: datetime, grain: Grain) -> datetime:
    """The start of the unit that the time lies in; weeks begin on Monday, weekends on Saturday."""
    match grain:
        case Grain.SECOND:
            return time.replace(microsecond=0)
        case Grain.MINUTE:
            return time.replace(second=0, microsecond=0)
        case Grain.HOUR:
            return time.replace(minute=0, second=0, microsecond=0)
    day = time.replace(hour=0, minute=0, second=0, microsecond=0)
    match grain:
        case Grain.DAY | Grain.PART:
            return day
        case Grain.WEEK:
            return day - timedelta(days=day.weekday())
        case Grain.WEEKEND:
            return day - timedelta(days=day.weekday()) + timedelta(days=5)
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Grain.SEASON:  # winter is December to February
            return add_months(day.replace(day=1), -(day.month % 3))
        case Grain.YEAR:
            return day.replace(month=1, day=1)
        case Grain.DECADE:
            return day.replace(year=max(day.year // 10 * 10, 1), month=1, day=1)
    return day.replace(year=max(day.year // 100 * 100, 1), month=1, day=1)


def add_months(time: datetime, months: int) -> datetime:
    """So many calendar months on (or back), on the same day or the month's last."""
    year, month = divmod(time.year * 12 + time.month - 1 + months, 12)
    return time.replace(year=year, month=month + 1, day=min(time.day, monthrange(year, month + 1)[1]))


def shift(time: datetime, count: int, grain: Grain) -> datetime:
    """So many units on (or back)."""
    months = _MONTHS.get(grain)
    if months is not None:
        return add_months(time, months * count)
    return time + timedelta(seconds=_SECONDS[grain] * count)


def after(time: datetime, count: int, grain: Grain) -> datetime:
    """So many units on, and LAST where that would be beyond the year 9999."""
    try:
        return shift(time, count, grain)
    except (OverflowError, ValueError):
        return LAST


def unit(time: datetime, grain: Grain) -> Span:
    """The whole unit that the time lies in; a weekend is Saturday and Sunday of that week."""
    start = floor(time, grain)
    if grain is Grain.WEEKEND:
        return start, after(start, 2, Grain.DAY)
    return start, after(start, 1, grain)


def units(start: datetime, count: int, grain: Grain) -> Span:
    """So many units from this start."""
    return start, after(start, count, grain)


def size_seconds(grain: Grain) -> int:
    """About how long a unit is, in seconds."""
    return _SECONDS.get(grain) or _MONTHS.get(grain, 0) * 2_629_800 or 6 * 3600
