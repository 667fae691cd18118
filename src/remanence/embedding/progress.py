"""How whoever waits for a fetch is told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as a fetch goes on with bytes done, bytes in all, and what is being brought."""


def silent(done_bytes: int, total_bytes: int, what: str) -> None:
    """Shows nothing."""
