"""Which rows hold which term, and how often: sorted runs of 64-bit keys, a big one and a small one.

A key is (term id << 32 | row number), so a term's rows are one slice, and merging two runs is one
sort. New rows go to the small run; it joins the big one when it has grown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.shelf import Parts, Scalar, Shelf
from remanence.recall.texts import Terms

Keys: TypeAlias = npt.NDArray[np.uint64]
Counts: TypeAlias = npt.NDArray[np.uint8]

TAIL_MAX = 65_536  # postings in the small run: sorted in about a millisecond
COUNT_MAX = 255  # a term's count in one text saturates here; BM25 does long before
_ROW_BITS = np.uint64(32)
_ROW_MASK = np.uint64(0xFFFF_FFFF)


@dataclass(frozen=True, slots=True)
class _Run:
    keys: Keys  # ascending, each once
    counts: Counts  # how often the term stands in the row

    @classmethod
    def of(cls, raw: Keys) -> _Run:
        """From keys in any order, one for each occurrence."""
        raw = np.sort(raw)
        first = np.flatnonzero(np.diff(raw, prepend=~raw[:1]))
        counts = np.minimum(np.diff(first, append=len(raw)), COUNT_MAX).astype(np.uint8)
        return cls(raw[first], counts)

    def joined(self, other: _Run) -> _Run:
        if not len(self.keys) or not len(other.keys):
            return other if not len(self.keys) else self
        keys = np.concatenate((self.keys, other.keys))
        order = np.argsort(keys, kind="stable")
        return _Run(keys[order], np.concatenate((self.counts, other.counts))[order])

    def where(self, kept: Bools) -> _Run:
        return _Run(self.keys[kept], self.counts[kept])

    def rows(self) -> RowNumbers:
        return (self.keys & _ROW_MASK).astype(np.int32)


def _keys(first_row: int, packed: Terms, lengths: RowNumbers) -> Keys:
    keys = packed.astype(np.uint64)
    keys <<= _ROW_BITS
    keys |= np.repeat(np.arange(first_row, first_row + len(lengths), dtype=np.uint64), lengths)
    return keys


_EMPTY = _Run(np.empty(0, np.uint64), np.empty(0, np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Holders:
    """Rows that hold some terms, side by side those of one term."""

    rows: RowNumbers
    counts: Floats  # float32 [rows]: how often each has it
    places: Sequence[int]  # of the term among the terms, one after the other,
    lengths: Sequence[int]  # and how many rows each has there

    def each(self, of_terms: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Of values by term, that of each row's."""
        return np.repeat(of_terms[list(self.places)], self.lengths)


class Postings:
    """The inverted index over row numbers."""

    def __init__(self) -> None:
        self._main = _EMPTY
        self._tail = _EMPTY

    def __len__(self) -> int:
        return len(self._main.keys) + len(self._tail.keys)

    def add(self, first_row: int, packed: Terms, lengths: RowNumbers) -> None:
        """Add texts for rows from `first_row` on: their terms one after the other, and how many each has."""
        fresh = _Run.of(_keys(first_row, packed, lengths))
        if len(fresh.keys) + len(self._tail.keys) <= TAIL_MAX:
            self._tail = self._tail.joined(fresh)
        else:
            self._main = self._main.joined(self._tail).joined(fresh)
            self._tail = _EMPTY

    def find(self, terms: Sequence[int]) -> Holders:
        """The rows that hold each term; a row stands there once for each that it holds."""
        keys, counts, places, lengths = [], [], [], []
        low = np.array(terms, np.uint64) << _ROW_BITS
        for run in (self._main, self._tail):
            starts = np.searchsorted(run.keys, low).tolist()
            ends = np.searchsorted(run.keys, low + _ROW_MASK, side="right").tolist()
            for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
                if start < end:
                    keys.append(run.keys[start:end])
                    counts.append(run.counts[start:end])
                    places.append(place)
                    lengths.append(end - start)
        if not keys:
            return Holders(np.empty(0, np.int32), np.empty(0, np.float32), (), ())
        return Holders(
            (np.concatenate(keys) & _ROW_MASK).astype(np.int32),
            np.concatenate(counts).astype(np.float32),
            places,
            lengths,
        )

    def holding(self, terms: Sequence[int]) -> RowNumbers:
        """int32 [terms]: how many rows hold each term."""
        low = np.array(terms, np.uint64) << _ROW_BITS
        found = np.zeros(len(terms), np.int32)
        for run in (self._main, self._tail):
            found += np.searchsorted(run.keys, low + _ROW_MASK, side="right") - np.searchsorted(run.keys, low)
        return found

    def parts(self) -> Parts:
        """All that is held, by name."""
        return {
            "main_keys": self._main.keys,
            "main_counts": self._main.counts,
            "tail_keys": self._tail.keys,
            "tail_counts": self._tail.counts,
        }

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        self._main, self._tail = (
            _Run(
                shelf.whole(f"{name}_keys", np.uint64, shelf.count(f"{name}_keys")),
                shelf.whole(f"{name}_counts", np.uint8, shelf.count(f"{name}_keys")),
            )
            for name in ("main", "tail")
        )

    def erase(self, dead: Bools) -> None:
        """Drop the postings of dead rows: bool [rows]."""
        self._main, self._tail = (run.where(~dead[run.rows()]) for run in (self._main, self._tail))

    def renumber(self, numbers: RowNumbers) -> None:
        """Give each row its new number: int32 [rows]; order must be kept, and dead rows be erased."""
        joined = self._main.joined(self._tail)
        fresh = numbers[joined.rows()].astype(np.uint64)
        self._main = _Run(joined.keys & ~_ROW_MASK | fresh, joined.counts)
        self._tail = _EMPTY
