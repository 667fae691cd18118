"""BM25 and coverage of a question's terms, with the idf of the rows that may be answered with.

Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.tally import Measurement, Tally, alone

Bits: TypeAlias = npt.NDArray[np.unsignedinteger]

K1 = 1.2  # how fast repeats of a term saturate; the usual value
B = 0.75  # how far a long text is held back; the usual value


@dataclass(frozen=True, slots=True)
class Lexical:
    """What the question's terms give each row."""

    bm25: Floats  # float32 [rows]
    held: Bits  # [rows + 1]: a row's terms as the bits of one number; 0 at the end, for NONE
    idf: Floats  # float32 [terms]
    known: Bools  # bool [terms]: whether any row that may be answered with holds the term

    @property
    def mass(self) -> float:
        """The idf of all terms together."""
        return float(self.idf.sum())

    @property
    def absent(self) -> float:
        """The share of that mass whose terms stand nowhere."""
        return float(self.idf[~self.known].sum()) / self.mass if self.mass > 0 else 0.0

    def holds(self, rows: RowNumbers) -> Floats:
        """float32 [n, terms]: 1 where a row holds a term; of rows [n, g], where any of the g does."""
        held = self.held[rows]
        if held.ndim > 1:
            held = np.bitwise_or.reduce(held, axis=1)
        octets = held.astype(held.dtype.newbyteorder("<")).view(np.uint8).reshape(-1, held.itemsize)
        return np.unpackbits(octets, axis=1, count=len(self.idf), bitorder="little").astype(np.float32)


def lexical(index: MemoryIndex, terms: Sequence[int], mask: Bools) -> Lexical:
    """Score every row for a set of terms; idf counts only rows in the mask, bool [rows]."""
    return alone(measured_words(index, terms, mask))


def measured_words(index: MemoryIndex, terms: Sequence[int], mask: Bools) -> Measurement[Lexical]:
    """As `lexical`, with the idf and the mean length of all rows that answer together."""
    size, inside_count = len(index.columns), int(np.count_nonzero(mask))
    holders, numbers = index.postings.find(terms), np.arange(len(terms))
    rows, counts = holders.rows, holders.counts
    inside = None if inside_count == size else mask[rows]
    of, by = (holders.places, holders.lengths) if inside is None else (holders.each(numbers), inside)
    own = np.bincount(np.asarray(of, np.intp), weights=by, minlength=len(terms))
    found = yield Tally(sums=(inside_count, index.terms_total, len(index), *own.tolist()))
    allowed, terms_total, rows_total, *held = found.sums
    holding = np.array(held)
    idf = np.log1p((allowed - holding + 0.5) / (holding + 0.5)).astype(np.float32)
    mean_length = max(1.0, terms_total / max(1.0, rows_total))
    norm = index.lengths[rows].astype(np.float32)
    norm *= np.float32(K1 * B / mean_length)
    norm += np.float32(K1 * (1 - B))
    norm += counts
    gain = holders.each(idf * np.float32(K1 + 1))
    gain *= counts
    gain /= norm
    kind = np.min_scalar_type(1 << max(0, len(terms) - 1))
    bm25, bits = np.zeros(size, np.float32), np.zeros(size + 1, kind)
    np.add.at(bm25, rows, gain)
    if inside is not None:
        bm25 *= mask
    np.add.at(bits, rows, holders.each(np.exp2(numbers).astype(kind)))
    return Lexical(bm25, bits, idf, holding > 0)
