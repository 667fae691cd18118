"""The Hebrew, Islamic, Chinese and Hindu calendars: where a day of theirs falls in a Gregorian year."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from remanence.reader.times import sky

_HEBREW_EPOCH = -1373427  # day numbers are date.toordinal's
_ISLAMIC_MONTH_AT_LUNATION_0 = 10  # Shawwal 1420
_CRESCENT = timedelta(hours=13)  # a new moon before 11 UTC is old enough at Mecca's sunset to begin the month
_BEIJING = timedelta(hours=8)
_INDIA = timedelta(hours=5, minutes=30)
_AYANAMSA_2000, _AYANAMSA_YEARLY = (
    23.853,
    0.013968,
)  # degrees from the equinox to the Hindu zodiac's start (Lahiri)
_TITHI_DEGREES = 12


def _hebrew_new_moon(year: int) -> int:
    months = (235 * year - 234) // 19
    day = 29 * months + (12084 + 13753 * months) // 25920
    return day + (3 * (day + 1) % 7 < 3)


@lru_cache(maxsize=64)
def _hebrew_new_year(year: int) -> int:
    before, here, later = (_hebrew_new_moon(y) for y in (year - 1, year, year + 1))
    delay = 2 if later - here == 356 else 1 if here - before == 382 else 0
    return _HEBREW_EPOCH + here + delay


def hebrew(year: int, month: int, day: int) -> datetime:
    """A day of a Hebrew month (1 is Nisan, 7 Tishri, 12 the last Adar) in this Gregorian year.

    Months from Tishri to Kislev follow the new year of the autumn; the others precede it by fixed lengths.
    """
    start = _hebrew_new_year(year + 3761)
    if 7 <= month <= 9:
        length = (_hebrew_new_year(year + 3762) - start) % 10  # 3 deficient, 4 regular, 5 complete
        lengths = (30, 30 if length == 5 else 29)
        return datetime.fromordinal(start + sum(lengths[: month - 7]) + day - 1)
    nisan = start - 177
    if month <= 6:
        lengths_from_nisan = (30, 29, 30, 29, 30, 29)
        return datetime.fromordinal(nisan + sum(lengths_from_nisan[: month - 1]) + day - 1)
    adar = nisan - 29
    leap = start - _hebrew_new_year(year + 3760) > 380
    shevat = adar - 30 - (30 if leap else 0)
    starts = {12: adar, 11: shevat, 10: shevat - 29}
    return datetime.fromordinal(starts[month] + day - 1)


@lru_cache(maxsize=256)
def _islamic_month(lunation: int) -> datetime:
    conjunction = sky.new_moon(lunation) + _CRESCENT
    return conjunction.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def islamic(year: int, month: int, day: int) -> datetime | None:
    """A day of an Islamic month, as Mecca sees the moon: the first such day of this Gregorian year."""
    lunation = sky.lunation_at(datetime(year, 1, 1)) - 2
    for number in range(lunation, lunation + 15):
        if (number + _ISLAMIC_MONTH_AT_LUNATION_0 - 1) % 12 + 1 == month:
            found = _islamic_month(number) + timedelta(days=day - 1)
            if found.year == year:
                return found
    return None


def _day_in(offset: timedelta, time: datetime) -> datetime:
    return (time + offset).replace(hour=0, minute=0, second=0, microsecond=0)


def _eleventh_month(year: int) -> int:
    """The lunation that holds the winter solstice of this year, by Beijing's days."""
    solstice = _day_in(_BEIJING, sky.sun_reaches(270, datetime(year, 12, 21)))
    return sky.lunation_at(solstice + timedelta(days=1) - _BEIJING - timedelta(seconds=1))


@lru_cache(maxsize=64)
def _chinese_months(year: int) -> dict[int, int]:
    """From month to lunation, from the winter solstice before this year on; leap months left out."""
    first, last = _eleventh_month(year - 1), _eleventh_month(year)
    leap_to_come = last - first == 13
    months: dict[int, int] = {}
    number = 11
    for lunation in range(first, last):
        if leap_to_come and lunation > first and not _has_major_term(lunation):
            leap_to_come = False
            continue
        months[(number - 1) % 12 + 1] = lunation
        number += 1
    return months


def _has_major_term(lunation: int) -> bool:
    start, end = (_day_in(_BEIJING, sky.new_moon(number)) - _BEIJING for number in (lunation, lunation + 1))
    return int(sky.sun(start) // 30) != int(sky.sun(end) // 30)


def chinese(year: int, month: int, day: int) -> datetime | None:
    """A day of a Chinese month that is counted from the new year of this Gregorian year."""
    lunation = _chinese_months(year + (month > 10)).get(month)
    if lunation is None:
        return None
    return _day_in(_BEIJING, sky.new_moon(lunation)) + timedelta(days=day - 1)


def solar_term(year: int, degrees: int) -> datetime:
    """The day, in Beijing, on which the sun reaches this longitude."""
    near = datetime(year, 3, 21) + timedelta(
        days=(degrees if degrees < 280 else degrees - 360) / 360 * 365.25
    )
    return _day_in(_BEIJING, sky.sun_reaches(degrees, near))


def _ayanamsa(year: int) -> float:
    return _AYANAMSA_2000 + _AYANAMSA_YEARLY * (year - 2000)


def hindu_solar(year: int, degrees: int) -> datetime:
    """The day, in India, on which the sun reaches this place in the Hindu zodiac; after sunset the next."""
    tropical = (degrees + _ayanamsa(year)) % 360
    near = datetime(year, 3, 21) + timedelta(
        days=(tropical if tropical < 280 else tropical - 360) / 360 * 365.25
    )
    return _day_in(_INDIA + timedelta(hours=6), sky.sun_reaches(tropical, near))


@lru_cache(maxsize=64)
def _hindu_month(year: int, month: int) -> int:
    """The lunation of this month (1 is Chaitra; it runs from new moon to new moon), in this Gregorian year.

    A month is named for the sign that the sun enters in it; one without such an entry is a leap month.
    """
    near = datetime(year, 3, 25) + timedelta(days=30.4 * (month - 1 if month <= 10 else month - 13))
    guess = sky.lunation_at(near)
    for lunation in range(guess - 2, guess + 3):
        before, behind = (
            int((sky.sun(sky.new_moon(number)) - _ayanamsa(year)) % 360 // 30)
            for number in (lunation, lunation + 1)
        )
        if before != behind and before == (month - 2) % 12:
            return lunation
    raise ValueError("no such month")


def hindu(year: int, month: int, tithi: int, hour: int) -> datetime:
    """The day, in India, at whose hour this thirtieth of the lunar month (1 to 30, 15 is full) runs."""
    start = _day_in(_INDIA, sky.new_moon(_hindu_month(year, month)))
    day = start + timedelta(days=tithi - 3)
    for _ in range(6):
        running = int(sky.elongation(day + timedelta(hours=hour) - _INDIA) // _TITHI_DEGREES) + 1
        if (running - tithi) % 30 < 15:
            return day
        day += timedelta(days=1)
    return day
