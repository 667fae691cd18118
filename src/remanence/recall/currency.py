"""What is current: of rows that say the same sort of thing of the same subject, the newest comes first.

Similarity can't tell: "my car is a Golf" lies nearer to "what is my car?" than the later "it is a Yaris
now". So a newer row takes the place of the best older one that it says anew; all of them stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from remanence.recall.analyser import Flag
from remanence.recall.columns import DENIES, NO_SOURCE, Bools, Floats, Ints, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question

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
    terms: Sequence[frozenset[int]]


def gains(index: MemoryIndex, question: Question, rows: RowNumbers, odds: Floats) -> Floats:
    """float32 [n]: by how much each row rises to stand before what it says anew; rows are best first.

    A row says another anew if the same author said it later, not in the same breath nor of another slot,
    it lies near, shares most of its terms with it and holds as many of the question's. Where none does,
    and the question asks of the present, the newer of the first two is enough if it lies about as near to it.
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
        states=(columns.ints("flags")[rows] & (Flag.QUESTION | DENIES)) == 0,  # others tell no value
        terms=[frozenset(index.terms_of(row)) for row in rows.tolist()],
    )


def gains_among(sayings: Sayings, question: Question, odds: Floats) -> Floats:
    """As `gains`: float32 [rows], of which the sayings are the first."""
    found = np.zeros(len(odds), np.float32)
    if len(sayings.terms) < 2:
        return found
    vectors, newer = sayings.vectors, _says_later(sayings)
    near = newer if vectors is None else vectors @ vectors.T  # without vectors, by words alone
    asked = frozenset(question.terms)
    for old, new in np.argwhere(newer & (near >= TWIN_COSINE_MIN)).tolist():
        older, later = sayings.terms[old], sayings.terms[new]
        alike = len(older & later) >= TWIN_SHARED_MIN * min(len(older), len(later))
        if alike and len(later & asked) >= len(older & asked):
            said_after = np.count_nonzero(newer[:, new])  # of several that say the same, the newest is first
            found[new] = max(found[new], odds[old] - odds[new] + AHEAD * (1 + said_after))
    if found.any() or not (question.present and newer[0, 1]):
        return found
    if vectors is not None and question.vector is not None and near[0, 1] >= PAIR_COSINE_MIN:
        asked_for = vectors[:2] @ question.vector
        if asked_for[0] - asked_for[1] <= PAIR_FURTHER_MAX:
            found[1] = odds[0] - odds[1] + AHEAD
    return found


def _says_later(of: Sayings) -> Bools:
    """bool [n, n]: whether the second of two rows stands lower and states something later than the first:
    the same author, in another breath, of the same slot if of any."""
    later = (of.said[:, None] < of.said) & (of.author[:, None] == of.author)
    later &= (of.slot[:, None] == of.slot) & of.states
    later &= (of.source == NO_SOURCE) | (of.source[:, None] != of.source)
    return np.triu(later, 1)


def _unit_vectors(index: MemoryIndex, rows: RowNumbers) -> Floats | None:
    """float32 [n, dims] of length 1, zeros for a row without one; None where the index has none at all."""
    if index.vectors.dims == 0:
        return None
    vectors = index.vectors.of_rows(rows)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-9))
    return vectors
