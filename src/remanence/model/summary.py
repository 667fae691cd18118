"""Summaries made of sentences word for word, each with the places that it was taken from."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.ids import ItemId
from remanence.model.item import Source

DEFAULT_SUMMARY_TOKENS = 300  # some ten sentences


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence, who said it (None for what was stated), and every place where it stands."""

    text: str
    speaker: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences in order of time; `text` has a line for each with its items' ids, within the budget."""

    text: str
    tokens: int
    budget_tokens: int
    sentences: tuple[CitedSentence, ...]

    @property
    def items(self) -> tuple[ItemId, ...]:
        """The items that are cited, each once, in order."""
        return tuple(dict.fromkeys(one.item_id for cited in self.sentences for one in cited.sources))
