"""What is current: of rows that say the same sort of thing of the same subject, the newest comes first.

Similarity can't tell: "my car is a Golf" lies nearer to "what is my car?" than the later "it is a Yaris
now". So a newer row takes the place of the best older one that it says anew; all of them stay. What says it
in other words is found by `recall/successors.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
LOOKED_AT = 10  # of the best rows
TWIN_COSINE_MIN = 0.6  # what merely stands side by side seldom lies so near
TWIN_SHARED_MIN = 0.5  # of the shorter one's terms
PAIR_COSINE_MIN = 0.5  # of the first two rows, where the question asks of the present
PAIR_FURTHER_MAX = 0.15  # cosine by which the newer may lie further from the question than the older
AHEAD = 1e-3  # log-odds by which a newer row comes to stand before an older one


@dataclass(frozen=True, slots=True, eq=False)
class Sayings:
    """Of rows best first, of one index or of several: what tells which of them says another anew.

    Two rows have one `author`, `slot` or `source` where the numbers are alike; NO_SOURCE for none.
    """

    vectors: Floats | None  # float32 [n, dims] of length 1, zeros for a row without one; None without any
    said: Ints  # int64 [n]: the order in which they were said, from 0
    author: Ints
    slot: Ints
    source: Ints
    states: Bools  # bool [n]: whether it tells a value
    heard: Bools  # bool [n]: whether it was said in a conversation, or read from what was
    terms: Sequence[frozenset[int]]
    # Of the passage where it was read from one and fills no slot, else its own:
    spoken_vectors: Floats | None
    spoken_terms: Sequence[frozenset[int]]
    spoken_flags: Ints
    spoken_tokens: Ints
    spoken_manner: Floats  # float32 [n]: as the vector shows it, 0 where it can't be judged
    among: int  # how many rows there are in all


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
    spoken = passages_of(index, rows)
    vectors, terms = _unit_vectors(index, rows), _terms(index, rows)
    is_same = np.array_equal(spoken, rows)
    spoken_vectors = vectors if is_same else _unit_vectors(index, spoken)
    return Sayings(
        vectors=vectors,
        said=np.argsort(np.lexsort((rows, columns.ints("said_at")[rows]))),
        author=author,
        slot=slot,
        source=source,
        states=(columns.ints("flags")[rows] & (Flag.QUESTION | DENIES)) == 0,  # others tell no value
        heard=_heard(index, rows),
        terms=terms,
        spoken_vectors=spoken_vectors,
        spoken_terms=terms if is_same else _terms(index, spoken),
        spoken_flags=columns.ints("flags")[spoken].astype(np.int64),
        spoken_tokens=columns.ints("tokens")[spoken].astype(np.int64),
        spoken_manner=shown_by(spoken_vectors, index.embedder, count=len(rows)),
        among=len(index),
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
    if len(sayings.terms) < 2:
        return Rises(found, stated)
    _raise_twins(sayings, question, odds, found)
    if not found.any() and not _raise_successor(sayings, question, odds, found, stated):
        _raise_second(sayings, question, odds, found)
    return Rises(found, stated)


def _raise_twins(of: Sayings, question: Question, odds: Floats, found: Floats) -> None:
    vectors, newer = of.vectors, np.triu(_says_later(of), 1)
    near = newer if vectors is None else vectors @ vectors.T  # without vectors, by words alone
    asked = frozenset(question.terms)
    newer &= ~_of_another(of, question)
    for old, new in np.argwhere(newer & (near >= TWIN_COSINE_MIN)).tolist():
        older, later = of.terms[old], of.terms[new]
        alike = len(older & later) >= TWIN_SHARED_MIN * min(len(older), len(later))
        if alike and len(later & asked) >= len(older & asked):
            said_after = np.count_nonzero(newer[:, new])  # of several that say the same, the newest is first
            found[new] = max(found[new], odds[old] - odds[new] + AHEAD * (1 + said_after))


def _raise_successor(of: Sayings, question: Question, odds: Floats, found: Floats, stated: Bools) -> bool:
    """Raise what tells how things stand now, if any does; returns whether anything could."""
    if of.spoken_vectors is None or not asks_for_the_latest(question, among=of.among):
        return False
    if question.vector is None:
        return False
    later = _after_by_the_same(of)
    said = Said(
        vectors=of.spoken_vectors,
        flags=of.spoken_flags,
        tokens=of.spoken_tokens,
        slot=of.slot,
        terms=of.spoken_terms,
        states=of.states & of.heard,  # what was remembered outright is revised, not told anew in passing
        shown=of.spoken_manner,
        later=later,
        among=of.among,
    )
    among = succession(said, question, question.vector, odds[: len(of.terms)])
    place = int(among.rows[chosen_of(among, shipped_weights())])
    if place:
        found[place] = odds[0] - odds[place] + AHEAD
        stated[place] = not later[0, place]
    return place > 0 or bool(among.later[0].any())


def _raise_second(of: Sayings, question: Question, odds: Floats, found: Floats) -> None:
    vectors = of.vectors
    if vectors is None or question.vector is None or not (question.present and _says_later(of)[0, 1]):
        return
    if _of_another(of, question)[1]:
        return
    asked_for = vectors[:2] @ question.vector
    if vectors[0] @ vectors[1] >= PAIR_COSINE_MIN and asked_for[0] - asked_for[1] <= PAIR_FURTHER_MAX:
        found[1] = odds[0] - odds[1] + AHEAD


def _of_another(of: Sayings, question: Question) -> Bools:
    """bool [n]: whether each begins with somebody else, and the asker asks for their own."""
    another: Bools = (of.spoken_flags & Flag.ANOTHER) != 0
    return another & (question.own and not question.who)


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


def _terms(index: MemoryIndex, rows: RowNumbers) -> list[frozenset[int]]:
    return [frozenset(index.terms_of(row)) for row in rows.tolist()]


def _unit_vectors(index: MemoryIndex, rows: RowNumbers) -> Floats | None:
    """float32 [n, dims] of length 1, zeros for a row without one; None where the index has none at all."""
    if index.vectors.dims == 0:
        return None
    vectors = index.vectors.of_rows(rows)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-9))
    return vectors
