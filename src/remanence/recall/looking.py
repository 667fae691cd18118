"""Which rows of an index are measured for a question: all of them, or of many those worth a look.

A look has places: the rows that it measures by their order, from 0. Scores of a look are by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import NONE, Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.shelf import Scalar
from remanence.recall.turns import OFFSETS, WEIGHTS
from remanence.recall.vectors import Taken


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The rows of an index that are measured.

    `worth`, bool [places], says which may be answered with; the others stand beside one that may. `sample`
    holds rows that stand for all that may be, and is None where all of those are measured.
    """

    index: MemoryIndex
    rows: RowNumbers  # int32 [places], ascending
    worth: Bools
    sample: Sample | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all rows are measured: then each place is the row's number."""
        return len(self.rows) == len(self.index.columns)

    def of(self, values: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Of values by row, those by place."""
        return values[self.chosen]

    @property
    def chosen(self) -> RowNumbers | slice:
        """What takes the values of these rows out of those of all rows, without a copy if they are all."""
        return slice(None) if self.is_whole else self.rows

    def places(self, rows: RowNumbers) -> RowNumbers:
        """The place of each row, NONE for one that is not measured or is NONE itself."""
        if self.is_whole:
            return rows
        if not len(self.rows):
            return np.full_like(rows, NONE)
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[at] == rows, at, NONE).astype(np.int32)

    def near(self, offset: int) -> RowNumbers:
        """The place that stands `offset` turns later (earlier if negative), for each place; NONE for none."""
        if self.is_whole:
            return self.index.turns.at(offset)
        wanted = self.index.turns.at(offset)[self.rows]
        at = np.arange(offset, len(wanted) + offset, dtype=np.int32)  # where it is if turns arrived in order
        at = np.clip(at, 0, len(wanted) - 1, out=at)
        others = np.flatnonzero(self.rows[at] != wanted)
        at[others] = self.places(wanted[others])
        return at

    def windows(self, scores: Floats) -> Floats:
        """Each place's score plus its neighbours', weighted, over the norm of its window."""
        if self.is_whole:
            window = self.index.turns.spread(scores)
        else:
            window, padded = scores.copy(), np.append(scores, np.float32(0))  # where NONE points
            for offset, weight in zip(OFFSETS, WEIGHTS, strict=True):
                window += padded[self.near(offset)] * np.float32(weight)
        window /= self.of(self.index.turns.norms)
        return window


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Rows that stand for all that may be answered with, and their vectors: taken before they are asked."""

    rows: RowNumbers
    vectors: Taken
    width: float  # of how much more the cosine with a window is than that with a row, if all lie alike near


def sample_of(index: MemoryIndex, rows: RowNumbers) -> Sample:
    """Some rows as a sample."""
    total, turns = np.ones(len(rows), np.float32), index.turns
    for beside, weight in zip(turns.beside(rows), WEIGHTS, strict=True):
        total += (beside != NONE) * np.float32(weight)
    width = float((total / turns.norms[rows]).mean()) if len(rows) else 0.0
    return Sample(rows, index.vectors.taken(rows), width)


def whole(index: MemoryIndex, mask: Bools) -> Look:
    """All rows of an index."""
    return Look(index, np.arange(len(mask), dtype=np.int32), mask)


def with_beside(
    index: MemoryIndex, rows: RowNumbers, *, steps: Sequence[int], sample: Sample | None = None
) -> Look:
    """Rows, and those at most so many turns away; step by step."""
    together = rows
    for step in steps:
        near = index.turns.beside(together)[[abs(offset) <= step for offset in OFFSETS]]
        together = np.sort(np.append(near, together))  # np.unique takes thrice as long
        first = together >= 0  # no NONE
        first[1:] &= together[1:] != together[:-1]
        together = together[first]
    worth = np.zeros(len(together), np.bool_)
    worth[np.searchsorted(together, rows)] = True
    return Look(index, together, worth, sample)
