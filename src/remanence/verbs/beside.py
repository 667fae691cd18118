"""Something else done while a question is embedded: one thread for the whole process.

The caller's own thread embeds, for that takes longer: so nobody waits for a thread to wake up.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Generic, TypeVar

T = TypeVar("T")


class _Worker:
    """Works for one caller at a time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "remanence-beside")
        self._taken = threading.Lock()

    def begin(self, work: Callable[[], T]) -> Begun[T] | None:
        """Begin the work; None while it works for somebody else."""
        if not self._taken.acquire(blocking=False):
            return None
        return Begun(self._thread.submit(work), self._taken)


class Begun(Generic[T]):
    """Work under way. It must be waited for."""

    def __init__(self, future: Future[T], taken: threading.Lock) -> None:
        self._future = future
        self._taken = taken

    def wait(self) -> T:
        """What the work gives, or raises."""
        try:
            return self._future.result()
        finally:
            self._taken.release()


def begun(work: Callable[[], T]) -> Begun[T] | None:
    """Begin the work in another thread; None where none is free."""
    return _worker_of(os.getpid()).begin(work)


@cache
def _worker_of(_process: int) -> _Worker:
    """A forked process has none of its parent's threads."""
    return _Worker()
