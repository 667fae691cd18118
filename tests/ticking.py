"""A clock for tests: it stands still, or ticks at each look, and draws the same bits for the same seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


class TickingClock:
    """Time and randomness behind remanence.model.clock.Clock, both fixed by the arguments."""

    def __init__(
        self, start: datetime = START, *, tick: timedelta = timedelta(seconds=1), seed: int = 0
    ) -> None:
        self.time = start
        self._tick = tick
        self._random = random.Random(seed)

    def now(self) -> datetime:
        """The time, which then moves on by one tick."""
        time = self.time
        self.time += self._tick
        return time

    def random_bits(self, count: int) -> int:
        """The next bits of the seed."""
        return self._random.getrandbits(count)

    def step(self, by: timedelta) -> None:
        """Let time pass, or step back."""
        self.time += by
