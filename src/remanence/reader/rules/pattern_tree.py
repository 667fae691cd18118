"""A pattern of the tables as a tree of what its characters may be.

Coarser than the pattern, never finer: what looks ahead or behind is left out, so that whatever the pattern
matches the tree matches too. Asked by `first_look` and `needed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

ASCII = "".join(map(chr, range(128)))
LETTER_BEYOND, SIGN_BEYOND = "\xaa", "\x81"  # stand for what is not in ASCII: of a word, and of none
BEYOND = LETTER_BEYOND + SIGN_BEYOND
_LIKE_ASCII = {"ſ": "s", "\u212a": "k", "ı": "i", "İ": "i"}  # where case does not count
_MACRO = re.compile(r"\{(\w+)\}")
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_GROUP = re.compile(r"\(\?(?:P<\w+>|([a-zA-Z]*)(?:-([a-zA-Z]+))?:|>)")
_AROUND = re.compile(r"\(\?(?:<?[=!])")
_CONDITION = re.compile(r"\(\?\(\w+\)")
_FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")
_CODED = {"x": 2, "u": 4, "U": 8}  # escapes of a character's number, and their digits
_PLACE = 0xE100  # characters from here on stand for words that are trees already
DEPTH_MAX = 8  # words are made of words, a few deep


@dataclass(frozen=True, slots=True, eq=False)
class Chars:
    """One of these characters."""

    characters: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Sequel:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Any of these."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """The part so many times; without end where `most` is None."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = Chars | Sequel | Choice | Repeat

_NOTHING = Sequel(())
EDGE = Sequel(())  # nothing, where a word, a line or the text begins or ends
_ANY = Chars(frozenset(ASCII + BEYOND))


def stand_in(character: str) -> str:
    """The character by which a tree knows this one."""
    if character.isascii():
        return character
    return _LIKE_ASCII.get(character) or (LETTER_BEYOND if character.isalnum() else SIGN_BEYOND)


