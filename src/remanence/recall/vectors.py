"""Vectors of the rows as int8 with a scale each, scanned exactly, or guessed at by their signs.

Rounding moves a cosine by less than 0.002 at 384 dimensions, so no second copy in floats is kept:
38 MB for 100k vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.errors import InvalidInput
from remanence.recall.columns import NONE, Bools, Floats, RowNumbers, Steps
from remanence.recall.shelf import CAPACITY_MIN, Parts, Scalar, Shelf, grown, named
from remanence.recall.signs import STEPS_MAX, SignTable

Codes: TypeAlias = npt.NDArray[np.int8]
Half: TypeAlias = npt.NDArray[np.float16]

LEVELS = 127  # int8, symmetric
CHUNK = 1024  # vectors converted at a time: stays in the processor's cache
UNKNOWN = np.float32(0.0)  # the cosine of a row whose vector is not there yet
GUESSED_DIMS_MIN = 256  # fewer signs tell too little, and so few numbers are soon scanned


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
        self._octaves: Floats | None = None  # made at the first question after a change, as are
        self._others: npt.NDArray[np.intp] | None = None  # the vectors that are not their row's first
        self._signs = SignTable(dims)  # made when first guessed by

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
        return self._best_of_rows(_dots(query, self._codes[: self._size], self._scale[: self._size]))

    def guessed(self, query: Floats) -> tuple[Steps, float]:
        """As `cosines`, in steps of what is told beside them, and by the signs of the vectors alone: in the
        right order by and large, and of the right size; off by .08 or so at 384 dimensions."""
        if self.dims < GUESSED_DIMS_MIN or self._size == 0:
            return np.rint(self.cosines(query) * STEPS_MAX).astype(np.int8), 1 / STEPS_MAX
        self.make_signs()
        return self._best_of_rows(self._signs.nearness(query)), self._signs.step

    def make_signs(self) -> None:
        """Have the signs of all vectors ready."""
        if self.dims >= GUESSED_DIMS_MIN:
            self._signs.follow(self._codes[: self._size], self._scale[: self._size])

    def cosines_of(self, rows: RowNumbers, query: Floats) -> Floats:
        """As `cosines`, of some rows alone, each once: float32 [n]."""
        return self.taken(rows).cosines(query)

    def taken(self, rows: RowNumbers) -> Taken:
        """The vectors of some rows, each once, side by side."""
        first = self._first[rows] if self._size else np.full(len(rows), NONE, np.int32)
        without = first == NONE
        further, owners = self._further(), np.empty(0, np.int32)
        if len(further):
            place = np.full(self._rows, NONE, np.int32)
            place[rows] = np.arange(len(rows), dtype=np.int32)
            owners = place[self._owner[further]]
            further, owners = further[owners != NONE], owners[owners != NONE]
            first = np.concatenate((first, further))
        codes = self._codes.take(
            first, axis=0, mode="wrap"
        )  # a third of what indexing takes; NONE is the last
        return Taken(codes, self._scale[first], without, owners)

    def span_octaves(self) -> Floats | None:
        """float32 [rows]: the binary logarithm of how many vectors each row has, 0 for one or none; None
        where no row has several."""
        if self._one_each:
            return None
        if self._octaves is None:
            further = np.bincount(self._owner[self._further()], minlength=self._rows)
            self._octaves = np.log2(1 + further).astype(np.float32)
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

    @property
    def is_complete(self) -> bool:
        """Whether each row is known to have its one vector."""
        return self._one_each and self._size == self._rows

    def unknown(self) -> Bools:
        """bool [rows]: which rows have no vector yet."""
        missing: Bools = self._first[: self._rows] == NONE
        return missing

    def parts(self) -> Parts:
        """All that is held, by name."""
        held: Parts = {"first": self._first[: self._rows]}
        for name, array in (("codes", self._codes), ("scale", self._scale), ("owner", self._owner)):
            held[name] = array[: self._size]
        return {**held, **named("signs", self._signs.parts())}

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        self._rows, self._size = shelf.rows, shelf.count("codes")
        self._first = shelf.growing("first", np.int32, self._rows)
        self._codes = shelf.growing("codes", np.int8, self._size, self.dims)
        self._scale = shelf.growing("scale", np.float32, self._size)
        self._owner = shelf.growing("owner", np.int32, self._size)
        self._signs.restore(shelf.part("signs"))
        self._one_each = np.array_equal(self._first[: self._rows], np.arange(self._size))

    def erase(self, dead: Bools) -> None:
        """Overwrite the vectors of dead rows: bool [rows]."""
        gone = np.flatnonzero(self._owned_by(dead))
        self._codes[gone] = 0
        self._scale[gone] = 0
        self._signs.erase(gone)

    def keep(self, kept: Bools, numbers: RowNumbers) -> None:
        """Drop the vectors of all but the kept rows, and give those their new numbers."""
        stay = self._owned_by(kept)
        self._signs = SignTable(self.dims)
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
        self._octaves = self._others = None
        self._first[rows] = at + start
        in_step = np.array_equal(owners, np.arange(start, self._size))
        self._one_each = self._one_each and in_step

    def _best_of_rows(self, found: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Of a number for each vector, the highest of each row; UNKNOWN for a row without one."""
        if self.is_complete:
            return found
        best = np.append(found, found.dtype.type(UNKNOWN))[self._first[: self._rows]]
        further = self._further()
        np.maximum.at(best, self._owner[further], found[further])
        return best

    def _further(self) -> npt.NDArray[np.intp]:
        """The vectors that are not their row's first."""
        if self._others is None:
            owner = self._owner[: self._size]
            first = self._first[owner] == np.arange(self._size, dtype=np.int32)
            self._others = np.flatnonzero((owner != NONE) & ~first)
        return self._others

    def _owned_by(self, chosen: Bools) -> Bools:
        owner = self._owner[: self._size]
        owned: Bools = (owner != NONE) & chosen[owner]
        return owned


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Vectors of some rows: first one of each, then the others of those that have several."""

    codes: Codes
    scale: Floats
    without: Bools  # bool [n]: which rows have none
    owners: RowNumbers  # the place of the row of each of the others

    def cosines(self, query: Floats) -> Floats:
        """The best cosine of each row with a unit vector: float32 [n]; UNKNOWN without a vector."""
        count = len(self.without)
        if not count:
            return np.empty(0, np.float32)
        found = _dots(query, self.codes, self.scale)
        best = np.where(self.without, UNKNOWN, found[:count])
        if len(self.owners):
            np.maximum.at(best, self.owners, found[count:])
        return best


def _dots(query: Floats, codes: Codes, scale: Floats) -> Floats:
    """float32 [n]: the dot products of a vector with others, int8 [n, dims] and their scales."""
    import numkong

    own, own_scale = quantised(query[None, :])
    found: Floats = np.asarray(numkong.cdist(own, codes, "dot", out_dtype="float32"))[0] * scale
    found *= own_scale[0]
    return found


def quantised(vectors: Floats) -> tuple[Codes, Floats]:
    """int8 [n, dims] and the float32 [n] that each vector's codes are to be multiplied with."""
    largest = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-9))
    codes = np.rint(vectors * (LEVELS / largest)[:, None]).astype(np.int8)
    return codes, (largest / LEVELS).astype(np.float32)
