"""Confidence as evidence: a Beta distribution over "this is true".

Source: A. Jøsang and R. Ismail, "The Beta Reputation System", 15th Bled Electronic Commerce
Conference, 2002.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from remanence.errors import InvalidInput

DEFAULT_STRENGTH = 2.0  # pseudo-observations behind a confidence somebody states


@dataclass(frozen=True, slots=True)
class Belief:
    """Evidence for and against, in (fractions of) independent observations.

    >>> Belief.stated(0.95).mean
    0.95
    """

    support: float
    doubt: float

    def __post_init__(self) -> None:
        finite = math.isfinite(self.support) and math.isfinite(self.doubt)
        if not finite or self.support < 0 or self.doubt < 0 or self.support + self.doubt <= 0:
            raise InvalidInput(
                "evidence must be two finite numbers >= 0, not both 0; "
                f"got {self.support} for, {self.doubt} against"
            )

    @classmethod
    def stated(cls, confidence: float, strength: float = DEFAULT_STRENGTH) -> Belief:
        """A confidence in [0, 1] that stands for `strength` observations; InvalidInput outside of it."""
        if not isinstance(confidence, int | float) or not 0.0 <= confidence <= 1.0:
            raise InvalidInput(f"confidence {confidence!r} must be a number in [0, 1]")
        return cls(confidence * strength, (1.0 - confidence) * strength)

    @property
    def mean(self) -> float:
        """The share of the evidence that speaks for it, in [0, 1]."""
        return self.support / self.strength

    @property
    def strength(self) -> float:
        """How many observations it rests on."""
        return self.support + self.doubt

    def corroborated(self, weight: float = 1.0) -> Belief:
        """With one more observation that speaks for it."""
        return Belief(self.support + weight, self.doubt)

    def contradicted(self, weight: float = 1.0) -> Belief:
        """With one more observation that speaks against it."""
        return Belief(self.support, self.doubt + weight)


CERTAIN = Belief.stated(1.0)
