"""What a store can say of slots, beside what stands in one."""

from __future__ import annotations

from typing import Protocol


class SlotReading(Protocol):
    """The part of a snapshot that knows what a subject has."""

    def attributes_of(self, subject: str) -> list[str]:
        """The attributes that open rows give this subject, each once, in order."""
        ...
