"""The words that a pattern can't do without, read off its tree.

A small part is written out as the texts that it may match, with gaps for what may be anything; of a large
one each piece is looked at by itself. Asked by `needed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import TypeAlias

from remanence.reader.rules.pattern_tree import EDGE, SIGN_BEYOND, Chars, Choice, Node, Repeat, Sequel

TEXTS_MAX = 200  # of which it is told apart what a part may match; of more, what its own parts need
CLAUSES_MAX = 3  # of what one pattern needs, the most telling first
LETTERS_MAX = 4  # of a class that are told apart
TIMES_MAX = 3  # of a repetition that is written out
Clause: TypeAlias = frozenset[frozenset[str]]  # one of these sets of words
_GAP, _EDGE, _APART = "\0", "\1", " "  # anything or nothing; a word's edge; characters of no word
_ANYTHING = (_GAP,)
_PARTING = frozenset((_APART, _EDGE, SIGN_BEYOND))
_MAYBE_PARTED = ("", _GAP + _EDGE)  # nothing, or what ends where a word does
_BESIDE = f"[{_APART}{_EDGE}{SIGN_BEYOND}]"
_WHOLE_WORD = re.compile(f"(?<={_BESIDE})[^{_APART}{_EDGE}{SIGN_BEYOND}{_GAP}]+(?={_BESIDE})|{SIGN_BEYOND}")
_BETWEEN = re.compile(f"{_BESIDE}+")
_GAPS = re.compile(f"{_GAP}{{2,}}")


def clauses_of(tree: Node, *, begins: bool) -> Sequence[Clause]:
    """What every text holds in which the pattern matches: all clauses; `begins` where a word does."""
    return sorted(_clauses(tree, _EDGE if begins else _GAP, _GAP), key=_likelihood)[:CLAUSES_MAX]


def _likelihood(clause: Clause) -> float:
    """How likely it is that a text holds it, by the letters of its words."""
    return sum(0.5 ** sum(map(len, words)) for words in clause)


def _clauses(node: Node, before: str, after: str) -> list[Clause]:
    """Clauses each of which is needed, of a part that stands between these."""
    texts = _texts(node)
    if texts is not None:
        sets = frozenset(_words(before + text + after) for text in texts)
        return [sets] if all(sets) else []
    if isinstance(node, Choice):
        found = [
            min(_clauses(branch, before, after), key=_likelihood, default=None) for branch in node.branches
        ]
        return [] if None in found else [frozenset().union(*(clause for clause in found if clause))]
    if isinstance(node, Repeat):
        return _clauses(node.part, before, after if node.most == 1 else _GAP)
    assert isinstance(node, Sequel), node
    return _clauses_in_turn(node, before, after)


def _clauses_in_turn(node: Sequel, before: str, after: str) -> list[Clause]:
    """Those of stretches that are short enough to be told apart, and of the parts between them."""
    every: list[Clause] = []
    texts: tuple[str, ...] = (before,)
    parts = [part for part in node.parts if _texts(part) != ("",)]  # as what looks ahead is
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        of_part = _texts(part)
        together = None if of_part is None else _put_together(texts, of_part)
        if together is not None:
            texts = together
            continue
        parted = all(text[-1] in _PARTING for text in texts)
        sets = frozenset(_words(text + _EDGE * _is_parted(part, 0)) for text in texts)
        every += [sets] if all(sets) else []
        before = _EDGE if parted else _GAP
        if of_part is None:
            ends = after if following is None else _EDGE if _is_parted(following, 0) else _GAP
            every += _clauses(part, before, ends)
            texts = (_EDGE if _is_parted(part, -1) else _GAP,)
        else:
            texts = tuple(before + text for text in of_part)
    sets = frozenset(_words(text + after) for text in texts)
    return [*every, sets] if all(sets) else every


def _is_parted(node: Node, place: int) -> bool:
    """Whether a part begins, or ends, with what is of no word."""
    texts = _texts(node)
    if texts is not None:
        return all(text and text[place] in _PARTING for text in texts)
    if isinstance(node, Choice):
        return all(_is_parted(branch, place) for branch in node.branches)
    if isinstance(node, Sequel):
        return _is_parted(node.parts[place], place)
    return isinstance(node, Repeat) and _is_parted(node.part, place)


def _words(text: str) -> frozenset[str]:
    """The whole words of what a pattern may match; of those that follow each other, each two."""
    return frozenset(word for run in _runs(text) for word in _pairs(run))


def _runs(text: str) -> Iterator[list[str]]:
    """The whole words of what a pattern may match, those together that follow each other."""
    run: list[str] = []
    end = 0
    for word in _WHOLE_WORD.finditer(text):
        if word[0] == SIGN_BEYOND:
            yield [SIGN_BEYOND]
            continue
        if run and _BETWEEN.fullmatch(text, end, word.start()) is None:
            yield run
            run = []
        run.append(word[0])
        end = word.end()
    if run:
        yield run


def _pairs(run: Sequence[str]) -> Sequence[str]:
    return run if len(run) == 1 else [*map(" ".join, pairwise(run))]


@lru_cache(maxsize=4_000)  # words that many patterns are made of are one tree
def _texts(node: Node) -> tuple[str, ...] | None:
    """What a part may match, written with gaps and edges: each match fits one of them; None of too many."""
    if node is EDGE:
        return (_EDGE,)
    if isinstance(node, Chars):
        return _characters(node.characters)
    if isinstance(node, Repeat):
        return _repeated(node)
    found: tuple[str, ...] | None = ("",)
    if isinstance(node, Choice):
        every = [_texts(branch) for branch in node.branches]
        found = tuple(dict.fromkeys(text for texts in every for text in texts or ()))
        return None if None in every or len(found) > TEXTS_MAX else found
    assert isinstance(node, Sequel), node
    for part in node.parts:
        texts = _texts(part)
        found = None if texts is None or found is None else _put_together(found, texts)
    return found


def _characters(characters: frozenset[str]) -> tuple[str, ...]:
    letters = sorted({one.lower() for one in characters if _is_of_word(one)})
    if len(letters) > LETTERS_MAX:
        return _ANYTHING
    if characters == {SIGN_BEYOND}:
        return (SIGN_BEYOND,)
    return (*letters, *((_APART,) if len({one.lower() for one in characters}) > len(letters) else ()))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _repeated(node: Repeat) -> tuple[str, ...] | None:
    part = _texts(node.part)
    apart = part == (_APART,)
    if node.least == 0 and part is not None and (apart or node.most == 1):
        return tuple(dict.fromkeys(("", *part)))
    if apart:
        return part
    begins, ends = (_is_parted(node.part, place) for place in (0, -1))
    more = ("", f"{_EDGE * begins}{_GAP}{_EDGE * ends}") if begins or ends else _ANYTHING
    if node.least == 0:
        return more
    if part is None or node.least != node.most or node.least > TIMES_MAX:
        return None if part is None else _put_together(part, more)
    found: tuple[str, ...] | None = part
    for _ in range(node.least - 1):
        found = None if found is None else _put_together(found, part)
    return found


def _put_together(texts: tuple[str, ...], part: tuple[str, ...]) -> tuple[str, ...] | None:
    """Each text with the part after it; None where that is too many."""
    if part == _MAYBE_PARTED and all(text[-1:] in _PARTING for text in texts):
        part = part[-1:]  # what follows begins a word either way
    if len(texts) * len(part) > TEXTS_MAX:
        return None
    return tuple({_GAPS.sub(_GAP, first + then): None for first, then in product(texts, part)})
