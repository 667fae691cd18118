"""The port through which time and randomness come in, so that every test can fix them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and draws random bits."""

    def now(self) -> datetime:
        """The present, aware."""
        ...

    def random_bits(self, count: int) -> int:
        """That many random bits, as an integer."""
        ...
