"""What dates and times written in digits mean: 2016-03-05, 3/5/2016, 15:30, 1990s."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

from remanence.reader.times import spans
from remanence.reader.times.meaning_days import day_in_year, full_year, on_day
from remanence.reader.times.meaning_numbers import length_in
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Once
from remanence.reader.times.values import Time

Found: TypeAlias = list[tuple[str, object, int]]  # category, meaning, weakness


def _numbers(raw: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", raw)]


def _iso_time(raw: str, _month_first: bool) -> Found:
    text = raw.replace(",", ".").replace(" Z", "Z")
    date, clock = re.split("[T ]", text, maxsplit=1)
    year, month, day = (int(part) for part in date.split("-"))
    head = re.match(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d+))?)?", clock)
    if head is None:
        raise ValueError("no clock time")
    hour, minute, second = (int(part or 0) for part in head.groups()[:3])
    time = datetime(year, month, day, hour, minute, second)
    offset = clock[head.end() :]
    grain = Grain.MINUTE if head.group(3) is None else Grain.SECOND
    return [("iso_time", Time(Once(spans.units(time, 1, grain)), grain, zone=_offset(offset)), 0)]


def _offset(text: str) -> timezone | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _ymd(raw: str, _month_first: bool) -> Found:
    year, month, day = _numbers(raw)
    return [("mdy_token", on_day(datetime(year, month, day)), 0)]


def _packed_date(raw: str, _month_first: bool) -> Found:
    return [("mdy_token", on_day(datetime(int(raw[:4]), int(raw[4:6]), int(raw[6:]))), 1)]


def _dated(raw: str, month_first: bool) -> Found:
    first, second, year = _numbers(raw)
    if raw[-3] in "-/.":
        year = full_year(year)
    dotted = "." in raw
    orders = [(first, second), (second, first)]  # month, day
    if dotted or not month_first:
        orders.reverse()
    for month, day in orders:
        if 1 <= month <= 12 and 1 <= day <= 31:
            return [("mdy_token", on_day(datetime(year, month, day)), 1 if dotted and raw[-3] == "." else 0)]
    return []


def _iso_week(raw: str, _month_first: bool) -> Found:
    year, week = int(raw[:4]), int(raw[-2:])
    start = datetime.fromisocalendar(year, week, 1)
    return [("week_token", Time(Once(spans.unit(start, Grain.WEEK)), Grain.WEEK), 0)]


def _month(year: int, month: int) -> Found:
    return [("my_token", Time(Once(spans.unit(datetime(year, month, 1), Grain.MONTH)), Grain.MONTH), 0)]


def _month_year(raw: str, _month_first: bool) -> Found:
    month, year = _numbers(raw)
    return _month(year, month)


def _year_month(raw: str, _month_first: bool) -> Found:
    year, month = _numbers(raw)
    return _month(year, month) if 1000 <= year < 3000 else []


def _pair(raw: str, month_first: bool) -> Found:
    first, second = _numbers(raw)
    month, day = (first, second) if month_first and first <= 12 else (second, first)
    found: Found = [("fraction", first / second, 0)] if raw in _FRACTIONS else []
    if 1 <= month <= 12 and 1 <= day <= 31:
        found.append(("md_token", Time(day_in_year(month, day), Grain.DAY), 0))
    return found


_FRACTIONS = ("1/2", "1/4", "3/4")
_UNITS = {"s": Grain.SECOND, "m": Grain.MINUTE, "d": Grain.DAY, "w": Grain.WEEK, "y": Grain.YEAR}


def _compact(raw: str, _month_first: bool) -> Found:
    return [("compact", length_in(int(raw[:-1]), _UNITS[raw[-1].lower()]), 0)]


def _quarter(raw: str, _month_first: bool) -> Found:
    return [("quarter_name", int(raw[1]), 0)]


def _half(raw: str, _month_first: bool) -> Found:
    return [("half_name", int(raw[1]) - 1, 0)]


def _clock(raw: str, _month_first: bool) -> Found:
    hour, minute, *rest = _numbers(raw)
    second = rest[0] if rest else 0
    if hour > 24 or minute > 59 or second > 59:
        return []
    return [("clock", (hour, minute, second, raw[0] == "0"), 0)]


def _decade(raw: str, _month_first: bool) -> Found:
    (year,) = _numbers(raw)
    if year % 10 or 100 <= year < 1000:
        return []
    if year < 100:
        year += 1900 if year >= 30 else 2000
    return [("decade_token", Time(Once(spans.unit(datetime(year, 1, 1), Grain.DECADE)), Grain.DECADE), 0)]


def _ordinal(raw: str, _month_first: bool) -> Found:
    return [("ordinal", int(raw[:-2]), 0), ("nth", int(raw[:-2]), 0)]


def _decimal(raw: str, _month_first: bool) -> Found:
    if len(raw) > 8:
        return []
    found: Found = [("decimal", float(raw), 0)]
    whole, _, part = raw.partition(".")
    if len(part) == 2 and int(part) < 60 and len(whole) <= 2 and int(whole) < 24:
        found.append(("dotted", (int(whole), int(part), 0, False), 0))
    return found


def _short_year(raw: str, _month_first: bool) -> Found:
    return [("yr2", int(raw[1:]), 0)]


def _half_day(raw: str, _month_first: bool) -> Found:
    return [("ampm_token", 0 if raw[0] in "aA" else 12, 0)]


DIGIT_FORMS: dict[str, Callable[[str, bool], Found]] = {
    "iso_time": _iso_time,
    "packed_date": _packed_date,
    "ymd": _ymd,
    "dated": _dated,
    "iso_week": _iso_week,
    "month_year": _month_year,
    "year_month": _year_month,
    "pair": _pair,
    "clock": _clock,
    "compact": _compact,
    "quarter": _quarter,
    "half": _half,
    "decade": _decade,
    "ordinal": _ordinal,
    "decimal": _decimal,
    "short_year": _short_year,
    "half_day": _half_day,
}
