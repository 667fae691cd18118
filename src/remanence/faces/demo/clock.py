"""The demo's clock: it is set to the days of the story, whatever day it is outside."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from remanence.clock import SystemClock


class StoryClock:
    """Goes on from the time it was set to, at the pace of real time."""

    def __init__(self, start: datetime) -> None:
        self._chance = SystemClock()
        self.set(start)

    def set(self, start: datetime) -> None:
        """Go on from there."""
        self._start = start
        self._set_at = time.perf_counter()

    def now(self) -> datetime:
        """The story's present, in UTC."""
        return self._start.astimezone(UTC) + timedelta(seconds=time.perf_counter() - self._set_at)

    def random_bits(self, count: int) -> int:
        """Bits from the system's source of randomness."""
        return self._chance.random_bits(count)
