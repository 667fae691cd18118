"""The weights by which the last that tells it is chosen among some rows: what tools/learn_currency.py fits.

Each row is judged by its features, whether it speaks of what is asked and whether it holds; the loss is that
of the right rows' share in the softmax of `recall/successors.py`'s choice, and in part that of the two
judgements by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from remanence.recall.successors import Succession

PENALTY = 5.0
JUDGED_SHARE = 0.3  # of the loss of a judgement by itself, to that of the choice
SPREAD_MIN = 0.05
STEPS_MAX = 120
UNTOLD_MIN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What there was to choose among, which of it is right, speaks of what is asked, and tells it at any
    time, and how much it counts."""

    among: Succession
    right: np.ndarray
    speaks: np.ndarray
    tells: np.ndarray
    weight: float


class _Padded:
    """Choices side by side, as long as the longest."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        shape = len(choices), max(len(one.right) for one in choices)
        self.features = np.zeros((*shape, choices[0].among.features.shape[1]))
        self.later = np.zeros((*shape, shape[1]))
        self.there, self.right, self.speaks, self.tells = (np.zeros(shape, np.bool_) for _ in range(4))
        for at, one in enumerate(choices):
            count = len(one.right)
            self.features[at, :count] = one.among.features
            self.later[at, :count, :count] = one.among.later
            self.there[at, :count] = True
            self.right[at, :count], self.speaks[at, :count] = one.right, one.speaks
            self.tells[at, :count] = one.tells
        self.weight = np.array([one.weight for one in choices])

    def loss(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss, and its slope by the weights."""
        by = self.features @ weights
        sure, log_sure = 1 / (1 + np.exp(-np.clip(by, -40, 40))), -np.logaddexp(0, -by)
        chosen, slope = self._chosen(log_sure.sum(axis=2))
        slope = slope[:, :, None] * (1 - sure)
        for at, holds, of in ((0, self.speaks, self.there), (1, self.tells, self.speaks)):
            weight = JUDGED_SHARE * self.weight[:, None] * of
            chosen -= float((weight * (log_sure[..., at] - by[..., at] * ~holds)).sum())
            slope[..., at] += weight * (sure[..., at] - holds)
        return chosen, np.einsum("qnf,qnj->fj", self.features, slope)

    def _chosen(self, log_tells: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss of the choice, and its slope by the log of how likely each tells it."""
        tells = np.exp(log_tells)
        untold = np.maximum(1 - tells, UNTOLD_MIN)
        scores = log_tells + np.einsum("qij,qj->qi", self.later, np.log(untold) * self.there)
        scores = np.where(self.there, scores, -np.inf)
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        among_right = chance * self.right
        share = among_right.sum(axis=1)
        weight = self.weight * self.right.any(axis=1)
        wanted = among_right / np.maximum(share, 1e-30)[:, None]
        slope = (chance - wanted) * weight[:, None] * self.there
        before = np.einsum("qij,qi->qj", self.later, slope) * self.there
        slope -= before * np.where(1 - tells > UNTOLD_MIN, tells / untold, 0)
        return float(-(weight * np.log(np.maximum(share, 1e-12))).sum()), slope


def fitted(choices: Sequence[Choice]) -> np.ndarray:
    """float64 [features, judgements]: the weights, with an L2 penalty over features of one spread."""
    padded = _Padded(choices)
    spread = np.maximum(padded.features[padded.there].std(axis=0), SPREAD_MIN)
    padded.features /= spread
    shape = len(spread), 2

    def penalised(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        loss, slope = padded.loss(weights)
        return loss + 0.5 * PENALTY * float((weights**2).sum()), (slope + PENALTY * weights).ravel()

    found = minimize(
        penalised, np.zeros(2 * shape[0]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS_MAX}
    )
    return np.asarray(found.x).reshape(shape) / spread[:, None]
