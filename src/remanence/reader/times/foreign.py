"""Dates with the month's name in another language ("3 mars 2025").

dateparser is asked one thing only, which month a word names: its other answers are wrong too often. It is
imported at the first such date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from remanence.reader.times import spans
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Once
from remanence.reader.times.values import Time

DATES_MAX = 16  # of one text: each new word costs dateparser some 20 milliseconds
_LANGUAGES = [
    "fr", "es", "de", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "ro", "hu", "tr", "ru", "uk",
    "el", "id", "ca",
]  # fmt: skip
_SETTINGS = {"REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True}


class ForeignDate(NamedTuple):
    """A date with its place in the text."""

    start: int
    end: int
    meaning: Time


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w.,/-])(?P<day>\d{1,2})(?:\.|º|er|°)?\s(?:de\s|d[’'])?(?P<month>[^\W\d_]{3,12})\.?\s"
        r"(?:de\s|del\s)?(?P<year>[12]\d{3})(?![\w/-])"
        r"|(?P<east_year>[12]\d{3})[年년]\s?(?P<east_month>\d{1,2})[月월]\s?(?P<east_day>\d{1,2})[日일]"
    )


def find_foreign(text: str) -> Iterator[ForeignDate]:
    """The dates of the text in other languages, in order; at most DATES_MAX are looked at."""
    for count, match in enumerate(_pattern().finditer(text)):
        if count >= DATES_MAX:
            return
        if match["east_year"]:
            year, month, day = (int(match[f"east_{part}"]) for part in ("year", "month", "day"))
        else:
            year, day = int(match["year"]), int(match["day"])
            month = _month(match["month"].lower())
        try:
            span = spans.unit(datetime(year, month, day), Grain.DAY)
        except ValueError:
            continue
        yield ForeignDate(*match.span(), Time(Once(span), Grain.DAY))


@lru_cache(maxsize=1024)
def _month(word: str) -> int:
    """The month that a word names in one of the languages; 0 when it names none."""
    import dateparser  # type: ignore[import-untyped]  # it ships no types

    found: datetime | None = dateparser.parse(f"1 {word} 2000", languages=_LANGUAGES, settings=_SETTINGS)
    return found.month if found is not None and (found.year, found.day) == (2000, 1) else 0
