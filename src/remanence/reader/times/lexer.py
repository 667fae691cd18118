"""Text to tokens: words, numbers, and the forms in digits (dates, clock times) with what they may mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from remanence.reader.remembered import remembered
from remanence.reader.times.meaning_digits import DIGIT_FORMS
from remanence.reader.times.tables import EVERYDAY, STRONG, WEAK, Entry, Language

DIGITS_MAX = 6  # a longer number is no count, year or hour


class Token(NamedTuple):
    """A token's place in the text and its readings; none means that no time expression goes through it."""

    start: int
    end: int
    word: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(  # words first, for most tokens are; both cases written out, for the flag costs a third
        r"(?P<quarter>[qQ][1-4](?![^\W_]))"
        r"|(?P<half>[hH][12](?![^\W_]))"
        r"|(?P<half_day>[apAP]\.\s?[mM]\b\.?|(?<=\d)[apAP](?![^\W_])\.?)"
        r"|(?P<word>[^\W\d_]++(?:['’][^\W\d_]++)*+['’]?)"
        r"|(?P<iso_time>\d{4}-\d\d?-\d\d?[Tt ]\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
        r"(?:\s?[Zz]\b|[+-]\d\d:?\d\d)?(?!\d))"
        r"|(?P<packed_date>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d))"
        r"|(?P<ymd>\d{4}[-/.]\d\d?[-/.]\d\d?(?![\d.]))"
        r"|(?P<iso_week>\d{4}-?[Ww]\d\d(?!\d))"
        r"|(?P<dated>\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d)(?!\d))"
        r"|(?P<month_year>(?:0?[1-9]|1[0-2])[-/]\d{4}(?!\d))"
        r"|(?P<year_month>\d{4}[-/](?:0?[1-9]|1[0-2])(?!\d))"
        r"|(?P<pair>\d\d?/\d\d?(?![\d/]))"
        r"|(?P<clock>\d\d?:\d\d(?::\d\d)?(?![\d:]))"
        r"|(?P<decade>['’]?\d{1,3}0['’]?[sS]\b)"
        r"|(?P<compact>\d{1,4}[smdwySMDWY](?![^\W_]))"
        r"|(?P<ordinal>\d{1,4}(?:[sS][tT]|[nN][dD]|[rR][dD]|[tT][hH])\b)"
        r"|(?P<grouped>\d{1,3}(?:,\d{3})+(?!\d))"
        r"|(?P<decimal>\d++\.\d++)"
        r"|(?P<short_year>['’]\d\d(?!\d))"
        r"|(?P<number>\d++)"
        r"|(?P<mark>\S)"
    )


def tokens(text: str, language: Language, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of the text between two characters, in order."""
    known = language.entries
    for match in _pattern().finditer(text, start, len(text) if end is None else end):
        low, high = match.span()
        raw = match.group()
        form = match.lastgroup
        if form == "word":
            word = raw.lower()
            if word in known or "'" in word or "’" in word:
                yield _word(raw, low, high, language)
            else:
                yield Token(low, high, word, ())
        elif form == "mark" or form is None:
            mark = _MARKS.get(raw, raw)
            yield Token(low, high, mark, known.get(mark, ()))
        else:
            yield Token(low, high, raw, _digits(form, raw, language))


_MARKS = {"–": "-", "—": "-", "−": "-", "@": "at", "&": "and"}


def _word(raw: str, start: int, end: int, language: Language) -> Token:
    if raw[-1] in "'’":
        raw, end = raw[:-1], end - 1
    word = raw.lower()
    owner = ""
    if "'" in word or "’" in word:
        word = word.replace("’", "'")
        owner = word[:-2] if word.endswith("'s") else ""
        word = word.replace("'", "")
    entries = language.entries.get(word, ())
    if owner:
        entries = (*(e for e in entries if e.meaning is None), *language.entries.get(owner, ()))
        word = word if word in language.entries else owner
    if entries and raw[0].islower() and word in language.everyday:
        entries = tuple(Entry(c, m, EVERYDAY if m is not None else w) for c, m, w in entries)
    return Token(start, end, word, entries)


def _digits(form: str, raw: str, language: Language) -> tuple[Entry, ...]:
    if form == "number":
        return _number(raw) if len(raw) <= DIGITS_MAX else ()
    if form == "grouped":
        return ()
    read: Callable[[str, bool], list[tuple[str, object, int]]] = DIGIT_FORMS[form]
    try:
        return tuple(Entry(*found) for found in read(raw, language.month_first))
    except ValueError:
        return ()


@remembered(512)
def _number(raw: str) -> tuple[Entry, ...]:
    value = int(raw)
    found = [Entry("int", value, STRONG)]
    if len(raw) == 4:
        if 1000 <= value < 3000:
            found.append(Entry("yr4", value, WEAK))
        elif value > 9000:
            found.append(Entry("yr4", value, EVERYDAY))
        if value // 100 < 24 and value % 100 < 60:
            found.append(Entry("military", (value // 100, value % 100, 0, True), STRONG))
    elif len(raw) == 2:
        found.append(Entry("year_2", value, STRONG))
        if value < 60:
            found.append(Entry("minute_2", value, STRONG))
    return tuple(found)