class Trees:
    """The trees of patterns that are made of the same words; a word that is one group is read once."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words
        self._of_words: dict[str, Node] = {}

    def of(self, text: str) -> Node:
        """The tree of a pattern as the tables have it, with words to be put in place."""
        held: list[Node] = []

        def put(macro: re.Match[str]) -> str:
            name = macro[1]
            if name.rstrip("0123456789") == "phrase":
                return ".+"
            word = self._words.get(name)
            if word is None:
                return macro[0]  # {2} and the like
            if not _is_group(word):
                return word
            if name not in self._of_words:
                self._of_words[name] = self.of(word)
            held.append(self._of_words[name])
            return chr(_PLACE + len(held) - 1)

        for _ in range(DEPTH_MAX):
            text = _MACRO.sub(put, text)
        return _Reader(text.replace(" ?", r"\s*").replace(" ", r"\s+"), held).read()


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str, held: list[Node]) -> None:
        self._text = text
        self._held = held
        self._at = 0

    def read(self) -> Node:
        node = self._choice(folds=True)
        assert self._at == len(self._text), f"an unread rest of {self._text!r}"
        return node

    def _choice(self, *, folds: bool) -> Node:
        branches = [self._sequel(folds=folds)]
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            branches.append(self._sequel(folds=folds))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequel(self, *, folds: bool) -> Node:
        parts = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._counted(self._single(folds=folds)))
        return parts[0] if len(parts) == 1 else Sequel(tuple(parts))

    def _counted(self, node: Node) -> Node:
        while self._at < len(self._text):
            sign = self._text[self._at]
            count = _COUNT.match(self._text, self._at) if sign == "{" else None
            if sign in "?*+":
                self._at += 1
                node = Repeat(node, int(sign == "+"), 1 if sign == "?" else None)
            elif count is not None and (count[1] or count[3]):
                self._at = count.end()
                least = int(count[1] or 0)
                node = Repeat(node, least, least if not count[2] else int(count[3]) if count[3] else None)
            else:
                break
            if self._text[self._at : self._at + 1] in ("?", "+"):  # lazy, or for good
                self._at += 1
        return node

    def _single(self, *, folds: bool) -> Node:
        character = self._text[self._at]
        if character == "(":
            return self._group(folds=folds)
        if character == "[":
            return self._class(folds=folds)
        self._at += 1
        if character == "\\":
            return self._escaped(folds=folds)
        if character in "^$":
            return EDGE
        if character == ".":
            return _ANY
        if _PLACE <= ord(character) < _PLACE + len(self._held):
            return self._held[ord(character) - _PLACE]
        return _literal(character, folds)

    def _escaped(self, *, folds: bool) -> Node:
        sign = self._text[self._at]
        self._at += 1
        if sign in _CODED:
            return _literal(self._of_code(sign), folds)
        if sign in "bAZ":
            return EDGE
        if sign == "B":
            return _NOTHING
        if sign.isdigit():  # what a group matched
            return Repeat(_ANY, 0, None)
        found = _of_escape(sign)
        return _literal(sign, folds) if found is None else Chars(found)

    def _of_code(self, sign: str) -> str:
        """The character whose number follows in hexadecimal digits."""
        begin, self._at = self._at, self._at + _CODED[sign]
        return chr(int(self._text[begin : self._at], 16))

    def _group(self, *, folds: bool) -> Node:
        flags = _FLAGS.match(self._text, self._at)
        if flags is not None:
            self._at = flags.end()
            return _NOTHING
        condition = _CONDITION.match(self._text, self._at)
        if condition is not None:
            self._at = condition.end()
            either = self._choice(folds=folds)
            self._at += 1
            return either if isinstance(either, Choice) else Choice((either, _NOTHING))
        around = _AROUND.match(self._text, self._at)
        begin = around or _GROUP.match(self._text, self._at)
        assert begin is not None or self._text[self._at + 1] != "?", f"a group unlike others: {self._text!r}"
        self._at = self._at + 1 if begin is None else begin.end()
        if around is None and begin is not None and begin.lastindex is not None:
            folds = (folds or "i" in (begin[1] or "")) and "i" not in (begin[2] or "")
        node = self._choice(folds=folds)
        self._at += 1  # the closing bracket
        return node if around is None else _NOTHING

    def _class(self, *, folds: bool) -> Node:
        begin = self._at + 1
        negated = self._text[begin] == "^"
        self._at = begin + negated
        characters: set[str] = set()
        first = True
        while first or self._text[self._at] != "]":
            first = False
            low = self._member(characters)
            if low is not None and self._text[self._at] == "-" and self._text[self._at + 1] != "]":
                self._at += 1
                high = self._member(characters)
                assert high is not None, self._text
                characters.update(one for one in ASCII + BEYOND if low <= one <= high)
        self._at += 1
        if negated:  # of a letter in both cases one may be meant
            left = (one for one in ASCII if one not in characters or one.swapcase() not in characters)
            return Chars(frozenset((*left, *BEYOND)))
        return Chars(_folded(frozenset(characters)) if folds else frozenset(characters))

    def _member(self, characters: set[str]) -> str | None:
        """The character that stands there in a class; None for a class within, which is taken in."""
        character = self._text[self._at]
        self._at += 1
        if character == "\\":
            character = self._text[self._at]
            self._at += 1
            inner = _of_escape(character)
            if character in _CODED:
                character = self._of_code(character)
            elif inner is not None:
                characters |= inner
                return None
        characters.add(stand_in(character))
        return character


def _is_group(text: str) -> bool:
    """Whether a pattern is one group from its first character to its last."""
    if not text.startswith("("):
        return False
    depth, within, at = 0, False, 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif within:
            within = character != "]"
        elif character == "[":
            within = True
            at += text[at + 1 : at + 3] == "^]" or text[at + 1 : at + 2] == "]"
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return at == len(text) - 1
        at += 1
    return False


@lru_cache(maxsize=512)
def _literal(character: str, folds: bool) -> Chars:
    plain = frozenset(stand_in(character))
    return Chars(_folded(plain) if folds else plain)


def _folded(characters: frozenset[str]) -> frozenset[str]:
    """With letters of either case."""
    return frozenset(case for one in characters for case in (one, one.lower(), one.upper()) if len(case) == 1)


@lru_cache(maxsize=64)
def _of_escape(sign: str) -> frozenset[str] | None:
    """The characters of an escape that stands for many; None for one that stands for itself."""
    if sign not in "wWdDsS":
        return {"n": frozenset("\n"), "t": frozenset("\t"), "r": frozenset("\r")}.get(sign)
    pattern = re.compile("\\" + sign)
    beyond = {"s": SIGN_BEYOND, "W": SIGN_BEYOND, "w": LETTER_BEYOND, "d": LETTER_BEYOND}.get(sign, BEYOND)
    return frozenset((*(one for one in ASCII if pattern.match(one)), *beyond))
