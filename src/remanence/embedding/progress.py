"""How whoever waits for long work is told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as work goes on with what is done, what there is in all, and a name for it: bytes of a fetch, texts
of an embedding."""


def silent(done: int, total: int, what: str) -> None:
    """Shows nothing."""
