"""Summaries: of sentences word for word, or in a model's words, each with the places that bear it out."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.ids import ItemId
from remanence.model.item import Source

DEFAULT_SUMMARY_TOKENS = 300  # some ten sentences


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence, who said it (None for what was stated or is a model's), and the places that bear it out."""

    text: str
    speaker: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences in order of time; `text` has a line for each with its items' ids, within the budget.

    `by` names the model whose words they are; None: they stand word for word in the items.
    """

    text: str
    tokens: int
    budget_tokens: int
    sentences: tuple[CitedSentence, ...]
    by: str | None = None

    @property
    def items(self) -> tuple[ItemId, ...]:
        """The items that are cited, each once, in order."""
        return tuple(dict.fromkeys(one.item_id for cited in self.sentences for one in cited.sources))
