"""How whoever waits for an export or a load is told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Told: TypeAlias = Callable[[int, int], None]
"""Called as it goes on, with how many pieces are done and about how many there are."""


def unheard(done: int, total: int) -> None:
    """Tells nobody."""
