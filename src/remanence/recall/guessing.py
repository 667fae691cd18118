"""Which rows of a big index are worth measuring: the rough score of all is guessed, in three steps.

The signs of the vectors tell roughly how near every row and its window lie. Of the rows that stand highest by
that and by their words, the own cosines are measured, by which the guess errs most. Those that stand highest
then are looked at, with all that the scores of their neighbours lean on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import Lexical
from remanence.recall.looking import Look, whole, with_beside
from remanence.recall.question import Question
from remanence.recall.rough import (
    FLAT,
    ROUGH,
    add_what_is_asked_for,
    cosines,
    held_back,
    share,
    span_cost,
    top,
)

SIFTED_SHARE = 8  # of so many rows a narrow mask lets one pass: all that pass are measured then
CANDIDATES_MAX = 512  # for more, all rows are measured
LIKELY = 4_096  # rows whose own cosine is measured
WORTH_MIN, WORTH_FOR_EACH = 384, 2  # rows that may become candidates: at least, and more for each of those
SCORED_AT_A_TIME = 65_536  # rows whose scores stay in the processor's cache
STEP = 13  # of the rows by which the level of the likely is found: in step with no usual session
SAMPLE = 2_048  # rows by whose cosines the mean of all is estimated


def look_for(
    index: MemoryIndex, question: Question, mask: Bools, words: Lexical, windows: Floats, *, count: int
) -> Look:
    """The rows among which the best `count` of the mask are, bool [rows]; `words` and `windows` are what the
    question's terms give all of them."""
    everything = whole(index, mask)
    if count > CANDIDATES_MAX or len(mask) <= index.measured_max:
        return everything
    allowed = int(np.count_nonzero(mask))
    if allowed <= index.measured_max // SIFTED_SHARE:
        return with_beside(index, np.flatnonzero(mask).astype(np.int32), steps=(2,))
    told = share(words.bm25, top(words.bm25), ROUGH["bm25"])
    told += share(windows, top(windows), ROUGH["bm25_window"])
    add_what_is_asked_for(told, index, question, everything.chosen)
    kept: Floats | Bools | None = None if allowed == len(mask) else mask
    if question.named:
        kept = held_back(everything, question) * mask
    if question.vector is None:
        guess = told if kept is None else told * kept
        likely = _likely(guess, mask)
        guess = guess[likely]
    else:
        near = _guessed(everything, question.vector, mask, allowed)
        likely = _likely(near.score(told, kept), mask)
        measured = near.measured(index, likely, question.vector)
        guess = measured.score(told[likely], None if kept is None else kept[likely])
    worth = WORTH_MIN + WORTH_FOR_EACH * count
    if len(likely) > worth:
        likely = likely[np.argpartition(guess, -worth)[-worth:]]
    return with_beside(index, likely, steps=(1, 2), sample=_sample(index, mask, allowed))


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    """Cosines of rows and of their windows, float32 [n], as far as they are known, and the means of both over
    the mask."""

    cosine: Floats
    window: Floats
    means: tuple[float, float]

    def score(self, told: Floats, kept: Floats | Bools | None) -> Floats:
        """The rough score, of what is told by words and the time, as in `rough`; of which so much is kept,
        all of it where that is None."""
        own, beside = (
            ROUGH[name] / max(top(values) - mean, FLAT)
            for values, mean, name in (
                (self.cosine, self.means[0], "dense"),
                (self.window, self.means[1], "dense_window"),
            )
        )
        level = np.float32(self.means[0] * own + self.means[1] * beside)
        total, room = np.empty_like(told), np.empty(SCORED_AT_A_TIME, np.float32)
        for start in range(0, len(told), SCORED_AT_A_TIME):
            part = slice(start, start + SCORED_AT_A_TIME)
            score = total[part]
            np.multiply(self.cosine[part], np.float32(own), out=score)
            score += told[part]
            score += np.multiply(self.window[part], np.float32(beside), out=room[: len(score)])
            if kept is not None:
                score -= level
                score *= kept[part]
        return total

    def measured(self, index: MemoryIndex, rows: RowNumbers, vector: Floats) -> _Guess:
        """Some rows with their own cosines measured; those of their neighbours are still guessed."""
        own, _ = cosines(Look(index, rows, np.ones(len(rows), np.bool_)), vector, None)
        by = (own - self.cosine[rows]) * index.vectors.has(rows)
        window: Floats = self.window[rows] + by / index.turns.norms[rows]
        return _Guess(self.cosine[rows] + by, window, self.means)


def _guessed(everything: Look, vector: Floats, mask: Bools, allowed: int) -> _Guess:
    """By the signs alone: float32 [rows]."""
    index = everything.index
    cosine = index.vectors.guessed(vector)
    if (cost := span_cost(everything)) is not None:
        cosine -= cost
    if allowed < len(mask):
        cosine *= mask
    if not index.vectors.is_complete:
        unknown = index.vectors.unknown()
        cosine[mask & unknown] = cosine.sum() / max(1, np.count_nonzero(mask & ~unknown))
    window = index.turns.spread(cosine)
    window /= index.turns.norms
    of_windows = window.sum() if allowed == len(mask) else np.dot(window, mask)
    return _Guess(cosine, window, (float(cosine.sum()) / allowed, float(of_windows) / allowed))


def _likely(guess: Floats, mask: Bools) -> RowNumbers:
    """Some LIKELY rows of the mask: those of the highest scores, ascending."""
    drawn = guess[::STEP]
    wanted = min(LIKELY // STEP, len(drawn))
    rows = np.flatnonzero(guess >= np.partition(drawn, -wanted)[-wanted])
    if len(rows) > 2 * LIKELY:  # many are alike
        rows = np.sort(rows[np.argpartition(guess[rows], -LIKELY)[-LIKELY:]])
    return rows[mask[rows]].astype(np.int32)


def _sample(index: MemoryIndex, mask: Bools, allowed: int) -> Look:
    """Rows of the mask with a vector; evenly spread, by an odd step, since two speakers take turns."""
    step = max(1, allowed // SAMPLE) | 1
    rows = np.arange(0, len(mask), step, dtype=np.int32)
    rows = rows[mask[rows] & index.vectors.has(rows)]
    return Look(index, rows, np.ones(len(rows), np.bool_))
