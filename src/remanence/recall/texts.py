"""The terms of each row's text, in order, in one growing array; and a number that tells the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import Bools, Ints, RowNumbers
from remanence.recall.shelf import CAPACITY_MIN, Parts, Shelf, grown

Terms: TypeAlias = npt.NDArray[np.uint32]

TERM_BYTES = 4
PRINTED_AT_A_TIME = 4_096  # rows: their terms stay in the processor's cache
_STEP, _AUTHOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
_MIXERS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))  # of splitmix64, by S. Vigna


class TermTable:
    """Terms by row number."""

    def __init__(self) -> None:
        self._packed: Terms = np.empty(CAPACITY_MIN, "<u4")
        self._used = 0
        self._starts: Ints = np.empty(0, np.int64)
        self._lengths: RowNumbers = np.empty(0, np.int32)

    @property
    def lengths(self) -> RowNumbers:
        """int32 [rows]: how many terms each text has; 0 once erased."""
        return self._lengths

    def add(self, packed: Terms, lengths: RowNumbers) -> None:
        """Add the terms of further rows, one after the other."""
        end = self._used + len(packed)
        if end > len(self._packed):
            self._packed = grown(self._packed, self._used, end)
        self._packed[self._used : end] = packed
        starts = self._used + np.cumsum(lengths, dtype=np.int64) - lengths
        self._starts = np.concatenate((self._starts, starts))
        self._lengths = np.concatenate((self._lengths, lengths))
        self._used = end

    def of(self, row: int) -> Terms:
        """The terms of a row's text; none once erased."""
        start = int(self._starts[row])
        return self._packed[start : start + int(self._lengths[row])]

    def erase(self, dead: Bools) -> None:
        """Overwrite the terms of dead rows: bool [rows]."""
        for row in np.flatnonzero(dead).tolist():
            self.of(row)[:] = 0
        self._lengths[dead] = 0

    def keep(self, kept: Bools) -> None:
        """Drop all rows but the kept ones; those close ranks."""
        texts = [self.of(row) for row in np.flatnonzero(kept).tolist()]
        lengths = self._lengths[kept]
        self._used, self._starts, self._lengths = 0, self._starts[:0], self._lengths[:0]
        self._packed = np.empty(CAPACITY_MIN, "<u4")
        self.add(np.concatenate(texts) if texts else self._packed[:0], lengths)

    def parts(self) -> Parts:
        """All that is held, by name."""
        return {"packed": self._packed[: self._used], "starts": self._starts, "lengths": self._lengths}

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        self._used = shelf.count("packed")
        self._packed = shelf.growing("packed", np.uint32, self._used)
        self._starts = shelf.whole("starts", np.int64, shelf.rows)
        self._lengths = shelf.whole("lengths", np.int32, shelf.rows)


def unpacked(texts: Sequence[bytes]) -> tuple[Terms, RowNumbers]:
    """The terms of texts as they are stored, one after the other, and how many each has."""
    lengths = np.fromiter(map(len, texts), np.int32, len(texts)) // TERM_BYTES
    return np.frombuffer(b"".join(texts), "<u4"), lengths


def fingerprints(authors: Ints | RowNumbers, packed: Terms, lengths: RowNumbers) -> Ints:
    """int64 [n]: alike for texts of one author with the same terms in the same order, unlike for others.

    The same in every process, since a saved index holds them.
    """
    parts = [*_fingerprints(authors, packed, lengths)]
    return np.concatenate(parts).view(np.int64) if parts else np.empty(0, np.int64)


def _fingerprints(
    authors: Ints | RowNumbers, packed: Terms, lengths: RowNumbers
) -> Iterator[npt.NDArray[np.uint64]]:
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
    for low in range(0, len(lengths), PRINTED_AT_A_TIME):
        part = slice(low, low + PRINTED_AT_A_TIME)
        bounds = ends[low : low + PRINTED_AT_A_TIME + 1]
        inside = np.arange(bounds[0], bounds[-1]) - np.repeat(bounds[:-1], lengths[part])
        terms = packed[bounds[0] : bounds[-1]].astype(np.uint64)
        terms += (inside.astype(np.uint64) + np.uint64(1)) * _STEP
        sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(_mixed(terms), dtype=np.uint64)))
        totals = np.diff(sums[bounds - bounds[0]])
        yield _mixed(totals + (authors[part].astype(np.uint64) + np.uint64(1)) * _AUTHOR)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    for bits, factor in _MIXERS:
        numbers = (numbers ^ (numbers >> np.uint64(bits))) * np.uint64(factor)
    return numbers
