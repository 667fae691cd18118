"""Finds the time expressions of a text and resolves each against the moment it was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, NamedTuple

from remanence.model.interval import Interval
from remanence.reader.times.chart import Chart, Reading
from remanence.reader.times.foreign import ForeignDate, find_foreign
from remanence.reader.times.lexer import Token, tokens
from remanence.reader.times.mention import TimeMention
from remanence.reader.times.settle import Settled, leaves_choice, settle
from remanence.reader.times.tables import Language
from remanence.reader.times.tense import looks_back
from remanence.reader.times.values import Scene

RUN_TOKENS_MAX = 24  # the longest expression read as one; a run of more is cut
WINDOW_CHARS = 200  # read around a word of time; a run of RUN_TOKENS_MAX is rarely half as long
WORD_CHARS_MAX = 60  # what is longer without a blank is cut
MENTIONS_MAX = 256  # of one text; what has more is a table, and its later rows are left unread
RUNS_MAX = 500  # of words that may be a time, read in one text: the same, where few of them are
_DIGITS = frozenset("0123456789")
_NUMBERS_MAX = 6  # in a row without a word of time: more is data, not a date
Prefer = Literal["past", "future"]


class Found(NamedTuple):
    """A reading with its place in the text."""

    start: int
    end: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of speaking, and the zone whose calendar the words follow."""

    said_at: datetime
    tz: tzinfo

    def scene(self) -> Scene:
        """The moment on the local clock; the last local moment there is, beyond the year 9999."""
        try:
            return Scene(self.said_at.astimezone(self.tz).replace(tzinfo=None))
        except (OverflowError, ValueError):
            return Scene(self.said_at.replace(tzinfo=None))


@lru_cache(maxsize=1)
def _word_pattern() -> re.Pattern[str]:
    return re.compile(r"[^\W\d_]+|\d")


@lru_cache(maxsize=1)
def _joined_pattern() -> re.Pattern[str]:
    return re.compile(r"([^\W\d_]+)['\u2019]([^\W\d_]+)")


def may_hold_time(text: str, language: Language) -> bool:
    """Whether a word or digit of the text could belong to a time expression: the cheap first look."""
    lowered = text.lower()
    words = _word_pattern().findall(lowered)
    if not language.anchors.isdisjoint(words) or not _DIGITS.isdisjoint(words):
        return True
    if "'" not in lowered and "\u2019" not in lowered:
        return False
    joined = (match[1] + match[2] for match in _joined_pattern().finditer(lowered))  # "o'clock"
    return not language.anchors.isdisjoint(joined)


def find(text: str, moment: Moment, prefer: Prefer | None, language: Language) -> tuple[TimeMention, ...]:
    """The mentions of the text, in order, none overlapping another."""
    if not may_hold_time(text, language):
        return ()
    scene = moment.scene()
    mentions: list[TimeMention] = []
    for found in _with_foreign(text, list(_found(text, scene, language, weak_max=0))):
        meant = found.reading.meaning
        past: bool | None = None if prefer is None else prefer == "past"
        if prefer is None and leaves_choice(meant):
            past = looks_back(text, found.start, found.end, language)
        mention = _mention(text, found, scene, moment.tz, past)
        if mention is not None:
            mentions.append(mention)
            if len(mentions) >= MENTIONS_MAX:
                break
    return tuple(mentions)


def readings(
    expression: str, moment: Moment, prefer: Prefer | None, language: Language
) -> tuple[TimeMention, ...]:
    """All readings of a text that is one expression: of what covers most of it, preferred direction first."""
    scene = moment.scene()
    found = _with_foreign(expression, list(_found(expression, scene, language, weak_max=2)))
    if not found:
        return ()
    best = max(found, key=lambda one: one.end - one.start)
    first = looks_back(expression, best.start, best.end, language) if prefer is None else prefer == "past"
    results: list[TimeMention] = []
    for past in (first, True, False):
        mention = _mention(expression, best, scene, moment.tz, past)
        if mention is not None and mention not in results:
            results.append(mention)
    return tuple(results)


def _with_foreign(text: str, found: list[Found]) -> list[Found]:
    """Ours and, where they overlap none of ours or reach beyond it, the dates of other languages."""
    foreign = [
        Found(date.start, date.end, Reading(date.meaning, 0, 0))
        for date in find_foreign(text)
        if all(one.end <= date.start or date.end <= one.start or _within(one, date) for one in found)
    ]
    if not foreign:
        return found
    kept = [one for one in found if not any(_within(one, date) for date in foreign)]
    return sorted([*kept, *foreign], key=lambda one: one.start)


def _within(one: Found, date: ForeignDate | Found) -> bool:
    return date.start <= one.start and one.end <= date.end and one.end - one.start < date.end - date.start


