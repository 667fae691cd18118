"""What is current: of rows that say the same sort of thing of the same subject, the newest comes first.

Similarity can't tell: "my car is a Golf" lies nearer to "what is my car?" than the later "it is a Yaris
now". So a newer row takes the place of the best older one that it says anew; all of them stay. What says it
in other words is found by `recall/successors.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from remanence.recall.analyser import Flag
from remanence.recall.columns import (
    DENIES,
    NO_SLOT,
    NO_SOURCE,
    NONE,
    UTTERANCE,
    Bools,
    Floats,
    Ints,
    RowNumbers,
)
from remanence.recall.index import MemoryIndex
from remanence.recall.manner_shown import shown_by
from remanence.recall.question import Question
from remanence.recall.successors import Said, asks_for_the_latest, chosen_of, shipped_weights, succession
from remanence.recall.turns import source_rows

# By the development sets (docs/benchmarks.md, "What is current"): the widest gates that cost none of them.
LOOKED_AT = 10  # of the best rows; with 30 no more of what is newer was found, among 300 messages either
TWIN_COSINE_MIN = 0.6  # what merely stands side by side seldom lies so near
TWIN_SHARED_MIN = 0.5  # of the shorter one's terms
PAIR_COSINE_MIN = 0.5  # of the first two rows, where the question asks of the present
PAIR_FURTHER_MAX = 0.15  # cosine by which the newer may lie further from the question than the older
AHEAD = 1e-3  # log-odds by which a newer row comes to stand before an older one
_TELLS_NO_VALUE = int(Flag.QUESTION) | DENIES
_BELOW = ~np.tri(LOOKED_AT, dtype=np.bool_)  # bool [n, n]: whether the second stands below the first


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """Of rows, as they were said: of a statement that fills no slot the passage that it was read from."""

    vectors: Floats | None  # as in Sayings
    terms: Sequence[frozenset[int]]
    flags: Ints
    tokens: Ints
    manner: Floats  # float32 [n]: as the embedder judged it in log-odds, 0 where it did not
    heard: Bools  # bool [n]: whether it was said in a conversation, or read from what was


@dataclass(frozen=True, slots=True, eq=False)
class Sayings:
    """Of rows best first, of one index or of several: what tells which of them says another anew.

    Two rows have one `author`, `slot` or `source` where the numbers are alike; NO_SOURCE for none. What few
    questions need is asked for: the `terms` of a row by its place, and how all were `spoken`.
    """

    vectors: Floats | None  # float32 [n, dims] of length 1, zeros for a row without one; None without any
    said: Ints  # int64 [n]: the order in which they were said, from 0
    author: Ints
    slot: Ints
    source: Ints
    states: Bools  # bool [n]: whether it tells a value
    among: int  # how many rows there are in all
    terms: Callable[[int], frozenset[int]]
    spoken: Callable[[], Spoken]


@dataclass(frozen=True, slots=True, eq=False)
class Rises:
    """float32 [n]: by how much each row rises; bool [n]: whether it does so as what is `stated`, since what
    stood before it is only supposed, holds for a while or is somebody else's."""

    by: Floats
    stated: Bools


def gains(index: MemoryIndex, question: Question, rows: RowNumbers, odds: Floats) -> Rises:
    """By how much each row rises to stand before what it says anew; rows are best first.

    A row says another anew if the same author said it later, not in the same breath nor of another slot,
    it lies near, shares most of its terms with it and holds as many of the question's. Where none does,
    and the question asks for the latest, the successor of the first comes before it. Where nothing may
    succeed it, and the question asks of the present, the newer of the first two is enough if it lies about
    as near to it.
    """
    return gains_among(sayings_of(index, rows[:LOOKED_AT]), question, odds)


def sayings_of(index: MemoryIndex, rows: RowNumbers) -> Sayings:
    """What is to be known of rows of one index."""
    columns = index.columns
    author, slot, source = (
        columns.ints(name)[rows].astype(np.int64) for name in ("author", "slot", "source")
    )
    return Sayings(
        vectors=_unit_vectors(index, rows),
        said=np.argsort(np.lexsort((rows, columns.ints("said_at")[rows]))),
        author=author,
        slot=slot,
        source=source,
        states=columns.ints("flags")[rows] & _TELLS_NO_VALUE == 0,
        among=len(index),
        terms=lambda place: frozenset(index.terms_of(int(rows[place]))),
        spoken=cache(lambda: _spoken(index, rows)),
    )


def _spoken(index: MemoryIndex, rows: RowNumbers) -> Spoken:
    passages = passages_of(index, rows)
    flags = index.columns.ints("flags")[passages].astype(np.int64)
    return Spoken(
        vectors=_unit_vectors(index, passages),
        terms=[frozenset(index.terms_of(row)) for row in passages.tolist()],
        flags=flags,
        tokens=index.columns.ints("tokens")[passages].astype(np.int64),
        manner=shown_by(flags),
        heard=_heard(index, rows),
    )


