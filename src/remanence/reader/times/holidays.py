"""When the holidays of a language's table fall, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from remanence.reader.times import spans
from remanence.reader.times.meaning_days import day_in_year
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Cycle, Sequence
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Time

_HEBREW_EPOCH = -1373429  # day numbers are date.toordinal's
_ISLAMIC_EPOCH = 227015


def meanings(table: Mapping[str, object]) -> Iterator[tuple[str, Time]]:
    """Each spelling of the table with what it means."""
    for calendar, rules in table.items():
        assert isinstance(rules, dict)
        for rule, spellings in rules.items():
            meant = Time(_RULES[calendar](rule), Grain.DAY)
            for spelling in spellings:
                yield spelling, meant


def easter(year: int) -> datetime:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, skipped = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * skipped + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return datetime(year, month, day + 1)


def orthodox_easter(year: int) -> datetime:
    """Orthodox Easter Sunday, in the Gregorian calendar (Meeus's Julian computus, moved)."""
    moon = (19 * (year % 19) + 15) % 30
    week = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + week + 114, 31)
    return datetime(year, month, day + 1) + timedelta(days=year // 100 - year // 400 - 2)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> datetime:
    """The nth such weekday of the month; the fifth means the last."""
    if nth == 5:
        last = spans.add_months(datetime(year, month, 1), 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = datetime(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def hebrew_new_year(year: int) -> int:
    """The day number of 1 Tishri in a year of the Hebrew calendar."""
    months = (235 * year - 234) // 19
    day = 29 * months + (12084 + 13753 * months) // 25920
    return day + (3 * (day + 1) % 7 < 3)


def _hebrew_start(year: int) -> int:
    before, here, later = (hebrew_new_year(y) for y in (year - 1, year, year + 1))
    delay = 2 if later - here == 356 else 1 if here - before == 382 else 0
    return _HEBREW_EPOCH + here + delay


def hebrew(year: int, month: int, day: int) -> datetime:
    """The Gregorian date, in this Gregorian year, of a Hebrew month (1 is Nisan, 7 Tishri) and day."""
    if month >= 7:
        hebrew_year = year + 3761
        start, following = _hebrew_start(hebrew_year), _hebrew_start(hebrew_year + 1)
        if month == 12:  # the last Adar: a month before Nisan, which 177 days before the next Tishri begins
            start = _hebrew_start(year + 3761)
            return datetime.fromordinal(start - 177 - 29 + day - 1)
        length = (following - start) % 10  # 3 deficient, 4 regular, 5 complete
        lengths = {7: 30, 8: 30 if length == 5 else 29}
        return datetime.fromordinal(start + sum(lengths.get(m, 0) for m in range(7, month)) + day - 1)
    new_year = _hebrew_start(year + 3761)
    lengths = [30, 29, 30, 29, 30, 29]  # Nisan to Elul
    return datetime.fromordinal(new_year - sum(lengths[month - 1 :]) + day - 1)


def islamic(year: int, month: int, day: int) -> int:
    """The day number of a date in the tabular Islamic calendar."""
    return _ISLAMIC_EPOCH + (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2 + day - 1


def _yearly(date_in: Callable[[int], datetime]) -> Cycle:
    return Cycle(Grain.YEAR, lambda year: spans.unit(date_in(year.year), Grain.DAY))


def _fixed(rule: str) -> Sequence:
    month, day = rule.split("-")
    return day_in_year(int(month), int(day))


def _weekday(rule: str) -> Sequence:
    month, nth, weekday, more = (int(part) for part in rule.split())
    return _yearly(lambda year: nth_weekday(year, month, nth, weekday) + timedelta(days=more))


def _easter(rule: str) -> Sequence:
    return _yearly(lambda year: easter(year) + timedelta(days=int(rule)))


def _orthodox_easter(rule: str) -> Sequence:
    return _yearly(lambda year: orthodox_easter(year) + timedelta(days=int(rule)))


def _hebrew(rule: str) -> Sequence:
    month, day = (int(part) for part in rule.split())
    return _yearly(lambda year: hebrew(year, month, day))


def _islamic(rule: str) -> Sequence:
    month, day = (int(part) for part in rule.split())

    def pick(start: datetime) -> Span | None:
        first = int((start.toordinal() - _ISLAMIC_EPOCH) / 354.367) + 1
        for year in (first, first + 1):
            found = datetime.fromordinal(islamic(year, month, day))
            if found.year == start.year:
                return spans.unit(found, Grain.DAY)
        return None

    return Cycle(Grain.YEAR, pick)


_RULES: dict[str, Callable[[str], Sequence]] = {
    "fixed": _fixed,
    "weekday": _weekday,
    "easter": _easter,
    "orthodox_easter": _orthodox_easter,
    "hebrew": _hebrew,
    "islamic": _islamic,
}

