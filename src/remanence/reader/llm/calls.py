"""What passes between the queue and an endpoint: turns that are sent, what is said, what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Trouble = Literal["unreachable", "busy", "timed out", "broken off", "refused", "unreadable"]


@dataclass(frozen=True, slots=True)
class Said:
    """A model's answer, and what it cost."""

    text: str
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Setback:
    """A call that came to nothing, and for how long the endpoint asked to be left alone."""

    trouble: Trouble
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the exchange with the model."""

    role: Literal["system", "user", "assistant"]
    text: str
