"""Words without one of which a pattern matches nothing: asked before it is tried, since looking costs little.

They are read off the pattern itself, as RE2's FilteredRE2 does for substrings, so no list of them is kept
beside the tables. Asked by whatever searches a whole text or sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from remanence.reader.rules.pattern_tree import (
    EDGE,
    SIGN_BEYOND,
    Chars,
    Choice,
    Node,
    Repeat,
    Sequel,
    Trees,
    stand_in,
)

TEXTS_MAX = 600  # of which it is told apart what a part may match; of more, the words that they need
LETTERS_MAX = 4  # of a class that are told apart
TIMES_MAX = 3  # of a repetition that is written out
_GAP, _EDGE, _APART = "\0", "\1", " "  # anything or nothing; a word's edge; a character of no word
_ANYTHING = (_GAP,)
_BESIDE = f"[{_APART}{_EDGE}{SIGN_BEYOND}]"
_WHOLE_WORD = re.compile(f"(?<={_BESIDE})[^{_APART}{_EDGE}{SIGN_BEYOND}{_GAP}]+(?={_BESIDE})|{SIGN_BEYOND}")
_WORD = re.compile(rf"\w+|{SIGN_BEYOND}")
_GAPS = re.compile(f"{_GAP}{{2,}}")
_NO_LETTERS = re.compile(r"\\.|\(\?P[<=>]\w*")  # escapes and the names of groups
_CAPITAL = re.compile(r"[A-Z]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def words_of(text: str) -> frozenset[str]:
    """The words of a text in small letters, parted at apostrophes; what is not in ASCII as its stand-in.

    >>> sorted(words_of("Don't!"))
    ['don', 't']
    """
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda character: stand_in(character[0]), text)
    return frozenset(_WORD.findall(text.lower()))


@dataclass(frozen=True, slots=True)
class Needed:
    """What a text must hold for a pattern to match in it: all words of one of several sets."""

    words: frozenset[str]  # of each set its longest
    others: Mapping[str, Sequence[frozenset[str]]]  # the rest of the sets by that one, if it is never alone

    def stands_in(self, words: frozenset[str]) -> bool:
        """Whether a text of these words holds it."""
        for word in self.words & words:
            others = self.others.get(word)
            if others is None or any(map(words.issuperset, others)):
                return True
        return False


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

    >>> sorted(needed_by(r"\\b(?:just kidding|jk)\\b").words)
    ['jk', 'kidding']
    """
    return needed_by_tree(Trees({}).of(pattern))


def needed_by_tree(tree: Node) -> Needed | None:
    """As `needed_by`, of a pattern that was read into its tree already."""
    others: dict[str, list[frozenset[str]]] = {}
    for text in _texts(tree):
        words = _WHOLE_WORD.findall(text)
        if not words:
            return None
        longest = max(words, key=len)
        others.setdefault(longest, []).append(frozenset(words) - {longest})
    return Needed(frozenset(others), {word: rest for word, rest in others.items() if all(rest)})


@lru_cache(maxsize=4_000)  # words that many patterns are made of are one tree
def _texts(node: Node) -> tuple[str, ...]:
    """What a part of a pattern may match, written with gaps and edges: each match fits one of them."""
    if node is EDGE:
        return (_EDGE,)
    if isinstance(node, Chars):
        return _characters(node.characters)
    if isinstance(node, Repeat):
        return _repeated(node)
    if isinstance(node, Choice):
        found = dict.fromkeys(text for branch in node.branches for text in _texts(branch))
        return tuple(found) if len(found) <= TEXTS_MAX else _holding(_words(found))
    assert isinstance(node, Sequel), node
    return _in_turn([_texts(part) for part in node.parts])


def _characters(characters: frozenset[str]) -> tuple[str, ...]:
    letters = sorted({one.lower() for one in characters if _is_of_word(one)})
    if len(letters) > LETTERS_MAX:
        return _ANYTHING
    if characters == {SIGN_BEYOND}:
        return (SIGN_BEYOND,)
    return (*letters, *((_APART,) if len({one.lower() for one in characters}) > len(letters) else ()))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _repeated(node: Repeat) -> tuple[str, ...]:
    part = _texts(node.part)
    apart = part == (_APART,)
    if node.least == 0:
        return tuple(dict.fromkeys(("", *part))) if apart or node.most == 1 else _ANYTHING
    if apart:
        return part
    if node.least == node.most and node.least <= TIMES_MAX:
        return _in_turn([part] * node.least)
    return _in_turn([part, _ANYTHING])


def _in_turn(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """One part after the other; where that is too much, what their most telling stretch needs."""
    texts: tuple[str, ...] = ("",)
    stretches: list[frozenset[str] | None] = []
    for part in parts:
        if len(texts) * len(part) <= TEXTS_MAX:
            texts = tuple({_GAPS.sub(_GAP, first + then): None for first, then in product(texts, part)})
        else:
            stretches.append(_words(texts))
            texts = tuple(_GAP + text for text in part)
    if not stretches:
        return texts
    told = [words for words in (*stretches, _words(texts)) if words is not None]
    return _holding(max(told, key=lambda words: (min(map(len, words)), -len(words)), default=None))


def _holding(words: frozenset[str] | None) -> tuple[str, ...]:
    """Whatever holds one of the words."""
    return _ANYTHING if words is None else tuple(f"{_GAP}{_EDGE}{word}{_EDGE}{_GAP}" for word in words)


def _words(texts: Iterable[str]) -> frozenset[str] | None:
    """Of each text its longest word; None where one has none."""
    found = [max(_WHOLE_WORD.findall(text), key=len, default=None) for text in texts]
    return None if None in found else frozenset(word for word in found if word is not None)
