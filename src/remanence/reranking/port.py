"""The port to rerankers: what every engine promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Says how well each text answers a question, reading both together. Safe to call from any thread."""

    @property
    def name(self) -> str:
        """Which model it is, as `why` names it."""
        ...

    def relevances(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """A number for each text, in order, the higher the better, on a scale of its own.

        Raises RerankingFailed when no order can be told.
        """
        ...
