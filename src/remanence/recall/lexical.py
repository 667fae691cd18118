"""BM25 and coverage of a question's terms, with the idf of the rows that may be answered with.

Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex

K1 = 1.2  # how fast repeats of a term saturate; the usual value
B = 0.75  # how far a long text is held back; the usual value


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the question: the rows that hold it, and what it is worth."""

    rows: RowNumbers
    idf: float


@dataclass(frozen=True, slots=True)
class Lexical:
    """What the question's terms give each row."""

    bm25: Floats  # float32 [rows]
    covered: Floats  # float32 [rows] in [0, 1]: share of the question's idf mass that stands in the row
    terms: tuple[Term, ...]

    @property
    def mass(self) -> float:
        """The idf of all terms together."""
        return sum(term.idf for term in self.terms)


def lexical(index: MemoryIndex, terms: Sequence[int], mask: Bools) -> Lexical:
    """Score every row for a set of terms; idf counts only rows in the mask, bool [rows]."""
    size = len(index.columns)
    bm25, covered = np.zeros(size, np.float32), np.zeros(size, np.float32)
    allowed = int(np.count_nonzero(mask))
    lengths = index.lengths
    mean_length = max(1.0, index.terms_total / max(1, len(index)))
    found = []
    for term in terms:
        rows, counts = index.postings.find(term)
        holding = int(np.count_nonzero(mask[rows]))
        idf = float(np.log1p((allowed - holding + 0.5) / (holding + 0.5)))
        found.append(Term(rows, idf))
        if len(rows):
            norm = K1 * (1 - B) + (K1 * B / mean_length) * lengths[rows].astype(np.float32)
            bm25[rows] += np.float32(idf * (K1 + 1)) * counts / (counts + norm)
            covered[rows] += np.float32(idf)
    result = Lexical(bm25, covered, tuple(found))
    if result.mass > 0:
        covered /= np.float32(result.mass)
    return result


def covered_nearby(lexical: Lexical, groups: RowNumbers, size: int) -> Floats:
    """Share of the idf mass that stands anywhere in each group of rows: int32 [n, g], -1 for none.

    A row's terms are the bits of one number: TERMS_MAX of a question fit into 64.
    """
    if lexical.mass <= 0:
        return np.zeros(len(groups), np.float32)
    held = np.zeros(size + 1, np.uint64)
    for bit, term in enumerate(lexical.terms):
        held[term.rows] |= np.uint64(1 << bit)
    nearby = np.bitwise_or.reduce(held[groups], axis=1)
    bits = np.arange(len(lexical.terms), dtype=np.uint64)
    idf = np.array([term.idf for term in lexical.terms], np.float32)
    total: Floats = ((nearby[:, None] >> bits) & np.uint64(1)).astype(np.float32) @ idf
    return total / np.float32(lexical.mass)
