"""Chooses the sentences that say most of a whole: central ones, none twice in other words.

Sources: D. Radev et al., "Centroid-based summarization of multiple documents", Information Processing &
Management 40(6), 2004; J. Carbonell and J. Goldstein, "The Use of MMR", SIGIR 1998.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

CENTRALITY = 0.6  # of a choice; the rest is what it adds: enough that twins are not both chosen
BY_MEANING = 0.5  # of centrality and of likeness, where there are vectors; the rest is by words
ASKED = 0.5  # what a question counts: the answer says more
TERMS_FULL = 6  # a sentence of fewer terms counts by its share of them


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A sentence to choose from: its term ids, its text's vector (unit length, or None), what it costs."""

    terms: tuple[int, ...]
    vector: Floats | None
    tokens: int
    is_question: bool = False


def choose(candidates: Sequence[Candidate], *, budget_tokens: int) -> list[int]:
    """The places of the sentences chosen, in the order given; together within the budget.

    Without vectors the words decide alone. Nothing is chosen where nothing fits.
    """
    if not candidates:
        return []
    words = _Words([one.terms for one in candidates])
    meanings = _meanings(candidates)
    central = _central(words, meanings)
    central *= np.array([_weight(one) for one in candidates], np.float32)
    costs = np.array([one.tokens for one in candidates])
    likeness = np.zeros(len(candidates), np.float32)
    open_ = costs <= budget_tokens
    chosen: list[int] = []
    left = budget_tokens
    while open_.any():
        worth = np.where(open_, CENTRALITY * central - (1 - CENTRALITY) * likeness, -np.inf)
        best = int(worth.argmax())
        chosen.append(best)
        left -= int(costs[best])
        open_[best] = False
        open_ &= costs <= left
        likeness = np.maximum(likeness, _like(best, words, meanings))
    return sorted(chosen)


def _weight(one: Candidate) -> float:
    return min(1.0, len(one.terms) / TERMS_FULL) * (ASKED if one.is_question else 1.0)


def _central(words: _Words, meanings: Floats | None) -> Floats:
    """float32 [n] in [0, 1]: how near each sentence is to the middle of all."""
    by_words = _share(words.with_all())
    if meanings is None:
        return by_words
    middle = meanings.mean(axis=0)
    by_meaning = _share(np.maximum(meanings @ middle, np.float32(0)))
    both: Floats = np.float32(BY_MEANING) * by_meaning + np.float32(1 - BY_MEANING) * by_words
    return both


def _like(place: int, words: _Words, meanings: Floats | None) -> Floats:
    """float32 [n]: how alike each sentence is to this one, from 0 to 1."""
    by_words = words.with_one(place)
    if meanings is None:
        return by_words
    by_meaning = np.maximum(meanings @ meanings[place], np.float32(0))
    both: Floats = np.float32(BY_MEANING) * by_meaning + np.float32(1 - BY_MEANING) * by_words
    return both


def _meanings(candidates: Sequence[Candidate]) -> Floats | None:
    """float32 [n, dims]; zeros for a sentence whose text waits for its vector. None where all wait."""
    dims = next((len(one.vector) for one in candidates if one.vector is not None), 0)
    if not dims:
        return None
    nothing = np.zeros(dims, np.float32)
    return np.stack([nothing if one.vector is None else one.vector for one in candidates])


def _share(scores: Floats) -> Floats:
    best = float(scores.max(initial=0.0))
    return scores / np.float32(best) if best > 0 else scores


class _Words:
    """Sentences as tf-idf over their terms, unit length: (sentence, term, weight) in order of sentence."""

    def __init__(self, terms: Sequence[tuple[int, ...]]) -> None:
        self._count = len(terms)
        flat = np.fromiter((term for one in terms for term in one), np.int64)
        owners = np.repeat(np.arange(len(terms)), [len(one) for one in terms])
        _, numbers = np.unique(flat, return_inverse=True)
        self._vocabulary = int(numbers.max(initial=-1)) + 1
        pairs, counts = np.unique(owners * max(1, self._vocabulary) + numbers, return_counts=True)
        self._owner = pairs // max(1, self._vocabulary)
        self._term = pairs % max(1, self._vocabulary)
        held_by = np.bincount(self._term, minlength=self._vocabulary)
        weight = counts * np.log1p(self._count / np.maximum(held_by, 1))[self._term]
        length = np.sqrt(np.bincount(self._owner, weight**2, minlength=self._count))
        self._weight = weight / np.maximum(length, 1e-9)[self._owner]

    def with_all(self) -> Floats:
        """float32 [n]: each sentence's cosine with the mean of all, up to a factor."""
        return self._with(self._term, self._weight)

    def with_one(self, place: int) -> Floats:
        """float32 [n]: each sentence's cosine with this one."""
        own = self._owner == place
        return self._with(self._term[own], self._weight[own])

    def _with(self, terms: npt.NDArray[np.intp], weights: npt.NDArray[np.float64]) -> Floats:
        other = np.bincount(terms, weights, minlength=self._vocabulary)
        products = self._weight * other[self._term]
        total: Floats = np.bincount(self._owner, products, minlength=self._count).astype(np.float32)
        return total