def _found(text: str, scene: Scene, language: Language, *, weak_max: int) -> Iterator[Found]:
    runs_left = RUNS_MAX
    for low, high in _windows(text, language) if weak_max == 0 else [(0, len(text))]:
        for run, follower in _runs(text, low, high, language):
            if weak_max == 0 and not _anchored(run, language):
                continue
            yield from _read_run(text, run, follower, scene, language, weak_max)
            runs_left -= 1
            if not runs_left:
                return


def _windows(text: str, language: Language) -> Iterator[tuple[int, int]]:
    """The parts of a long text around words and digits of time, cut where a blank is."""
    if len(text) <= WINDOW_CHARS:
        yield 0, len(text)
        return
    low = high = 0
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose small form is longer
        lowered = text
    for match in _word_pattern().finditer(lowered):
        word = match.group()
        if match.end() + WINDOW_CHARS // 4 < high or (
            word not in language.anchors and not "0" <= word <= "9"
        ):
            continue
        if match.start() - WINDOW_CHARS > high:
            if high:
                yield low, high
            low = _blank_near(text, match.start() - WINDOW_CHARS // 2, -1)
        high = max(high, _blank_near(text, match.end() + WINDOW_CHARS // 2, 1))
    if high:
        yield low, high


def _blank_near(text: str, position: int, step: int) -> int:
    """The end of the text, or the first blank from there on (or back), but no further than a long word."""
    for place in range(position, position + step * WORD_CHARS_MAX, step):
        if not 0 < place < len(text):
            break
        if text[place].isspace():
            return place
    return min(max(position, 0), len(text))


def _runs(text: str, low: int, high: int, language: Language) -> Iterator[tuple[list[Token], Token | None]]:
    """Stretches of tokens that all belong to the language of time, each with the token after it."""
    run: list[Token] = []
    for token in tokens(text, language, low, high):
        if token.word == "." and run and run[-1].word in language.abbreviated and run[-1].end == token.start:
            continue
        if token.entries and len(run) < RUN_TOKENS_MAX:
            run.append(token)
            continue
        if run:
            yield run, token
        run = [token] if token.entries else []
    if run:
        yield run, None


def _anchored(run: list[Token], language: Language) -> bool:
    numbers = 0
    for token in run:
        if token.word in language.anchors:
            return True
        if token.word[0] in "0123456789'’":
            if any(entry.category != "int" for entry in token.entries):
                return True
            numbers += 1
    return 0 < numbers <= _NUMBERS_MAX


def _read_run(
    text: str, run: list[Token], follower: Token | None, scene: Scene, language: Language, weak_max: int
) -> Iterator[Found]:
    last = follower is None or _ends_phrase(follower, language)
    phrase_ends = [True, *(_ends_phrase(token, language) for token in run[1:]), last]
    chart = Chart(language.grammar, scene, phrase_ends)
    for position, token in enumerate(run):
        chart.take(position, token.entries)
    taken = 0
    for (start, end), reading in sorted(chart.found.items(), key=lambda item: (item[0][0], -item[0][1])):
        if start < taken or reading.weak > weak_max:
            continue
        low, high = run[start].start, run[end - 1].end
        if _stands_alone(text, low, high):
            taken = end
            yield Found(low, high, reading)


def _ends_phrase(token: Token, language: Language) -> bool:
    return (not token.word[0].isalnum() and token.word not in "%°") or token.word in language.closers


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    behind = text[end] if end < len(text) else " "
    return not (before.isalnum() or before in "_$£€#" or behind.isalnum() or behind in "_%°")


def _mention(text: str, found: Found, scene: Scene, tz: tzinfo, past: bool | None) -> TimeMention | None:
    try:
        settled = settle(found.reading.meaning, scene, past=past)
        if settled is None:
            return None
        interval = _interval(settled, settled.zone or tz)
        at = settled.at.replace(tzinfo=settled.zone or tz).astimezone(UTC)
        last = (
            None if settled.last is None else settled.last.replace(tzinfo=settled.zone or tz).astimezone(UTC)
        )
    except (OverflowError, ValueError):
        return None  # outside the years 1 to 9999
    return TimeMention(
        text[found.start : found.end], found.start, found.end, interval, settled.grain, settled.kind, at, last
    )


def _interval(settled: Settled, tz: tzinfo) -> Interval:
    start = None if settled.start is None else settled.start.replace(tzinfo=tz).astimezone(UTC)
    end = None
    if settled.end is not None and settled.end != datetime.max:
        try:
            end = settled.end.replace(tzinfo=tz).astimezone(UTC)
        except OverflowError:
            end = None
    if start is not None and end is not None and end <= start:  # in an hour that the clocks leap over
        assert settled.start is not None
        assert settled.end is not None
        end = start + max(settled.end - settled.start, timedelta(microseconds=1))
    return Interval(start, end)


def whole(text: str, moment: Moment, language: Language) -> TimeMention | None:
    """The reading of a text that is one date and nothing else; of several, the last one begun."""
    mentions = readings(text, moment, "past", language)
    if not mentions:
        return None
    best = mentions[0]
    rest = text[: best.start] + text[best.end :]
    return None if rest.strip(" \t\r\n.,;") else best
