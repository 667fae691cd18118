"""Counts word sequences in two bodies of text at once, as arrays: fifty thousand utterances in seconds.

Sequences grow word by word, and only those that are frequent enough in the first body grow further: a
sequence is never more frequent than its parts (Agrawal & Srikant 1994, "Fast algorithms for mining
association rules").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints: TypeAlias = npt.NDArray[np.int64]

# The number of an utterance, and one of its sentences: words, clause by clause.
Segments = Sequence[tuple[int, Sequence[Sequence[str]]]]


@dataclass(frozen=True, slots=True)
class Counted:
    """One sequence: its words, how often both bodies hold it, and where in the first.

    `opening` counts the uses that begin an utterance, `apart` those that are whole clauses.
    """

    words: tuple[str, ...]
    count: int
    others: int
    places: tuple[int, ...]  # utterance numbers in the first body, in order, one for each occurrence
    opening: int
    apart: int


@dataclass(frozen=True, slots=True)
class _Stream:
    tokens: Ints
    utterance: Ints
    left: Ints  # how many words of the sentence stand from here on
    begins: npt.NDArray[np.bool_]  # an utterance
    clause_begins: npt.NDArray[np.bool_]
    clause_ends: npt.NDArray[np.bool_]
    mine: int  # so many tokens are of the first body


def counted(
    mine: Segments, others: Segments, *, longest: int, count_min: int
) -> Iterator[tuple[int, list[Counted]]]:
    """For each length from 1 to `longest`, the sequences that the first body has at least so often."""
    stream, vocabulary = _stream(mine, others)
    places = np.arange(len(stream.tokens))
    names = stream.tokens.copy()  # of the sequence of the present length that begins at each place; -1: none
    for length in range(1, longest + 1):
        if not len(places):
            return
        ours = places < stream.mine
        frequency = np.bincount(names[places[ours]], minlength=int(names.max(initial=0)) + 1)
        frequent = frequency[names[places]] >= count_min
        lost = places[~frequent]
        names[lost] = -1
        places = places[frequent]
        yield length, _listed(stream, places, names, length, vocabulary)
        places, names = _grown(stream, places, names, length)


def _stream(mine: Segments, others: Segments) -> tuple[_Stream, list[str]]:
    known: dict[str, int] = {}
    tokens: list[int] = []
    utterance: list[int] = []
    left: list[int] = []
    begins: list[bool] = []
    clause_begins: list[bool] = []
    clause_ends: list[bool] = []
    ends = []
    for body in (mine, others):
        last = -1
        for number, clauses in body:
            length = sum(map(len, clauses))
            begins += [number != last and place == 0 for place in range(length)]
            left += range(length, 0, -1)
            utterance += [number] * length
            for words in clauses:
                tokens += [known.setdefault(word, len(known)) for word in words]
                clause_begins += [place == 0 for place in range(len(words))]
                clause_ends += [place == len(words) - 1 for place in range(len(words))]
            last = number
        ends.append(len(tokens))
    return _Stream(
        tokens=np.array(tokens, dtype=np.int64),
        utterance=np.array(utterance, dtype=np.int64),
        left=np.array(left, dtype=np.int64),
        begins=np.array(begins, dtype=bool),
        clause_begins=np.array(clause_begins, dtype=bool),
        clause_ends=np.array(clause_ends, dtype=bool),
        mine=ends[0],
    ), list(known)


def _grown(stream: _Stream, places: Ints, names: Ints, length: int) -> tuple[Ints, Ints]:
    """The places where a sequence one word longer may begin, and its name at each."""
    keep = stream.left[places] > length
    places = places[keep]
    places = places[names[places + 1] >= 0]
    pair = names[places] * (int(names.max(initial=0)) + 1) + names[places + 1]
    _, fresh = np.unique(pair, return_inverse=True)
    grown = np.full(len(names), -1, dtype=np.int64)
    grown[places] = fresh
    return places, grown


def _listed(
    stream: _Stream, places: Ints, names: Ints, length: int, vocabulary: Sequence[str]
) -> list[Counted]:
    """Each sequence once, with its places."""
    ours = places[places < stream.mine]
    theirs = places[places >= stream.mine]
    if not len(ours):
        return []
    order = ours[np.argsort(names[ours], kind="stable")]
    kinds, starts, counts = np.unique(names[order], return_index=True, return_counts=True)
    elsewhere = np.bincount(names[theirs], minlength=int(kinds[-1]) + 1) if len(theirs) else None
    found = []
    for kind, start, count in zip(kinds.tolist(), starts.tolist(), counts.tolist(), strict=True):
        at = order[start : start + count]
        first = int(at[0])
        found.append(
            Counted(
                words=tuple(vocabulary[token] for token in stream.tokens[first : first + length].tolist()),
                count=count,
                others=0 if elsewhere is None else int(elsewhere[kind]),
                places=tuple(stream.utterance[at].tolist()),
                opening=int(stream.begins[at].sum()),
                apart=int((stream.clause_begins[at] & stream.clause_ends[at + length - 1]).sum()),
            )
        )
    return found
