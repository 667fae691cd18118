"""Which rows stand before and after a row in its conversation.

A row derived from an utterance has that utterance's neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import numpy as np
import numpy.typing as npt

from remanence.model.interval import MAX_MICROS
from remanence.recall.columns import (
    NO_SESSION,
    NO_SOURCE,
    NONE,
    UTTERANCE,
    Bools,
    Columns,
    Floats,
    Ints,
    RowNumbers,
    Steps,
)
from remanence.recall.shelf import CAPACITY_MIN, Parts, Scalar, Shelf, grown

OFFSETS = (-2, -1, 1, 2)
WEIGHTS = (0.5, 0.7, 0.7, 0.5)  # of the neighbours beside the turn's own 1.0; DESIGN.md section 5
SPREAD_AT_A_TIME = 131_072  # rows whose scores and weights stay in the processor's cache
WINDOW_STEP = 0.8  # of a window's steps, the size over that of the rows': so a byte holds most of them
SHARES = 48  # of a step, by which bytes are multiplied: 2 / WINDOW_STEP of them are a byte's
LIKENESS = 0.4  # typical cosine of turns that stand together: the exact norm gains under .002 of R@10


@dataclass(frozen=True, slots=True, eq=False)
class _Stride(Generic[Scalar]):
    """One offset, for speed: most neighbours stand that many rows away, since turns arrive in order."""

    times: float  # what all weights are multiplied with
    weights: npt.NDArray[Scalar]  # [rows]: the offset's weight where that is so, else 0
    rows: npt.NDArray[np.intp]  # where it is not,
    near: RowNumbers  # the neighbour there,
    near_weights: npt.NDArray[Scalar]  # and its weight;
    blocks: list[int]  # of `rows`, the first of each SPREAD_AT_A_TIME


class Turns:
    """For each row its neighbours' row numbers, NONE where the conversation ends."""

    def __init__(self) -> None:
        self._near: RowNumbers = np.empty((CAPACITY_MIN, len(OFFSETS)), np.int32).T.copy()
        self._norms: Floats = np.ones(CAPACITY_MIN, np.float32)
        self._size = 0
        # Made at the first spread after a change:
        self._strides: tuple[_Stride[np.float32], ...] | None = None
        self._rough: tuple[tuple[_Stride[np.int8], ...], Steps] | None = None  # and SHARES of a window's norm

    @property
    def norms(self) -> Floats:
        """float32 [rows]: the length of each window's weighted sum of unit vectors, estimated."""
        return self._norms[: self._size]

    def at(self, offset: int) -> RowNumbers:
        """The row that stands `offset` turns later (earlier if negative), for each row."""
        return self._near[OFFSETS.index(offset), : self._size]

    def beside(self, rows: RowNumbers) -> RowNumbers:
        """int32 [len(OFFSETS), n]: what stands beside each of some rows."""
        return self._near[:, rows]

    def grow(self, size: int) -> None:
        """Make place for so many rows, without neighbours yet."""
        if size > self._near.shape[1]:
            self._near = np.ascontiguousarray(grown(self._near.T, self._size, size).T)
            self._norms = grown(self._norms, self._size, size)
        self._near[:, self._size : size] = NONE
        self._norms[self._size : size] = 1.0
        self._size = size
        self._strides = self._rough = None

    def parts(self) -> Parts:
        """All that is held, by name."""
        return {"near": self._near[:, : self._size], "norms": self.norms}

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        self._size = shelf.rows
        self._near = shelf.growing("near", np.int32, len(OFFSETS), self._size, axis=1)
        self._norms = shelf.growing("norms", np.float32, self._size)

    def link(self, columns: Columns, alive: Bools, sessions: Ints | None) -> None:
        """Find the neighbours anew in some sessions, or in all; a derived row bears its source's session."""
        kind, session, turn = columns.ints("kind"), columns.ints("session"), columns.ints("turn")
        spoken = (
            (kind == UTTERANCE)
            & (session != NO_SESSION)
            & (columns.ints("recorded_to") == MAX_MICROS)
            & alive
        )
        if sessions is None:
            self._near[:, : self._size] = NONE
        else:
            spoken &= np.isin(session, sessions)
        rows = np.flatnonzero(spoken).astype(np.int32)
        rows = rows[np.lexsort((turn[rows], session[rows]))]
        at_session = session[rows]
        for place, offset in enumerate(OFFSETS):
            near = np.roll(rows, -offset)
            same = np.roll(at_session, -offset) == at_session
            edge = slice(-offset, None) if offset > 0 else slice(None, -offset)
            same[edge] = False
            self._near[place, rows] = np.where(same, near, NONE)
        derived = (columns.ints("source") != NO_SOURCE) & (kind != UTTERANCE) & alive
        if sessions is not None:
            derived &= np.isin(session, sessions)
        self._follow_sources(columns, np.flatnonzero(derived).astype(np.int32))
        self._measure(np.flatnonzero(spoken | derived))
        self._strides = self._rough = None

    def spread(self, scores: Floats) -> Floats:
        """Each row's score plus its neighbours', weighted: float32 [rows]."""
        if self._strides is None:
            pairs = zip(OFFSETS, WEIGHTS, strict=True)
            self._strides = tuple(self._stride(offset, np.float32(weight), 1.0) for offset, weight in pairs)
        total = scores.copy()
        self._add_beside(scores, total, self._strides)
        return total

    def windows_of_steps(self, steps: Steps) -> Steps:
        """As `spread` over the norms, but roughly: int8 [rows], in steps WINDOW_STEP times as large."""
        import numkong

        if self._rough is None:
            shares = np.rint(2 / WINDOW_STEP * SHARES / self.norms).astype(np.int8)
            pairs = zip(OFFSETS, WEIGHTS, strict=True)
            strides = tuple(self._stride(offset, np.int8(1), weight / 2) for offset, weight in pairs)
            self._rough = strides, shares
        strides, shares = self._rough
        total = np.empty_like(steps)
        numkong.scale(steps, alpha=0.5, beta=0, out=total)  # with four neighbours it would not fit a byte
        self._add_beside(steps, total, strides)
        numkong.fma(shares, total, total, alpha=1 / SHARES, beta=0, out=total)
        return total

    def _add_beside(
        self, scores: npt.NDArray[Scalar], total: npt.NDArray[Scalar], strides: tuple[_Stride[Scalar], ...]
    ) -> None:
        """Add to each row's total the scores of its neighbours, weighted."""
        import numkong

        for block, start in enumerate(range(0, self._size, SPREAD_AT_A_TIME)):
            end = min(start + SPREAD_AT_A_TIME, self._size)
            for offset, stride in zip(OFFSETS, strides, strict=True):
                low, high = max(start, -offset), min(end, self._size - offset)
                if low < high:
                    part = total[low:high]
                    beside = scores[low + offset : high + offset]
                    numkong.fma(stride.weights[low:high], beside, part, alpha=stride.times, out=part)
                others = slice(stride.blocks[block], stride.blocks[block + 1])
                if others.start < others.stop:  # by the same means, so that alike neighbours add alike
                    rows, near = stride.rows[others], scores[stride.near[others]]
                    part = total[rows]
                    numkong.fma(stride.near_weights[others], near, part, alpha=stride.times, out=part)
                    total[rows] = part

    def _stride(self, offset: int, weight: Scalar, times: float) -> _Stride[Scalar]:
        near = self.at(offset)
        beside = near == np.arange(offset, offset + self._size, dtype=np.int32)
        rows = np.flatnonzero((near != NONE) & ~beside)
        ends = np.arange(0, self._size + SPREAD_AT_A_TIME, SPREAD_AT_A_TIME)
        blocks = np.searchsorted(rows, ends).tolist()
        near_weights = np.full(len(rows), weight)
        return _Stride(times, beside * weight, rows, near[rows], near_weights, blocks)

    def _measure(self, rows: npt.NDArray[np.intp]) -> None:
        weights = (self._near[:, rows] != NONE) * np.array(WEIGHTS, np.float32)[:, None]
        total, squares = 1 + weights.sum(axis=0), 1 + np.square(weights).sum(axis=0)
        self._norms[rows] = np.sqrt(squares + LIKENESS * (np.square(total) - squares))

    def _follow_sources(self, columns: Columns, derived: RowNumbers) -> None:
        if len(derived):
            rows = source_rows(columns, derived)
            found = rows != NONE
            self._near[:, derived[found]] = self._near[:, rows[found]]


def source_rows(columns: Columns, rows: RowNumbers) -> RowNumbers:
    """For each of the rows, a row of the item it was derived from: the newest, or NONE."""
    wanted = columns.ints("source")[rows]
    found = np.full(len(rows), NONE, np.int32)
    derived = np.flatnonzero(wanted != NO_SOURCE)
    if len(derived):
        found[derived] = columns.newest_of(wanted[derived])
    return found
