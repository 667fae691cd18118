"""Why a recall answers as it does: how it read the question, what it looked at, and each hit's measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remanence.model.hit import Hit, Part
from remanence.model.interval import Interval


@dataclass(frozen=True, slots=True)
class Reading:
    """What recall took from the words of a question, beside the words that it looks for.

    `asks` is among "when", "how many", "who", "what the agent said", "how things stand".
    """

    about: tuple[str, ...]  # speakers whom it names
    asker: str | None  # who says "I" in it
    times: tuple[Interval, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sieve:
    """A filter, and how many of the cube's rows pass it."""

    name: str
    passed: int
    of: int


@dataclass(frozen=True, slots=True)
class Road:
    """What one road says of a hit: the score as measured, as it went into the sum, and its place among all.

    "dense" and "dense_window" are measured in cosines, "bm25" and "bm25_window" in BM25; each stands in the
    sum as a share of the best. The place counts the rows that may answer, from 1.
    """

    name: str
    raw: float
    normalised: float
    place: int


@dataclass(frozen=True, slots=True)
class ExplainedHit:
    """A hit with its roads; `activation` is how far above rest it is now, None where age does not count."""

    hit: Hit
    roads: tuple[Road, ...]
    activation: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A recall taken apart: the same hits in the same order, with what they were measured by.

    `allowed` rows passed every one of the `sieves`. `answered` is how likely it is that anything answers,
    and `signs` are what that is made of, as log-odds.
    """

    answered: float
    signs: tuple[Part, ...]
    reading: Reading
    sieves: tuple[Sieve, ...]
    allowed: int
    hits: tuple[ExplainedHit, ...]

    def __iter__(self) -> Iterator[ExplainedHit]:
        return iter(self.hits)
