"""BM25 and coverage of a question's terms, with the idf of the rows that may be answered with.

Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.looking import Look
from remanence.recall.tally import Measurement, Tally, alone

K1 = 1.2  # how fast repeats of a term saturate; the usual value
B = 0.75  # how far a long text is held back; the usual value


@dataclass(frozen=True, slots=True)
class Lexical:
    """What the question's terms give each row.

    `rows` are those that hold a term, once for each term; `which` is the term's place among `idf`.
    """

    bm25: Floats  # float32 [rows]
    rows: RowNumbers
    which: npt.NDArray[np.intp]
    idf: Floats  # float32 [terms]
    held: Floats  # float32 [terms]: how many of the rows that may be answered with hold each term

    @property
    def mass(self) -> float:
        """The idf of all terms together."""
        return float(self.idf.sum())

    @property
    def absent(self) -> float:
        """The share of that mass whose terms stand nowhere."""
        return float(self.idf[self.held == 0].sum()) / self.mass if self.mass > 0 else 0.0

    def at(self, look: Look) -> Lexical:
        """The same for the rows that are looked at, by their places."""
        if look.is_whole:
            return self
        looked = np.zeros(len(self.bm25), np.bool_)
        looked[look.rows] = True
        held = np.flatnonzero(looked[self.rows])
        rows = look.places(self.rows[held])
        return Lexical(look.of(self.bm25), rows, self.which[held], self.idf, self.held)

    def holds(self, rows: RowNumbers) -> Bools:
        """bool [n, terms]: which of these rows, each once, hold which term."""
        found = np.zeros((len(rows) + 1, len(self.idf)), np.bool_)
        place = np.zeros(len(self.bm25), np.int32)
        place[rows] = np.arange(1, len(rows) + 1)
        found[place[self.rows], self.which] = True
        return found[1:]


def lexical(index: MemoryIndex, terms: Sequence[int], mask: Bools) -> Lexical:
    """Score every row for a set of terms; idf counts only rows in the mask, bool [rows]."""
    return alone(measured_words(index, terms, mask))


def measured_words(index: MemoryIndex, terms: Sequence[int], mask: Bools) -> Measurement[Lexical]:
    """As `lexical`, with the idf and the mean length of all rows that answer together."""
    size, inside_count = len(index.columns), int(np.count_nonzero(mask))
    rows, counts, which = index.postings.find(terms)
    inside = None if inside_count == size else mask[rows]
    own = np.bincount(which, weights=inside, minlength=len(terms))
    found = yield Tally(sums=(inside_count, index.terms_total, len(index), *own.tolist()))
    allowed, terms_total, rows_total, *held = found.sums
    holding = np.array(held)
    idf = np.log1p((allowed - holding + 0.5) / (holding + 0.5)).astype(np.float32)
    mean_length = max(1.0, terms_total / max(1.0, rows_total))
    norm = index.lengths[rows] * np.float32(K1 * B / mean_length)
    norm += np.float32(K1 * (1 - B))
    gain = (idf * np.float32(K1 + 1))[which] * counts
    gain /= counts + norm
    bm25 = np.bincount(rows, weights=gain, minlength=size).astype(np.float32)
    return Lexical(bm25, rows, which, idf, holding.astype(np.float32))


def covered_nearby(lexical: Lexical, groups: RowNumbers, size: int) -> Floats:
    """Share of the idf mass that stands anywhere in each group of rows: int32 [n, g], -1 for none.

    A row's terms are the bits of one number.
    """
    if lexical.mass <= 0:
        return np.zeros(len(groups), np.float32)
    places = np.arange(len(lexical.idf))
    held = np.bincount(lexical.rows, weights=np.exp2(places)[lexical.which], minlength=size + 1)
    nearby = np.bitwise_or.reduce(held[groups].astype(np.int64), axis=1)
    stands: Floats = ((nearby[:, None] >> places) & 1).astype(np.float32) @ lexical.idf
    return stands / np.float32(lexical.mass)
