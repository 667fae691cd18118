"""Dates with the month's name in another language ("3 mars 2025").

dateparser's tables are asked one thing only, which month a word names: its other answers are wrong too
often, and it takes 0.4 s to begin and 20 ms for each word that it does not know. They are read at the first
such date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from importlib import import_module
from typing import NamedTuple

from remanence.reader.entities.folding import without_accents
from remanence.reader.times import spans
from remanence.reader.times.mention import Grain
from remanence.reader.times.occurrences import Once
from remanence.reader.times.values import Time

_LANGUAGES = [
    "fr", "es", "de", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "ro", "hu", "tr", "ru", "uk",
    "el", "id", "ca",
]  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip


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
    """The dates of the text in other languages, in order."""
    for match in _pattern().finditer(text):
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


def _month(word: str) -> int:
    """The month that a word names in one of the languages; 0 when it names none."""
    return _month_numbers().get(without_accents(word), 0)


@cache
def _month_numbers() -> dict[str, int]:
    """No word names one month in one of the languages and another in another."""
    numbers: dict[str, int] = {}
    for language in _LANGUAGES:
        words = import_module(f"dateparser.data.date_translation_data.{language}").info
        for number, month in enumerate(_MONTHS, start=1):
            numbers.update((without_accents(word.lower()), number) for word in words[month])
    return numbers
