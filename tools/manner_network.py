"""The network of embedding/manner.py as tools/learn_manner.py fits it: what it reads, and the fitting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.embedding.find import find_model
from remanence.embedding.manner import Network
from remanence.embedding.minilm import load

Floats: TypeAlias = npt.NDArray[np.float32]
Half: TypeAlias = npt.NDArray[np.float16]

UNITS, NETWORKS = 32, 1  # those learnt from different beginnings are laid side by side
ROUNDS, BATCH, RATE = 10, 64, 2e-3
DROPPED, DROPPED_BELOW = 0.3, 0.15  # of the units, and of a piece's numbers
DECAY = 1.0
SPREAD_MIN = 0.2  # of the mean spread of a piece's numbers
LONGEST = 64  # pieces: of a longer text the first
RUN = 32  # texts


class Pieces:
    """What the middle of the default embedder holds of each piece of texts, kept by text."""

    def __init__(self) -> None:
        self._engine = load(find_model())
        self._known: dict[str, Half] = {}

    def of(self, texts: Sequence[str]) -> list[Half]:
        """float16 [pieces, width] of each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        new.sort(key=len)
        for start in range(0, len(new), RUN):
            batch = new[start : start + RUN]
            for text, pieces in zip(batch, self._engine.pieces(batch), strict=True):
                self._known[text] = pieces[:LONGEST].astype(np.float16)
        return [self._known[text] for text in texts]


def padded(pieces: Sequence[Half]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Texts side by side, as long as the longest, and where there are pieces."""
    longest = max(map(len, pieces))
    side_by_side = np.zeros((len(pieces), longest, pieces[0].shape[1]), np.float32)
    there = np.zeros((len(pieces), longest), np.bool_)
    for at, one in enumerate(pieces):
        side_by_side[at, : len(one)], there[at, : len(one)] = one, True
    return side_by_side, there


def log_odds(network: Network, pieces: Sequence[Half]) -> Floats:
    """float32 [n]: how surely each text tells what is so now with its speaker."""
    found = [network.log_odds(*padded(pieces[start : start + RUN])) for start in range(0, len(pieces), RUN)]
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def fitted(pieces: Sequence[Half], holds: Sequence[bool], weights: Sequence[float]) -> Network:
    """The network of some texts."""
    all_pieces = np.concatenate(list(pieces)).astype(np.float32)
    middle, spread = all_pieces.mean(axis=0), all_pieces.std(axis=0)
    spread = np.maximum(spread, SPREAD_MIN * spread.mean())
    scaled = [((one - middle) / spread).astype(np.float16) for one in pieces]
    parts = [_Fit(seed, len(spread)).run(scaled, holds, weights) for seed in range(NETWORKS)]
    inner = np.concatenate([part[0] for part in parts], axis=1) / spread[:, None]
    outer = [part[2] / NETWORKS for part in parts]
    return Network(
        inner=inner.astype(np.float32),
        inner_bias=(np.concatenate([part[1] for part in parts]) - middle @ inner).astype(np.float32),
        outer=np.concatenate([*(one[:UNITS] for one in outer), *(one[UNITS:] for one in outer)]),
        outer_bias=np.float32(np.mean([part[3] for part in parts])),
    )


class _Fit:
    """One network, from its own beginning: Adam with a falling rate, decaying weights, and drop-out."""

    def __init__(self, seed: int, width: int) -> None:
        self._chance = np.random.default_rng(seed)
        normal = self._chance.normal
        self._weights = [
            normal(0, width**-0.5, (width, UNITS)).astype(np.float32),
            np.zeros(UNITS, np.float32),
            normal(0, (2 * UNITS) ** -0.5, 2 * UNITS).astype(np.float32),
            np.zeros((), np.float32),
        ]
        self._first = [np.zeros_like(one) for one in self._weights]
        self._second = [np.zeros_like(one) for one in self._weights]
        self._step = 0

    def run(self, pieces: Sequence[Half], holds: Sequence[bool], weights: Sequence[float]) -> list[Floats]:
        """Inner weights and bias, outer weights and bias."""
        wanted, weighed = np.array(holds, np.float32), np.array(weights, np.float32)
        steps = ROUNDS * (len(pieces) // BATCH)
        for _ in range(ROUNDS):
            for batch in self._batches([len(one) for one in pieces]):
                side_by_side, there = padded([pieces[at] for at in batch])
                slopes = self._slopes(side_by_side, there, wanted[batch], weighed[batch])
                self._move(slopes, RATE * (1 - self._step / (steps + 1)))
        return self._weights

    def _batches(self, lengths: Sequence[int]) -> Iterator[npt.NDArray[np.intp]]:
        order = np.argsort(np.array(lengths) + self._chance.random(len(lengths)) * 3)
        starts = list(range(0, len(order) - BATCH + 1, BATCH))
        self._chance.shuffle(starts)
        for start in starts:
            yield order[start : start + BATCH]

    def _kept(self, shape: tuple[int, ...], dropped: float) -> Floats:
        return ((self._chance.random(shape, dtype=np.float32) > dropped) / np.float32(1 - dropped)).astype(
            np.float32
        )

    def _slopes(
        self, pieces: Floats, there: npt.NDArray[np.bool_], wanted: Floats, weighed: Floats
    ) -> list[Floats]:
        inner, inner_bias, outer, outer_bias = self._weights
        pieces = pieces * self._kept((len(pieces), 1, pieces.shape[2]), DROPPED_BELOW)
        units = np.maximum(pieces @ inner + inner_bias, 0) * there[:, :, None]
        count = there.sum(axis=1)[:, None].astype(np.float32)
        largest = units.argmax(axis=1)
        kept = self._kept((len(pieces), 2 * UNITS), DROPPED)
        seen = np.concatenate((units.sum(axis=1) / count, units.max(axis=1)), axis=1) * kept
        off = weighed * (1 / (1 + np.exp(-(seen @ outer + outer_bias))) - wanted) / len(pieces)
        by_seen = np.outer(off, outer) * kept
        by_unit = np.repeat((by_seen[:, :UNITS] / count)[:, None, :], units.shape[1], axis=1)
        text, unit = np.indices(largest.shape)
        by_unit[text, largest, unit] += by_seen[:, UNITS:]
        by_unit *= units > 0
        flat = by_unit.reshape(-1, UNITS)
        return [pieces.reshape(len(flat), -1).T @ flat, flat.sum(axis=0), seen.T @ off, off.sum()]

    def _move(self, slopes: Sequence[Floats], rate: float) -> None:
        self._step += 1
        for at, slope in enumerate(slopes):
            self._first[at] = 0.9 * self._first[at] + 0.1 * slope
            self._second[at] = 0.999 * self._second[at] + 0.001 * slope**2
            first = self._first[at] / (1 - 0.9**self._step)
            second = self._second[at] / (1 - 0.999**self._step)
            decayed = self._weights[at] * (DECAY if self._weights[at].ndim and at != 1 else 0)
            self._weights[at] = self._weights[at] - np.float32(rate) * (
                first / (np.sqrt(second) + 1e-8) + decayed
            )
