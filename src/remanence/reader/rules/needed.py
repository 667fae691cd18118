"""Words without one of which a pattern matches nothing: asked before it is tried, since looking costs little.

They are read off the pattern itself, as RE2's FilteredRE2 does for substrings, so no list of them is kept
beside the tables. Asked by whatever searches a whole text or sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_
from threading import Lock

from remanence.reader.remembered import remembered
from remanence.reader.rules.needed_words import clauses_of
from remanence.reader.rules.pattern_tree import SIGN_BEYOND, Node, Trees, stand_in

_PARTED = str.maketrans({
    **{chr(code): " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")},
    SIGN_BEYOND: f" {SIGN_BEYOND} ",
})  # fmt: skip
_NO_LETTERS = re.compile(r"\\.|\(\?P[<=>]\w*")  # escapes and the names of groups
_CAPITAL = re.compile(r"[A-Z]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@remembered(64)  # of a sentence several ask
def words_of(text: str) -> frozenset[str]:
    """The words of a text in small letters, parted at apostrophes, and each two that follow each other.

    What is not in ASCII is there as its stand-in.

    >>> sorted(words_of("Don't!"))
    ['don', 'don t', 't']
    """
    if text.isascii():
        found = every = text.lower().translate(_PARTED).split()
    else:
        every = (
            _NOT_ASCII.sub(lambda character: stand_in(character[0]), text).lower().translate(_PARTED).split()
        )
        found = [word for word in every if word != SIGN_BEYOND]
    return frozenset(every).union(map(" ".join, pairwise(found)))


def longest_word(text: str) -> str:
    """The longest of the words of a text."""
    return max((word for word in words_of(text) if " " not in word), key=len)


class _Any:
    """One of several sets of words."""

    def __init__(self, sets: Iterable[frozenset[str]]) -> None:
        others: dict[str, list[frozenset[str]]] = {}
        for words in sets:
            longest = max(words, key=len)
            others.setdefault(longest, []).append(words - {longest})
        self.words = frozenset(others)  # of each set its longest
        self.others = {word: rest for word, rest in others.items() if all(rest)}  # of those never alone

    def stands_in(self, words: frozenset[str]) -> bool:
        """Whether a text of these words holds one of the sets."""
        for word in self.words & words:
            others = self.others.get(word)
            if others is None or any(map(words.issuperset, others)):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Needed:
    """What a text must hold for a pattern to match in it: of each clause all words of one of its sets."""

    clauses: Sequence[_Any]

    def stands_in(self, words: frozenset[str]) -> bool:
        """Whether a text of these words holds it."""
        return all(clause.stands_in(words) for clause in self.clauses)


class Spoken:
    """Which of many patterns a text may hold, by its words: looked up by those, not pattern by pattern."""

    def __init__(self, needed_of: Callable[[int], Needed | None]) -> None:
        self._needed_of = needed_of
        self._needed: dict[int, Needed] = {}
        self._by_word: dict[str, int] = {}  # as bits: those that a word may announce
        self._free = self._known = 0  # those that need no word, and those of which it is known
        self._learning = Lock()
        self._announced = remembered(1)(self._announce)  # one text is asked of at many places

    def among(self, bits: int, words: frozenset[str]) -> list[int]:
        """The numbers, of these bits and in order, of patterns that may match in a text of these words."""
        if bits & ~self._known:
            self._learn(bits)
        announced = self._announced(words, self._known)
        return [number for number in bits_of(bits & announced) if self._stands(number, words)]

    def _announce(self, words: frozenset[str], known: int) -> int:
        """Those of the `known` that words announce, and more that were learnt since."""
        return reduce(or_, filter(None, map(self._by_word.get, words)), self._free)

    def _stands(self, number: int, words: frozenset[str]) -> bool:
        needed = self._needed.get(number)
        return needed is None or needed.stands_in(words)

    def _learn(self, bits: int) -> None:
        with self._learning:
            for number in bits_of(bits & ~self._known):
                needed = self._needed_of(number)
                if needed is None:
                    self._free |= 1 << number
                    continue
                self._needed[number] = needed
                for word in needed.clauses[0].words:
                    self._by_word[word] = self._by_word.get(word, 0) | 1 << number
            self._known |= bits  # last: whoever reads it reads the others as they are now


def bits_of(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def search(pattern: re.Pattern[str], text: str, words: frozenset[str]) -> re.Match[str] | None:
    """As `pattern.search(text)`; `words` are those of the text, or of one that holds it."""
    needed = needed_by(pattern.pattern)  # a text keeps its hash, a compiled pattern does not
    return None if needed is not None and not needed.stands_in(words) else pattern.search(text)


def holds(pattern: re.Pattern[str], text: str, words: frozenset[str]) -> bool:
    """Whether the pattern is found in the text; `words` are as in `search`."""
    needed = needed_by(pattern.pattern)
    return (needed is None or needed.stands_in(words)) and occurs(pattern, text)


def occurs(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the pattern is found in the text; a pattern of small letters is sought in small letters.

    Where case counts, an alternative is ruled out by its first letter; where it does not, each is tried.
    """
    small = _in_small_letters(pattern.pattern, pattern.flags)
    return (pattern.search(text) if small is None else small.search(_small(text))) is not None


def matched(pattern: re.Pattern[str], text: str, begin: int = 0) -> re.Match[str] | None:
    """As `pattern.match(text, begin)`, of a match whose places are enough: its words may be small."""
    small = _in_small_letters(pattern.pattern, pattern.flags) if text.isascii() else None
    return pattern.match(text, begin) if small is None else small.match(text.lower(), begin)


def _small(text: str) -> str:
    """The text in small letters, with those of ASCII for the few that are equal to them where case is not."""
    small = text.lower()
    return small if small.isascii() else small.replace("ſ", "s").replace("ı", "i")


@lru_cache(maxsize=2_000)
def _in_small_letters(pattern: str, flags: int) -> re.Pattern[str] | None:
    """The pattern for texts in small letters; None where it tells letters apart by case."""
    told_apart = "(?-i:" in pattern or _CAPITAL.search(_NO_LETTERS.sub("", pattern)) is not None
    return None if told_apart else re.compile(pattern, flags & ~re.IGNORECASE)


@lru_cache(maxsize=2_000)
def needed_by(pattern: str) -> Needed | None:
    """What every text holds in which the pattern matches; None where there is nothing.

    >>> needed_by(r"\\b(?:just kidding|jk)\\b").stands_in(words_of("Kidding!"))
    False
    """
    return needed_by_tree(Trees({}).of(pattern))


def needed_by_tree(tree: Node, *, begins: bool = False) -> Needed | None:
    """As `needed_by`, of a pattern that was read into its tree already; `begins` where a word does."""
    clauses = clauses_of(tree, begins=begins)
    return Needed(tuple(map(_Any, clauses))) if clauses else None
