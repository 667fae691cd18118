"""Which rows of a big index are worth measuring: the rough score of all is guessed, in three steps.

The signs of the vectors tell roughly how near every row and its window lie. Of the rows that stand highest by
that and by their words, the own cosines are measured, by which the guess errs most. Those that stand highest
then are looked at, with all that the scores of their neighbours lean on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from remanence.recall.columns import Bools, Floats, RowNumbers, Steps
from remanence.recall.index import MemoryIndex
from remanence.recall.looking import Look, Sample, sample_of, whole, with_beside
from remanence.recall.question import Question
from remanence.recall.rough import (
    FLAT,
    ROUGH,
    Told,
    add_what_is_asked_for,
    cosines,
    held_back,
    share,
    span_cost,
    top,
)
from remanence.recall.turns import WINDOW_STEP

SIFTED_SHARE = 8  # of so many rows a narrow mask lets one pass: all that pass are measured then
CANDIDATES_MAX = 512  # for more, all rows are measured
LIKELY = 4_096  # rows whose own cosine is measured
WORTH_MIN, WORTH_FOR_EACH = 384, 2  # rows that may become candidates: at least, and more for each of those
SCORED_AT_A_TIME = 65_536  # rows whose scores stay in the processor's cache
STEP = 31  # of the rows by which the level of the likely is found: in step with no usual session
SAMPLE = 2_048  # rows by whose cosines the mean of all is estimated


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is known of many rows before a question has its vector."""

    told: Floats  # float32 [rows]: what words and time add to the score of each, as far as that is kept
    kept: Floats | Bools | None  # [rows]: how much of the score is kept; all of it where this is None
    allowed: int  # rows in the mask
    sample: Sample  # of them


def ground_of(index: MemoryIndex, question: Question, told: Told) -> Ground | None:
    """What look_for takes; None of a smaller index, or where few rows are in the mask."""
    mask, allowed = told.mask, int(np.count_nonzero(told.mask))
    if len(mask) <= index.measured_max or allowed <= index.measured_max // SIFTED_SHARE:
        return None
    score = share(told.words.bm25, told.bests[0], ROUGH["bm25"])
    score += share(told.windows, told.bests[1], ROUGH["bm25_window"])
    add_what_is_asked_for(score, index, question, slice(None))
    kept: Floats | Bools | None = None if allowed == len(mask) else mask
    if question.named:
        kept = held_back(index, question, slice(None)) * mask
    if kept is not None:
        score *= kept
    return Ground(score, kept, allowed, _sample(index, mask, allowed))


def look_for(
    index: MemoryIndex, question: Question, mask: Bools, ground: Ground | None, *, count: int
) -> Look:
    """The rows among which the best `count` of the mask are, bool [rows]."""
    if count > CANDIDATES_MAX or len(mask) <= index.measured_max:
        return whole(index, mask)
    if ground is None:
        return with_beside(index, np.flatnonzero(mask).astype(np.int32), steps=(2,))
    told, kept = ground.told, ground.kept
    if question.vector is None:
        likely = _likely(lambda rows: told[rows], mask)
        guess = told[likely]
    else:
        near = _guessed(index, question.vector, mask, ground)
        likely = _likely(near.scoring(told, kept), mask)
        measured = near.measured(index, likely, question.vector)
        guess = measured.scoring(told[likely], None if kept is None else kept[likely])(slice(None))
    worth = WORTH_MIN + WORTH_FOR_EACH * count
    if len(likely) > worth:
        likely = likely[np.argpartition(guess, -worth)[-worth:]]
    return with_beside(index, likely, steps=(1, 2), sample=ground.sample)


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    """Cosines of rows and of their windows, each [n] in steps of a size, as far as they are known, and the
    means of both over the mask."""

    cosine: Floats | Steps
    window: Floats | Steps
    sizes: tuple[float, float]
    means: tuple[float, float]

    def scoring(self, told: Floats, kept: Floats | Bools | None) -> Callable[[RowNumbers | slice], Floats]:
        """What gives the rough score of rows, as in `rough`, with what is told of them by words and the time;
        so much of it is kept, all where that is None."""
        own, beside = (
            ROUGH[name] / max(top(values) * size - mean, FLAT)
            for values, size, mean, name in (
                (self.cosine, self.sizes[0], self.means[0], "dense"),
                (self.window, self.sizes[1], self.means[1], "dense_window"),
            )
        )
        level = np.float32(self.means[0] * own + self.means[1] * beside)
        by, by_beside = np.float32(own * self.sizes[0]), np.float32(beside * self.sizes[1])

        def score(rows: RowNumbers | slice) -> Floats:
            found: Floats = self.cosine[rows] * by
            found += self.window[rows] * by_beside
            if kept is not None:
                found -= level
                found *= kept[rows]
            found += told[rows]
            return found

        return score

    def measured(self, index: MemoryIndex, rows: RowNumbers, vector: Floats) -> _Guess:
        """Some rows with their own cosines measured; those of their neighbours are still guessed."""
        own, _ = cosines(Look(index, rows, np.ones(len(rows), np.bool_)), vector, None)
        guessed, window = (
            values[rows] * np.float32(size)
            for values, size in zip((self.cosine, self.window), self.sizes, strict=True)
        )
        by = (own - guessed) * index.vectors.has(rows)
        window += by / index.turns.norms[rows]
        return _Guess(guessed + by, window, (1.0, 1.0), self.means)


def _guessed(index: MemoryIndex, vector: Floats, mask: Bools, ground: Ground) -> _Guess:
    """By the signs alone."""
    cosine, size = index.vectors.guessed(vector)
    if (cost := span_cost(index, slice(None))) is not None:
        cosine -= np.rint(cost / np.float32(size)).astype(np.int8)
    if ground.allowed < len(mask):
        cosine *= mask
    drawn = ground.sample.rows
    if not index.vectors.is_complete:
        unknown = index.vectors.unknown()
        cosine[mask & unknown] = round(_mean(cosine[drawn]))
    window = index.turns.windows_of_steps(cosine)
    sizes = size, size * WINDOW_STEP
    means = _mean(cosine[drawn]) * sizes[0], _mean(window[drawn]) * sizes[1]
    return _Guess(cosine, window, sizes, means)


def _mean(steps: Steps) -> float:
    return float(steps.mean()) if len(steps) else 0.0


def _likely(score: Callable[[RowNumbers | slice], Floats], mask: Bools) -> RowNumbers:
    """Some LIKELY rows of the mask: those of the highest scores, ascending."""
    drawn = score(slice(None, None, STEP))
    wanted = min(LIKELY // STEP, len(drawn))
    level, found = np.partition(drawn, -wanted)[-wanted], []
    for start in range(0, len(mask), SCORED_AT_A_TIME):
        high = np.flatnonzero(score(slice(start, start + SCORED_AT_A_TIME)) >= level)
        found.append((high + start).astype(np.int32))
    rows = np.concatenate(found)
    if len(rows) > 2 * LIKELY:  # many are alike
        rows = np.sort(rows[np.argpartition(score(rows), -LIKELY)[-LIKELY:]])
    return rows[mask[rows]]


def _sample(index: MemoryIndex, mask: Bools, allowed: int) -> Sample:
    """Rows of the mask with a vector; evenly spread, by an odd step, since two speakers take turns."""
    step = max(1, allowed // SAMPLE) | 1
    rows = np.arange(0, len(mask), step, dtype=np.int32)
    return sample_of(index, rows[mask[rows] & index.vectors.has(rows)])