def passages_of(index: MemoryIndex, rows: RowNumbers) -> RowNumbers:
    """For each row, that of the passage it was read from, if it fills no slot; else itself."""
    columns = index.columns
    passage = source_rows(columns, rows)
    read = (columns.ints("slot")[rows] == NO_SLOT) & (passage != NONE) & index.alive[passage]
    return np.where(read, passage, rows).astype(np.int32)


def _heard(index: MemoryIndex, rows: RowNumbers) -> Bools:
    kind, passage = index.columns.ints("kind"), source_rows(index.columns, rows)
    heard: Bools = kind[np.where(passage == NONE, rows, passage)] == UTTERANCE
    return heard


def gains_among(sayings: Sayings, question: Question, odds: Floats) -> Rises:
    """As `gains`: of rows of which the sayings are the first."""
    found, stated = np.zeros(len(odds), np.float32), np.zeros(len(odds), np.bool_)
    if len(sayings.said) < 2:
        return Rises(found, stated)
    later = _says_later(sayings)
    _raise_twins(sayings, later, question, odds, found)
    if not found.any() and not _raise_successor(sayings, question, odds, found, stated):
        _raise_second(sayings, later, question, odds, found)
    return Rises(found, stated)


def _raise_twins(of: Sayings, later: Bools, question: Question, odds: Floats, found: Floats) -> None:
    newer = later & _BELOW[: len(later), : len(later)]
    alike = newer if of.vectors is None else newer & (of.vectors @ of.vectors.T >= TWIN_COSINE_MIN)
    if not alike.any():
        return
    newer &= ~_of_another(of, question)
    asked, terms_of = frozenset(question.terms), cache(of.terms)
    for old, new in np.argwhere(alike & newer).tolist():
        older, terms = terms_of(old), terms_of(new)
        shared = len(older & terms) >= TWIN_SHARED_MIN * min(len(older), len(terms))
        if shared and len(terms & asked) >= len(older & asked):
            said_after = np.count_nonzero(newer[:, new])  # of several that say the same, the newest is first
            found[new] = max(found[new], odds[old] - odds[new] + AHEAD * (1 + said_after))


def _raise_successor(of: Sayings, question: Question, odds: Floats, found: Floats, stated: Bools) -> bool:
    """Raise what tells how things stand now, if any does; returns whether anything could."""
    if of.vectors is None or question.vector is None or not asks_for_the_latest(question, among=of.among):
        return False
    spoken, later = of.spoken(), _after_by_the_same(of)
    assert spoken.vectors is not None, "they are of the index that the others are of"
    said = Said(
        vectors=spoken.vectors,
        flags=spoken.flags,
        tokens=spoken.tokens,
        slot=of.slot,
        terms=spoken.terms,
        states=of.states & spoken.heard,  # what was remembered outright is revised, not told anew in passing
        shown=spoken.manner,
        later=later,
        among=of.among,
    )
    among = succession(said, question, question.vector, odds[: len(later)])
    place = int(among.rows[chosen_of(among, shipped_weights())])
    if place:
        found[place] = odds[0] - odds[place] + AHEAD
        stated[place] = not later[0, place]
    return place > 0 or bool(among.later[0].any())


def _raise_second(of: Sayings, later: Bools, question: Question, odds: Floats, found: Floats) -> None:
    vectors = of.vectors
    if vectors is None or question.vector is None or not (question.present and later[0, 1]):
        return
    if _of_another(of, question)[1]:
        return
    asked_for = vectors[:2] @ question.vector
    if vectors[0] @ vectors[1] >= PAIR_COSINE_MIN and asked_for[0] - asked_for[1] <= PAIR_FURTHER_MAX:
        found[1] = odds[0] - odds[1] + AHEAD


def _of_another(of: Sayings, question: Question) -> Bools:
    """bool [n]: whether each begins with somebody else, and the asker asks for their own."""
    if question.who or not question.own:
        return np.zeros(len(of.said), np.bool_)
    another: Bools = of.spoken().flags & int(Flag.ANOTHER) != 0
    return another


def _says_later(of: Sayings) -> Bools:
    """bool [n, n]: whether the second of two rows states something later than the first, of the same slot
    if of any."""
    later: Bools = _after_by_the_same(of) & (of.slot[:, None] == of.slot) & of.states
    return later


def _after_by_the_same(of: Sayings) -> Bools:
    """bool [n, n]: whether the second of two rows was said later than the first, by the same author and in
    another breath."""
    later: Bools = (of.said[:, None] < of.said) & (of.author[:, None] == of.author)
    later &= (of.source == NO_SOURCE) | (of.source[:, None] != of.source)
    return later


def _unit_vectors(index: MemoryIndex, rows: RowNumbers) -> Floats | None:
    """float32 [n, dims] of length 1, zeros for a row without one; None where the index has none at all."""
    if index.vectors.dims == 0:
        return None
    vectors = index.vectors.of_rows(rows)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    vectors /= np.maximum(lengths, np.float32(1e-9))[:, None]
    return vectors
