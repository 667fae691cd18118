"""What is made when it is first needed, once for all threads; a failure is remembered for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from remanence.errors import ModelUnavailable

RETRY_AFTER_S = 60.0  # since a load failed: else each recall would wait for the network
T = TypeVar("T")


class Lazily(Generic[T]):
    """Holds what `load` makes. Use it from any thread."""

    def __init__(self, load: Callable[[], T], *, clock_s: Callable[[], float] = time.monotonic) -> None:
        """`load` may raise ModelUnavailable, which is then raised again without asking, for RETRY_AFTER_S."""
        self._load = load
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._made: T | None = None
        self._failure: ModelUnavailable | None = None
        self._retry_at_s = 0.0

    def get(self) -> T:
        """It, made now if it is not yet."""
        if self._made is not None:
            return self._made
        with self._lock:
            if self._made is None:
                if self._failure is not None and self._clock_s() < self._retry_at_s:
                    raise ModelUnavailable(str(self._failure)) from self._failure
                try:
                    self._made = self._load()
                except ModelUnavailable as error:
                    self._failure, self._retry_at_s = error, self._clock_s() + RETRY_AFTER_S
                    raise
            return self._made
