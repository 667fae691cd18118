"""The cheap score by which candidates are chosen: how near a row is, and how much of the question it says."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from remanence.recall.columns import PROMISES, Bools, Floats, RowNumbers, Steps, among
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import Lexical
from remanence.recall.looking import Look, Sample
from remanence.recall.question import Question
from remanence.recall.tally import Measurement, Tally

SPAN_COST = 0.06  # of cosine, for each doubling of a row's spans: the best of many lies higher by chance
SPAN_OCTAVES_MAX = 3.0  # beyond, more spans cost no more: what is deep in a long text is to be found
UNRELATED_COSINE = 0.1  # of a text that has nothing to do with the question
FLAT = 1e-6  # scores that differ by less are alike
ROUGH = {"dense": 0.30, "dense_window": 0.25, "bm25": 0.25, "bm25_window": 0.20}  # the cheap score
ROUGH_IN_TIME = 0.15  # added where the row is of the time asked for
ROUGH_SLOT = 0.5  # added where the row tells the value of a slot that is asked for
ROUGH_PROMISED = 0.5  # added where a promise is asked for, and the row is one
ROUGH_OTHER_SPEAKER = 0.8  # of it is left where the question names others than the speaker


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """From the mean of all rows, 0, to the best, 1. Flat where no row lies above the mean."""

    mean: float
    best: float

    @property
    def _width(self) -> float:
        return self.best - self.mean if self.best - self.mean >= FLAT else math.inf

    def of(self, scores: Floats) -> Floats:
        """The scores moved and stretched, at least -1."""
        moved = scores - np.float32(self.mean)
        moved /= np.float32(self._width)
        np.maximum(moved, np.float32(-1), out=moved)
        return moved

    def weighed(self, scores: Floats, weight: float) -> Floats:
        """The same, times a weight."""
        by = weight / self._width
        if not by:
            return np.zeros_like(scores)
        moved = scores * np.float32(by)
        moved -= np.float32(self.mean * by)
        np.maximum(moved, np.float32(-weight), out=moved)
        return moved


@dataclass(frozen=True, slots=True)
class Told:
    """What the question's terms give each row of the mask, bool [rows], and the windows: float32 [rows], 0
    outside the mask, and the best of both."""

    mask: Bools
    words: Lexical
    windows: Floats
    bests: tuple[float, float]


UNMEASURED = Scale(0.0, 0.0)  # of what is not known here


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores of the rows that are looked at, each float32 [places], 0 outside the mask; and what they are
    measured by."""

    look: Look
    cosine: Floats
    window: Floats
    near: tuple[Scale, Scale]  # of the cosine, and of that with a window
    words: Lexical  # of all rows
    bm25: Floats
    bm25_window: Floats
    bm25_bests: tuple[float, float]
    rough: Floats
    rough_best: float
    nearest: float
    other_speaker: float


