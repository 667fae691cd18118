"""From a question to ranked rows: candidates, one score each, one hit a passage, with reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.hit import Part
from remanence.recall.columns import NO_SOURCE, Bools, Floats, RowNumbers
from remanence.recall.features import CANDIDATES, candidates
from remanence.recall.fusion import Weights, explained, log_odds, probability
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question
from remanence.recall.standing import replaced_share

HITS_MAX = 10_000  # of one recall, however many were asked for
REPEATED = -1.0  # log-odds, for each better hit by the same author with the same words
REPLACED = -3.0  # log-odds, times the share of what was derived from it that has ended since


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row that may answer; `score` in [0, 1] is the probability that it does.

    `also` are rows of the same passage that stood lower: what it was derived from, or what was
    derived from it.
    """

    row: int
    score: float
    parts: tuple[Part, ...]
    also: tuple[int, ...] = ()


def rank(
    index: MemoryIndex,
    question: Question,
    *,
    mask: Bools,
    k: int,
    weights: Weights,
    score_min: float = 0.0,
    at: int | None = None,
) -> list[Ranked]:
    """The best rows within the mask, bool [rows]; at most k, best first, none below `score_min`.

    `at` is the time asked about, in microseconds: what had been replaced by then stands back. None
    asks about all times alike. Raises InvalidInput when k is below 1.
    """
    if k < 1:
        raise InvalidInput(f"k is {k}; ask for at least 1 hit")
    found = candidates(index, question, mask, count=max(CANDIDATES, min(k, HITS_MAX)))
    replaced = _replaced(index, found.rows, at)
    odds = log_odds(found.features, weights) + replaced * np.float32(REPLACED)
    order = np.argsort(-odds, kind="stable")
    kept, also = _one_a_passage(index, found.rows[order])
    order = order[kept]
    repeats = _repeats(index, found.rows[order])
    odds = odds[order] + repeats * np.float32(REPEATED)
    if repeats.any():
        again = np.argsort(-odds, kind="stable")
        order, odds, kept, repeats = order[again], odds[again], kept[again], repeats[again]
    scores = probability(odds)
    best = range(min(k, int(np.count_nonzero(scores >= score_min))))
    return [
        Ranked(
            row=int(found.rows[order[place]]),
            score=float(scores[place]),
            parts=(
                *explained(found.features[order[place]], weights),
                *_moved("repeated", float(repeats[place]), REPEATED),
                *_moved("replaced since", float(replaced[order[place]]), REPLACED),
            ),
            also=also.get(int(kept[place]), ()),
        )
        for place in best
    ]


def _moved(name: str, value: float, weight: float) -> tuple[Part, ...]:
    return (Part(name, value, value * weight),) if value else ()


def _replaced(index: MemoryIndex, rows: RowNumbers, at: int | None) -> Floats:
    return np.zeros(len(rows), np.float32) if at is None else replaced_share(index, rows, at=at)


def _one_a_passage(index: MemoryIndex, rows: RowNumbers) -> tuple[RowNumbers, dict[int, tuple[int, ...]]]:
    """Of rows best first, the places of the first of each passage, and the rows of it left out.

    A passage is an item with all that was derived from it.
    """
    source, item = index.columns.ints("source")[rows], index.columns.ints("item")[rows]
    passage = np.where(source == NO_SOURCE, item, source)
    _, first, which = np.unique(passage, return_index=True, return_inverse=True)
    kept = np.sort(first).astype(np.int32)
    also: dict[int, tuple[int, ...]] = {}
    if len(kept) < len(rows):
        leads = first[which]
        for place in np.flatnonzero(leads != np.arange(len(rows))).tolist():
            lead = int(leads[place])
            also[lead] = (*also.get(lead, ()), int(rows[place]))
    return kept, also


def _repeats(index: MemoryIndex, rows: RowNumbers) -> RowNumbers:
    """Of rows best first, how many earlier ones have the same author and words."""
    _, which = np.unique(index.fingerprints[rows], return_inverse=True)
    order = np.argsort(which, kind="stable")
    grouped = which[order]
    starts = np.flatnonzero(np.diff(grouped, prepend=-1))
    rank = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    repeats = np.empty(len(rows), np.int32)
    repeats[order] = rank
    repeats[index.lengths[rows] == 0] = 0
    return repeats
