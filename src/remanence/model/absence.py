"""Why an item is not among a recall's hits."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.hit import Why
from remanence.model.ids import ItemId


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What kept an item out of the first `k` hits; `reasons` say it in words, most decisive first.

    `left_out_by` names what the item does not pass: arguments of the recall, or "state", "ended", "expired",
    "believed". `place` is where it stands among all that were ranked, from 1; `rough_place` where the cheap
    first score puts it among the `allowed` rows, of which the best become candidates.
    """

    item_id: ItemId
    k: int
    reasons: tuple[str, ...]
    left_out_by: tuple[str, ...] = ()
    allowed: int = 0
    rough_place: int | None = None
    place: int | None = None
    score: float | None = None
    last_score: float | None = None  # of the k-th hit
    why: Why | None = None
    folded_into: ItemId | None = None

    @property
    def is_hit(self) -> bool:
        """Whether it is among the hits after all."""
        return self.place is not None and self.place <= self.k

    def __str__(self) -> str:
        return "; ".join(self.reasons)