def measured_scores(look: Look, question: Question, told: Told) -> Measurement[Scores]:
    """The scores of the rows looked at, 0 outside the mask."""
    words, mask = told.words, told.mask
    bm25, bm25_window = look.of(words.bm25), look.of(told.windows)
    near = _nearness(look, question, mask)
    found = yield Tally(near.sums, (*near.bests, *told.bests))
    scales, bm25_bests = near.scales(found), (found.bests[2], found.bests[3])
    rough = scales[0].weighed(near.cosine, ROUGH["dense"])
    rough += scales[1].weighed(near.window, ROUGH["dense_window"])
    rough += share(bm25, bm25_bests[0], ROUGH["bm25"])
    rough += share(bm25_window, bm25_bests[1], ROUGH["bm25_window"])
    add_what_is_asked_for(rough, look.index, question, look.chosen)
    if not near.every:
        rough *= look.of(mask)
    any_best = theirs_best = top(rough)
    if question.named:
        theirs_best = float(rough.max(initial=0.0, where=said_by(look.index, question.named, look.chosen)))
        rough *= held_back(look.index, question, look.chosen)
    found = yield Tally(bests=(any_best, theirs_best, top(rough), near.nearest))
    any_best, theirs_best, rough_best, nearest = found.bests
    other_speaker = max(0.0, 1.0 - theirs_best / max(any_best, FLAT)) if question.named else 0.0
    return Scores(
        look,
        near.cosine,
        near.window,
        scales,
        words,
        bm25,
        bm25_window,
        bm25_bests,
        rough,
        rough_best,
        nearest,
        other_speaker,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Cosines of the rows looked at and of their windows, each float32 [places], 0 outside the mask.

    `sums` are their sums and numbers in the whole mask, `bests` the highest.
    """

    cosine: Floats
    window: Floats
    nearest: float  # the best cosine before a row of several spans pays for them
    sums: tuple[float, ...]
    bests: tuple[float, float]
    every: bool  # whether all rows looked at are in the mask

    def scales(self, found: Tally) -> tuple[Scale, Scale]:
        """Of both, by the rows of all that answer together."""
        if self.bests[0] == -math.inf:
            return UNMEASURED, UNMEASURED
        own, window = (_mean(found.sums[:2]), _mean(found.sums[2:]))
        return Scale(own, found.bests[0]), Scale(window, found.bests[1])


def _nearness(look: Look, question: Question, mask: Bools) -> _Near:
    """How near the rows looked at lie. A row whose vector is not there yet is neither near nor far."""
    vector, inside = question.vector, look.of(mask)
    every = bool(inside.all())
    if vector is None:
        nothing = np.zeros(len(look.rows), np.float32)
        return _Near(nothing, nothing, 0.0, (0.0,) * 4, (-math.inf,) * 2, every)
    cosine, nearest = cosines(look, vector, None if every else inside)
    drawn = None if look.sample is None else _cosines_drawn(look.index, look.sample, vector)
    if not look.index.vectors.is_complete:
        unknown = look.of(look.index.vectors.unknown())
        known = cosine[inside & ~unknown] if drawn is None else drawn
        cosine[inside & unknown] = known.mean() if len(known) else 0
    window = look.windows(cosine)
    sums, bests = zip(*(_extent(of if every else of[inside]) for of in (cosine, window)), strict=True)
    if look.sample is not None and drawn is not None:
        count, mean = float(np.count_nonzero(mask)), float(drawn.mean()) if len(drawn) else 0.0
        sums = (mean * count, count), (mean * look.sample.width * count, count)
    return _Near(cosine, window, nearest, (*sums[0], *sums[1]), bests, every)


def cosines(look: Look, vector: Floats, inside: Bools | None) -> tuple[Floats, float]:
    """The cosines of the rows looked at, 0 but for places `inside`, and how near the nearest text is.

    A row of several spans has the best of their cosines, less what so many draws win by chance.
    """
    vectors = look.index.vectors
    cosine = vectors.cosines(vector) if look.is_whole else vectors.cosines_of(look.rows, vector)
    if inside is not None:
        cosine *= inside
    nearest = top(cosine)
    if (cost := span_cost(look.index, look.chosen)) is not None:
        cosine -= cost if inside is None else cost * inside
    return cosine, nearest


def _cosines_drawn(index: MemoryIndex, sample: Sample, vector: Floats) -> Floats:
    cosine, cost = sample.vectors.cosines(vector), span_cost(index, sample.rows)
    return cosine if cost is None else cosine - cost


def span_cost(index: MemoryIndex, rows: RowNumbers | slice) -> Floats | None:
    """float32 [n]: what each row's spans cost it; None where no row has several."""
    octaves = index.vectors.span_octaves()
    if octaves is None:
        return None
    return np.minimum(octaves[rows], np.float32(SPAN_OCTAVES_MAX)) * np.float32(SPAN_COST)


def add_what_is_asked_for(
    rough: Floats, index: MemoryIndex, question: Question, rows: RowNumbers | slice
) -> None:
    """Add to the score of each of the rows what it gains by being of the sort that is asked for."""
    if question.spans:
        rough += in_time(index, question, rows) * np.float32(ROUGH_IN_TIME)
    if question.slots:
        rough += among(index.columns.ints("slot")[rows], question.slots) * np.float32(ROUGH_SLOT)
    if question.promised:
        rough += ((index.columns.ints("flags")[rows] & PROMISES) != 0) * np.float32(ROUGH_PROMISED)


def held_back(index: MemoryIndex, question: Question, rows: RowNumbers | slice) -> Floats:
    """float32 [n]: what is left of the score of each row where the question names whom it asks about."""
    theirs = said_by(index, question.named, rows)
    return np.where(theirs, np.float32(1), np.float32(ROUGH_OTHER_SPEAKER))


def said_by(index: MemoryIndex, authors: frozenset[int], rows: RowNumbers | slice) -> Bools:
    """bool [n]: whether each of the rows was said by one of these authors."""
    return among(index.columns.ints("author")[rows], authors)


def in_time(index: MemoryIndex, question: Question, rows: RowNumbers | slice) -> Bools:
    """bool [n]: whether each of the rows was said in a time asked for, or speaks of it."""
    said, event_from, event_to = (
        index.columns.ints(name)[rows] for name in ("said_at", "event_from", "event_to")
    )
    inside = np.zeros(len(said), np.bool_)
    for span in question.spans:
        inside |= (said >= span.start) & (said < span.end)
        inside |= (event_from < span.end) & (event_to > span.start) & (event_to != 0)
    return inside


def top(scores: Floats | Steps) -> float:
    """The highest score, at least 0."""
    return float(scores.max(initial=0))


def share(scores: Floats, best: float, weight: float = 1.0) -> Floats:
    """The scores as shares of the best, times a weight."""
    return scores / np.float32(best / weight) if best > 0 else scores


def _extent(scores: Floats) -> tuple[tuple[float, float], float]:
    """The sum and the number of the scores, and their best; of none, nothing."""
    if not len(scores):
        return (0.0, 0.0), -math.inf
    return (float(scores.sum()), float(len(scores))), float(scores.max())


def _mean(sums: tuple[float, ...]) -> float:
    """Of the scores' sum and number; one unrelated text counts as well, so that a row that stands alone is
    measured against something."""
    total, count = sums
    return (total + UNRELATED_COSINE) / (count + 1)
