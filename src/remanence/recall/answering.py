"""Does anything here answer the question? A probability, from signs that are alike for all hits.

A hit's score says how likely that hit is evidence; nothing but hits that are unlikely can still hide that the
question is about somebody of whom nothing is known. So the whole recall has a sign of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.hit import Part
from remanence.recall.columns import Bools, Floats
from remanence.recall.features import COLUMN_OF, Candidates
from remanence.recall.fusion import Weights, log_odds, probability
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question
from remanence.recall.rough import said_by

LEAD_MAX = 3.0  # log-odds; who leads by more leads clearly
NEAREST_UNKNOWN = 0.5  # in place of the best cosine where nothing was embedded: as near as an answer often is
SIGNS = (
    "best",  # the log-odds of the best row, before age, standing and boosts
    "nearest",  # the best cosine of any row
    "lead",  # by how many log-odds the best row by whom the question names leads the others' best
    "elsewhere",  # by how much more of the question is told of others than of whom it names
    "absent",  # the share of the question's idf mass that stands nowhere
)


@dataclass(frozen=True, slots=True)
class Found:
    """What one index found for a question: each the most of any candidate, None where there was none."""

    best: float | None
    nearest: float | None
    theirs: float | None  # log-odds by those whom the question names, who says it left out
    others: float | None  # ... by others
    told: float  # most of the question's words in one row, times how much of whom it names is there
    told_of_others: float  # most of the question's words in one row, whoever is there
    absent: float


@dataclass(frozen=True, slots=True)
class Answered:
    """How likely it is that anything answers the question, in [0, 1], and what that is made of."""

    probability: float
    parts: tuple[Part, ...]


@cache
def answer_weights() -> Weights:
    """The weights of `data/answered.toml`, made by `tools/learn_answered.py`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "answered.toml").read_text("utf-8"))
    if set(raw["weight"]) != set(SIGNS):
        raise InvalidInput("answered.toml and recall/answering.py name different signs")
    return Weights(
        raw["identity"], raw["bias"], np.array([raw["weight"][name] for name in SIGNS], np.float32)
    )


def found_by(index: MemoryIndex, question: Question, candidates: Candidates, weights: Weights) -> Found:
    """What the candidates of one index say; `weights` are those of the hits' scores."""
    odds = log_odds(candidates.features, weights)
    named = said_by(index, question.named, candidates.rows)
    rest = _share_of_rest(question, candidates.holds, candidates.idf)
    nearest = candidates.features[:, COLUMN_OF["nearest"]]
    theirs = others = None
    if question.named:
        speaker = COLUMN_OF["speaker"]
        unmoved = odds - candidates.features[:, speaker] * weights.of[speaker]
        theirs, others = _most(unmoved[named]), _most(unmoved[~named])
    return Found(
        best=_most(odds),
        nearest=None if question.vector is None else _most(nearest[:1]),
        theirs=theirs,
        others=others,
        told=_most(rest * _share_of_named(question, candidates.holds, named)) or 0.0,
        told_of_others=_most(rest) or 0.0,
        absent=candidates.absent,
    )


def answered(question: Question, found: Sequence[Found]) -> Answered:
    """How likely it is that the question is answered by what was found in these indexes together."""
    best = _highest(one.best for one in found)
    if best is None:
        return Answered(0.0, ())
    nearest = _highest(one.nearest for one in found)
    values = (
        best,
        NEAREST_UNKNOWN if nearest is None else nearest,
        _lead(question, found),
        max(one.told_of_others for one in found) - max(one.told for one in found),
        max(one.absent for one in found),
    )
    weights = answer_weights()
    moved = [value * weight for value, weight in zip(values, weights.of.tolist(), strict=True)]
    odds = np.array(sum(moved) + weights.bias, np.float32)
    parts = map(Part, SIGNS, values, moved)
    return Answered(float(probability(odds)), (Part("prior", 1.0, weights.bias), *parts))


def _lead(question: Question, found: Sequence[Found]) -> float:
    if not question.named:
        return 0.0
    theirs, others = _highest(one.theirs for one in found), _highest(one.others for one in found)
    if theirs is None or others is None:
        return LEAD_MAX if others is None else -LEAD_MAX
    return min(max(theirs - others, -LEAD_MAX), LEAD_MAX)


def _share_of_named(question: Question, holds: Floats, by_named: Bools) -> Floats | float:
    """float32 [n]: the share of those whom the question names who are in each row, or said it."""
    total = sum(question.names) + bool(question.named)
    if not total:
        return 1.0
    there = holds @ np.array(question.names, np.float32) + by_named
    return there / np.float32(total)


def _share_of_rest(question: Question, holds: Floats, idf: Floats) -> Floats:
    """float32 [n]: the share of the idf mass of the question's other words that stands in each row."""
    rest = idf * ~np.array(question.names, np.bool_)
    mass = rest.sum()
    return holds @ rest / mass if mass > 0 else np.zeros(len(holds), np.float32)


def _most(values: Floats) -> float | None:
    return float(values.max()) if len(values) else None


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
