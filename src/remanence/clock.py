"""The system's clock and randomness, behind the port of model.clock."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


class SystemClock:
    """Real time, real randomness."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)

    def random_bits(self, count: int) -> int:
        """Bits from the system's source of randomness."""
        return secrets.randbits(count)
