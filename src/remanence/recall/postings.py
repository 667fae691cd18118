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


_EMPTY = _Run(np.empty(0, np.uint64), np.empty(0, np.uint8))


class Postings:
    """The inverted index over row numbers."""

    def __init__(self) -> None:
        self._main = _EMPTY
        self._tail = _EMPTY

    def __len__(self) -> int:
        return len(self._main.keys) + len(self._tail.keys)

    def add(self, first_row: int, texts: Sequence[bytes]) -> npt.NDArray[np.int32]:
        """Add texts as packed uint32 terms, for rows from `first_row` on; returns their lengths."""
        lengths = np.fromiter(map(len, texts), np.int32, len(texts)) // 4
        terms = np.frombuffer(b"".join(texts), "<u4").astype(np.uint64)
        rows = np.repeat(np.arange(first_row, first_row + len(texts), dtype=np.uint64), lengths)
        fresh = _Run.of(terms << _ROW_BITS | rows)
        if len(fresh.keys) + len(self._tail.keys) <= TAIL_MAX:
            self._tail = self._tail.joined(fresh)
        else:
            self._main = self._main.joined(self._tail).joined(fresh)
            self._tail = _EMPTY
        return lengths

    def find(self, terms: Sequence[int]) -> tuple[RowNumbers, Floats, npt.NDArray[np.intp]]:
        """The rows that hold each term, how often they do, and the term's place among `terms`.

        A row stands there once for each term that it holds.
        """
        keys, counts, which = [], [], []
        low = np.array(terms, np.uint64) << _ROW_BITS
        for run in (self._main, self._tail):
            starts = np.searchsorted(run.keys, low).tolist()
            ends = np.searchsorted(run.keys, low + _ROW_MASK, side="right").tolist()
            for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
                if start < end:
                    keys.append(run.keys[start:end])
                    counts.append(run.counts[start:end])
                    which.append((place, end - start))
        if not keys:
            return np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.intp)
        places, lengths = zip(*which, strict=True)
        return (
            (np.concatenate(keys) & _ROW_MASK).astype(np.int32),
            np.concatenate(counts).astype(np.float32),
            np.repeat(places, lengths),
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
