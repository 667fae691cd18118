"""When the holidays of a language's table fall, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from remanence.reader.times import feast_calendars, spans
from remanence.reader.times.meaning_days import day_in_year
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Cycle, Sequence
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Time

_SATURDAY, _SUNDAY = 5, 6


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


def _yearly(date_in: Callable[[int], datetime | None]) -> Cycle:
    dates = lru_cache(maxsize=64)(date_in)

    def pick(year: datetime) -> Span | None:
        found = dates(year.year)
        return None if found is None else spans.unit(found, Grain.DAY)

    return Cycle(Grain.YEAR, pick)


def _fixed(rule: str) -> Sequence:
    month, day = rule.split("-")
    return day_in_year(int(month), int(day))


def _off_sunday(rule: str) -> Sequence:
    month, day = (int(part) for part in rule.split("-"))

    def date_in(year: int) -> datetime:
        found = datetime(year, month, day)
        return found - timedelta(days=found.weekday() == _SUNDAY)

    return _yearly(date_in)


def _near_workday(rule: str) -> Sequence:
    month, day = (int(part) for part in rule.split("-"))

    def date_in(year: int) -> datetime:
        found = datetime(year, month, day)
        return found + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(found.weekday(), 0))

    return _yearly(date_in)


def _weekday(rule: str) -> Sequence:
    month, nth, weekday, more = (int(part) for part in rule.split())
    return _yearly(lambda year: nth_weekday(year, month, nth, weekday) + timedelta(days=more))


def _easter(rule: str) -> Sequence:
    return _yearly(lambda year: easter(year) + timedelta(days=int(rule)))


def _orthodox_easter(rule: str) -> Sequence:
    return _yearly(lambda year: orthodox_easter(year) + timedelta(days=int(rule)))


def _numbers(rule: str) -> list[int]:
    return [int(part) for part in rule.split()]


def _hebrew(rule: str) -> Sequence:
    month, day = _numbers(rule)
    return _yearly(lambda year: feast_calendars.hebrew(year, month, day))


def _hebrew_kept_off_saturday(rule: str) -> Sequence:
    month, day = _numbers(rule)

    def date_in(year: int) -> datetime:
        found = feast_calendars.hebrew(year, month, day)
        return found + timedelta(days=found.weekday() == _SATURDAY)

    return _yearly(date_in)


def _islamic(rule: str) -> Sequence:
    month, day = _numbers(rule)
    return _yearly(lambda year: feast_calendars.islamic(year, month, day))


def _ramadan_last(rule: str) -> Sequence:
    weekday = int(rule)

    def date_in(year: int) -> datetime | None:
        end = feast_calendars.islamic(year, 10, 1)
        return None if end is None else end - timedelta(days=(end.weekday() - weekday - 1) % 7 + 1)

    return _yearly(date_in)


def _chinese(rule: str) -> Sequence:
    month, day, *more = _numbers(rule)

    def date_in(year: int) -> datetime | None:
        found = feast_calendars.chinese(year, month, day)
        return None if found is None else found + timedelta(days=sum(more))

    return _yearly(date_in)


def _solar_term(rule: str) -> Sequence:
    return _yearly(lambda year: feast_calendars.solar_term(year, int(rule)))


def _hindu(rule: str) -> Sequence:
    month, tithi, hour, more = _numbers(rule)
    return _yearly(lambda year: feast_calendars.hindu(year, month, tithi, hour) + timedelta(days=more))


def _hindu_solar(rule: str) -> Sequence:
    degrees, more = _numbers(rule)
    return _yearly(lambda year: feast_calendars.hindu_solar(year, degrees) + timedelta(days=more))


def _parsi(rule: str) -> Sequence:
    known = datetime.fromisoformat(rule)
    return _yearly(lambda year: known + timedelta(days=365 * (year - known.year)))


def _before(rule: str) -> Sequence:
    month, day, weekday = _numbers(rule)

    def date_in(year: int) -> datetime:
        anchor = datetime(year, month, day)
        return anchor - timedelta(days=(anchor.weekday() - weekday - 1) % 7 + 1)

    return _yearly(date_in)


_RULES: dict[str, Callable[[str], Sequence]] = {
    "fixed": _fixed,
    "off_sunday": _off_sunday,
    "near_workday": _near_workday,
    "weekday": _weekday,
    "easter": _easter,
    "orthodox_easter": _orthodox_easter,
    "hebrew": _hebrew,
    "hebrew_kept_off_saturday": _hebrew_kept_off_saturday,
    "islamic": _islamic,
    "ramadan_last": _ramadan_last,
    "chinese": _chinese,
    "solar_term": _solar_term,
    "hindu": _hindu,
    "hindu_solar": _hindu_solar,
    "parsi": _parsi,
    "before": _before,
}
