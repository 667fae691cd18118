"""What the reader keeps of texts that it read a moment ago, so that an erasure can have it forgotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from weakref import WeakSet

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

P = ParamSpec("P")
T = TypeVar("T")
_kept: WeakSet[_lru_cache_wrapper[object]] = WeakSet()


def remembered(count: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """As `functools.lru_cache`, for a function of texts: `drop_texts` empties it.

    >>> @remembered(8)
    ... def length(text: str) -> int:
    ...     return len(text)
    >>> length("peanuts")
    7
    """

    def made(function: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize=count)(function)
        _kept.add(kept)
        return cast("Callable[P, T]", kept)

    return made


def drop_texts() -> None:
    """Let go of every text that was read."""
    for kept in list(_kept):
        kept.cache_clear()
