"""The weights that make one probability of a row's features, and what each feature contributed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import repeat

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.hit import Part
from remanence.recall.columns import Floats
from remanence.recall.features import FEATURES, Matrix

LOGIT_MAX = 30.0  # beyond, the probability is 0 or 1 in float32 anyway


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over named numbers; `identity` names it."""

    identity: str
    bias: float
    of: Floats  # float32 [n], in the order of the names


@cache
def shipped_weights() -> Weights:
    """The weights of `data/weights.toml`, made by `tools/learn_fusion.py`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "weights.toml").read_text("utf-8"))
    missing = set(FEATURES) ^ set(raw["weight"])
    if missing:
        raise InvalidInput(f"weights.toml and the features differ in: {', '.join(sorted(missing))}")
    return Weights(
        raw["identity"], raw["bias"], np.array([raw["weight"][name] for name in FEATURES], np.float32)
    )


def log_odds(features: Matrix, weights: Weights) -> Floats:
    """float32 [n]: the log-odds that each row answers the question."""
    total: Floats = features @ weights.of + np.float32(weights.bias)
    return total


def probability(log_odds: Floats) -> Floats:
    """float32 [n] in [0, 1]."""
    clipped = np.clip(log_odds, -LOGIT_MAX, LOGIT_MAX)
    result: Floats = np.float32(1) / (np.float32(1) + np.exp(-clipped))
    return result


def explained(features: Matrix, weights: Weights) -> list[tuple[Part, ...]]:
    """The parts of each row's score: float32 [n, len(FEATURES)]. The bias comes first, then what moved
    it most; features that are 0 or weigh nothing are left out."""
    contributions = features * weights.of
    orders = (-np.abs(contributions)).argsort(axis=1, kind="stable")
    rows = np.arange(len(features))[:, None]
    counts = np.count_nonzero(contributions, axis=1).tolist()
    values, moved = features[rows, orders].tolist(), contributions[rows, orders].tolist()
    prior = Part("prior", 1.0, weights.bias)
    explanations = []
    for row, order in enumerate(orders.tolist()):
        names = map(FEATURES.__getitem__, order[: counts[row]])
        parts = zip(names, values[row], moved[row])  # noqa: B905  # the rest are 0
        explanations.append((prior, *map(tuple.__new__, repeat(Part), parts)))
    return explanations
