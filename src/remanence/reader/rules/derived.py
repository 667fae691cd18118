"""What a rule derives from an utterance: a statement in the third person, with the words it came from."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.item import Slot
from remanence.model.kind import Kind


@dataclass(frozen=True, slots=True)
class Derived:
    """One statement, from characters [start, end) of the utterance.

    With `polarity` false the slot's value does not hold, or no longer. A correction replaces what was
    said before; where it has a slot, that slot's older values.
    """

    content: str
    kind: Kind
    slot: Slot | None
    polarity: bool
    rule: str
    confidence: float  # in [0, 1]
    start: int
    end: int
    is_correction: bool = False
