"""Text to what the index keeps of it: term ids, a token estimate and a few flags.

A term id is a hash of a stem, so neither index nor file holds a vocabulary, and an erased text
leaves no word behind. Asked by the write path for each text, and by recall for each cue.
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntFlag
from functools import cache
from hashlib import blake2b
from importlib import resources
from operator import itemgetter

from remanence.recall.cues import cues_of
from remanence.recall.manner import manner_of
from remanence.recall.tokens import UNSPACED, estimate_tokens

ANALYSER = "en-snowball-1"  # stored in the cube: terms of another analyser do not match these
CACHED_WORDS_MAX = 65_536  # a cube's everyday vocabulary, some 8 MB
WORD_LENGTH_MAX = 64  # longer "words" are links and blobs: hashed by their first characters, unstemmed
STOPPED = -1

_INDIC = "\u0900-\u0963\u0966-\u0dff"  # vowel signs there are marks, which \w leaves out
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
_WORD = re.compile(rf"[{UNSPACED}]+|(?:(?![{UNSPACED}])(?:[^\W_]|[{_INDIC}]))+(?:'[^\W\d_]+)*")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_STARTSUNSPACED = re.compile(f"[{UNSPACED}]")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_CLOCK_OR_DATE = re.compile(r"\d[:/.-]\d|\d ?(?:am|pm|h|th|st|nd|rd)\b|\b(?:19|20)\d\d\b")
_NAME_INSIDE = re.compile(r"[a-z,] [A-Z][a-z]")


class Flag(IntFlag):
    """What a text has; stored as a bit mask with its terms."""

    QUESTION = 1  # asks something
    TIME = 2  # has a word or number that points at a time
    FIRST_PERSON = 4  # speaks of the speaker
    SECOND_PERSON = 8  # addresses somebody
    NUMBER = 16  # has a digit
    NAME = 32  # has a capitalised word inside a sentence
    CUES = (
        128  # its cues were looked for, by recall/cues.py: those that follow; texts of older cubes lack them
    )
    CHANGE = 256  # something is other than it was
    SUPPOSED = 512  # ... or would be, or was refused
    PASSING = 1024  # ... for a while
    PAST = 2048  # it was so long ago
    ANOTHER = 4096  # it begins with somebody else
    THIRD = 8192  # somebody else comes up in it


MANNER_UNIT = 1 << 14  # above the flags: how it tells what it tells, by recall/manner.py


_QUESTION, _TIME, _FIRST_PERSON, _SECOND_PERSON, _NUMBER, _NAME, _CUES, *_CUE = map(int, Flag)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Term ids in the order of the text as packed uint32, little-endian; stop words left out."""

    terms: bytes
    tokens: int
    flags: int


@dataclass(frozen=True, slots=True)
class WordLists:
    """The analyser's data file, read."""

    stop: frozenset[str]
    time: frozenset[str]
    first_person: frozenset[str]
    second_person: frozenset[str]


@cache
def word_lists() -> WordLists:
    """Read `data/english.toml`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "english.toml").read_text("utf-8"))
    return WordLists(*(frozenset(raw[name].split()) for name in WordLists.__slots__))


@cache
def _stemmer() -> Callable[[str], str]:
    from Stemmer import Stemmer  # type: ignore[import-not-found]  # it ships no hints

    english = Stemmer("english", 0)  # no cache of its own: an erased text leaves no word behind
    stem: Callable[[str], str] = english.stemWord
    return stem


_term_of: dict[str, int] = {}  # word to term id; bounded, and emptied by `drop_caches`


def drop_caches() -> None:
    """Let go of every word seen: after an erasure, no process keeps one."""
    _term_of.clear()


def words(text: str) -> list[str]:
    """The words of a text, in order: lower case, accents folded, runs of a script written without
    spaces left whole."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return _WORD.findall(folded.casefold().replace("\u2019", "'"))


def term_id(word: str) -> int:
    """The term id of one word, or STOPPED; the word as `words` gives it."""
    known = _term_of.get(word)
    if known is None:
        known = STOPPED if word in word_lists().stop else _hash(_stem(word))
        if len(_term_of) >= CACHED_WORDS_MAX:
            _term_of.clear()
        _term_of[word] = known
    return known


def analyse(text: str) -> Analysis:
    """What the index keeps of a text; pure, and the same on every machine.

    >>> analyse("She lived there").terms == analyse("living").terms
    True
    """
    found = words(text)
    terms = array("I", term_ids(found))
    if sys.byteorder == "big":
        terms.byteswap()
    return Analysis(terms.tobytes(), estimate_tokens(text), _flags(text, found))


def term_ids(found: Iterable[str]) -> list[int]:
    """The term ids of words in order, stop words left out; the words as `words` gives them."""
    terms: list[int] = []
    known = _term_of
    for word in found:
        term = known.get(word)
        if term is None:
            if not word.isascii() and _STARTSUNSPACED.match(word):
                terms.extend(map(_hash, _grams(word)))
                continue
            term = term_id(word)
        if term >= 0:
            terms.append(term)
    return terms


def _flags(text: str, found: list[str]) -> int:
    lists = word_lists()
    seen = set(found)
    number = any(map(str.isdigit, map(itemgetter(0), seen)))
    flags = 0  # plain ints: an IntFlag's own "or" takes longer than all the looking
    if "?" in text or "？" in text:
        flags |= _QUESTION
    if not lists.time.isdisjoint(seen) or (number and _CLOCK_OR_DATE.search(text)):
        flags |= _TIME
    if not lists.first_person.isdisjoint(seen):
        flags |= _FIRST_PERSON
    if not lists.second_person.isdisjoint(seen):
        flags |= _SECOND_PERSON
    if number:
        flags |= _NUMBER
    if _NAME_INSIDE.search(text):
        flags |= _NAME
    for flag, stands in zip(_CUE, cues_of(text, found), strict=True):
        flags |= stands * flag
    return flags | _CUES | manner_of(found) * MANNER_UNIT


def _grams(run: str) -> list[str]:
    """Pairs of neighbouring characters, and each Chinese character: one alone can be a word."""
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)] + _HAN.findall(run)


def _stem(word: str) -> str:
    if len(word) > WORD_LENGTH_MAX:
        return word[:WORD_LENGTH_MAX]
    return _stemmer()(word)


def _hash(stem: str) -> int:
    digest = blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little")
