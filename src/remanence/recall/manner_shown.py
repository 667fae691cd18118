"""How a text tells what it tells, as its vector shows it: what `recall/manner.py` judges by phrases.

A small network of one hidden layer, learnt by `tools/learn_manner.py` for the default embedder; of another
embedder's vectors nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from remanence.recall.columns import Floats

SURE_MAX = 5.0  # log-odds: what is shown more surely counts no more


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The weights, and the embedder whose vectors they are for."""

    embedder: str
    inner: Floats  # float32 [dims, units]
    inner_bias: Floats
    outer: Floats  # float32 [units]
    outer_bias: np.float32

    def log_odds(self, vectors: Floats) -> Floats:
        """float32 [n]: how surely each vector [n, dims] is of a text that tells what is so now with its
        speaker."""
        units = np.maximum(vectors @ self.inner + self.inner_bias, 0)
        found: Floats = np.clip(units @ self.outer + self.outer_bias, -SURE_MAX, SURE_MAX)
        return found


def shown_by(vectors: Floats | None, embedder: str, *, count: int) -> Floats:
    """float32 [count]: the log-odds of each vector, 0 for what can't be judged: a row without a vector, and
    the vectors of another embedder."""
    network = shipped_network()
    if vectors is None or embedder != network.embedder:
        return np.zeros(count, np.float32)
    return network.log_odds(vectors) * vectors.any(axis=1)


@cache
def shipped_network() -> Network:
    """The one of `data/manner.npz`."""
    with (resources.files(__package__) / "data" / "manner.npz").open("rb") as file, np.load(file) as kept:
        return Network(
            str(kept["embedder"]),
            kept["inner"].astype(np.float32),
            kept["inner_bias"],
            kept["outer"],
            kept["outer_bias"][()],
        )
