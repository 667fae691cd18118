"""Vectors of the rows as int8 with a scale each, scanned exactly.

Rounding moves a cosine by less than 0.002 at 384 dimensions, so no second copy in floats is kept:
38 MB for 100k vectors.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.errors import InvalidInput
from remanence.recall.columns import CAPACITY_MIN, NONE, Bools, Floats, RowNumbers, grown

Codes: TypeAlias = npt.NDArray[np.int8]
Half: TypeAlias = npt.NDArray[np.float16]

LEVELS = 127  # int8, symmetric
CHUNK = 1024  # vectors converted at a time: stays in the processor's cache
UNKNOWN = np.float32(0.0)  # the cosine of a row whose vector is not there yet


class VectorTable:
    """int8 vectors, each owned by a row; those of one row stand together."""

    def __init__(self, dims: int) -> None:
        self.dims = dims
        self._codes: Codes = np.empty((CAPACITY_MIN, dims), np.int8)
        self._scale: Floats = np.empty(CAPACITY_MIN, np.float32)
        self._owner: RowNumbers = np.empty(CAPACITY_MIN, np.int32)
        self._size = 0
        self._first: RowNumbers = np.empty(CAPACITY_MIN, np.int32)  # by row: its first vector, or NONE
        self._rows = 0
        self._one_each = True  # vector number = row number throughout
        self._octaves: Floats | None = None  # made at the first question after a change

    def __len__(self) -> int:
        return self._size

    def add_rows(self, count: int) -> None:
        """Make place for so many more rows, without vectors yet."""
        end = self._rows + count
        if end > len(self._first):
            self._first = grown(self._first, self._rows, end)
        self._first[self._rows : end] = NONE
        self._rows = end
        self._octaves = None

    def add(self, owners: RowNumbers, vectors: Half) -> None:
        """Add float16 [v, dims] of unit length for rows `owners`, those of one row side by side.

        What a row had before is dropped. Raises InvalidInput for another number of dimensions.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dims:
            raise InvalidInput(f"vectors have shape {vectors.shape}; expected [n, {self.dims}]")
        start = self._reserve(len(vectors))
        for low in range(0, len(vectors), CHUNK):
            part = slice(start + low, min(start + low + CHUNK, start + len(vectors)))
            self._codes[part], self._scale[part] = quantised(vectors[low : low + CHUNK].astype(np.float32))
        self._claim(start, owners)

    def copy(self, source: int, target: int) -> None:
        """Give the row `target` the vectors of the row `source`, which says the same."""
        own = np.flatnonzero(self._owner[: self._size] == source)
        if len(own):
            start = self._reserve(len(own))
            self._codes[start : self._size] = self._codes[own]
            self._scale[start : self._size] = self._scale[own]
            self._claim(start, np.full(len(own), target, np.int32))

    def cosines(self, query: Floats) -> Floats:
        """The best cosine of each row with a unit vector: float32 [rows]; UNKNOWN without a vector."""
        if self._size == 0:
            return np.zeros(self._rows, np.float32)
        import numkong

        codes, scale = quantised(query[None, :])
        raw = numkong.cdist(codes, self._codes[: self._size], "dot", out_dtype="float32")
        found: Floats = np.asarray(raw)[0] * self._scale[: self._size]
        found *= scale[0]
        if self._one_each and self._size == self._rows:
            return found
        best = np.append(found, UNKNOWN)[self._first[: self._rows]]
        further = np.flatnonzero(self._further())
        np.maximum.at(best, self._owner[further], found[further])
        return best

    def span_octaves(self) -> Floats | None:
        """float32 [rows]: the binary logarithm of how many vectors each row has, 0 for one or none; None
        where no row has several."""
        if self._one_each:
            return None
        if self._octaves is None:
            owner = self._owner[: self._size]
            counts = np.bincount(owner[owner != NONE], minlength=self._rows)
            self._octaves = np.log2(np.maximum(counts, 1)).astype(np.float32)
        return self._octaves

    def of_rows(self, rows: RowNumbers) -> Floats:
        """The rows' first vectors as float32 [n, dims]; zeros where there is none."""
        first = self._first[rows]
        vectors = self._codes[first].astype(np.float32)
        vectors *= np.where(first == NONE, np.float32(0), self._scale[first])[:, None]
        return vectors

    def has(self, rows: RowNumbers) -> Bools:
        """Which of the rows have a vector."""
        found: Bools = self._first[rows] != NONE
        return found

    def unknown(self) -> Bools:
        """bool [rows]: which rows have no vector yet."""
        missing: Bools = self._first[: self._rows] == NONE
        return missing

    def erase(self, dead: Bools) -> None:
        """Overwrite the vectors of dead rows: bool [rows]."""
        gone = np.flatnonzero(self._owned_by(dead))
        self._codes[gone] = 0
        self._scale[gone] = 0

    def keep(self, kept: Bools, numbers: RowNumbers) -> None:
        """Drop the vectors of all but the kept rows, and give those their new numbers."""
        stay = self._owned_by(kept)
        owners = numbers[self._owner[: self._size][stay]]
        self._codes = self._codes[: self._size][stay]
        self._scale = self._scale[: self._size][stay]
        self._owner = owners
        self._size = len(owners)
        self._rows = 0
        self._one_each = True
        self.add_rows(int(np.count_nonzero(kept)))
        self._claim(0, owners)

    def _reserve(self, count: int) -> int:
        start = self._size
        self._size += count
        if self._size > len(self._owner):
            needed = max(self._size, self._rows)  # nearly every row has one
            self._codes = grown(self._codes, start, needed)
            self._scale = grown(self._scale, start, needed)
            self._owner = grown(self._owner, start, needed)
        return start

    def _claim(self, start: int, owners: RowNumbers) -> None:
        rows, at = np.unique(owners, return_index=True)
        if (self._first[rows] != NONE).any():
            before = self._owner[:start]
            before[np.isin(before, rows)] = NONE
        self._owner[start : self._size] = owners
        self._octaves = None
        self._first[rows] = at + start
        in_step = np.array_equal(owners, np.arange(start, self._size))
        self._one_each = self._one_each and in_step

    def _further(self) -> Bools:
        owner = self._owner[: self._size]
        further: Bools = (owner != NONE) & (self._first[owner] != np.arange(self._size, dtype=np.int32))
        return further

    def _owned_by(self, chosen: Bools) -> Bools:
        owner = self._owner[: self._size]
        owned: Bools = (owner != NONE) & chosen[owner]
        return owned


def quantised(vectors: Floats) -> tuple[Codes, Floats]:
    """int8 [n, dims] and the float32 [n] that each vector's codes are to be multiplied with."""
    largest = np.maximum(vectors.max(axis=1), -vectors.min(axis=1))
    np.maximum(largest, np.float32(1e-9), out=largest)
    codes = np.rint(vectors * (LEVELS / largest)[:, None]).astype(np.int8)
    return codes, (largest / LEVELS).astype(np.float32)
