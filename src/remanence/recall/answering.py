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
from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.features import COLUMN_OF, Candidates
from remanence.recall.fusion import Weights, log_odds, probability
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question

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
    speaker = COLUMN_OF["speaker"]
    unmoved = odds - candidates.features[:, speaker] * weights.of[speaker]
    named = _said_by_named(index, question, candidates.rows)
    there = _share_of_named(question, candidates.holds, named)
    rest = _share_of_rest(question, candidates.holds, candidates.idf)
    nearest = candidates.features[:, COLUMN_OF["nearest"]]
    return Found(
        best=_most(odds),
        nearest=None if question.vector is None else _most(nearest),
        theirs=_most(unmoved[named]),
        others=_most(unmoved[~named]),
        told=_most(rest * there) or 0.0,
        told_of_others=_most(rest) or 0.0,
        absent=candidates.absent,
    )


def answered(question: Question, found: Sequence[Found]) -> Answered:
    """How likely it is that the question is answered by what was found in these indexes together."""
    best = _highest(one.best for one in found)
    if best is None:
        return Answered(0.0, ())
    nearest = _highest(one.nearest for one in found)
    values = np.array(
        [
            best,
            NEAREST_UNKNOWN if nearest is None else nearest,
            _lead(question, found),
            max(one.told_of_others for one in found) - max(one.told for one in found),
            max(one.absent for one in found),
        ],
        np.float32,
    )
    weights = answer_weights()
    contributions = values * weights.of
    named = zip(SIGNS, values.tolist(), contributions.tolist(), strict=True)
    odds = contributions.sum() + np.float32(weights.bias)
    return Answered(
        float(probability(odds)), (Part("prior", 1.0, weights.bias), *(Part(*part) for part in named))
    )


def _lead(question: Question, found: Sequence[Found]) -> float:
    if not question.named:
        return 0.0
    theirs, others = _highest(one.theirs for one in found), _highest(one.others for one in found)
    if theirs is None or others is None:
        return LEAD_MAX if others is None else -LEAD_MAX
    return min(max(theirs - others, -LEAD_MAX), LEAD_MAX)


def _said_by_named(index: MemoryIndex, question: Question, rows: RowNumbers) -> Bools:
    authors = index.columns.ints("author")[rows]
    return np.isin(authors, list(question.named))


def _share_of_named(question: Question, holds: Bools, by_named: Bools) -> Floats:
    """float32 [n]: the share of those whom the question names who are in each row, or said it."""
    names = np.array(question.names, np.bool_)
    total = int(names.sum()) + bool(question.named)
    if not total:
        return np.ones(len(holds), np.float32)
    there = holds[:, names].sum(axis=1) + (by_named if question.named else 0)
    share: Floats = (there / total).astype(np.float32)
    return share


def _share_of_rest(question: Question, holds: Bools, idf: Floats) -> Floats:
    """float32 [n]: the share of the idf mass of the question's other words that stands in each row."""
    rest = ~np.array(question.names, np.bool_)
    mass = float(idf[rest].sum())
    if mass <= 0:
        return np.zeros(len(holds), np.float32)
    share: Floats = (holds[:, rest] @ idf[rest]) / np.float32(mass)
    return share


def _most(values: Floats) -> float | None:
    return float(values.max()) if len(values) else None


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
