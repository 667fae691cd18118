"""What every verb works with: the store, the clock, the embedder, and how the cube reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from remanence.embedding.port import Embedder
from remanence.lifecycle.changes import Change, TextFacts
from remanence.model.clock import Clock
from remanence.recall.analyser import analyse
from remanence.reranking.port import Reranker
from remanence.storage.port import Store, Transaction
from remanence.verbs import arguments
from remanence.verbs.noticing import notice
from remanence.verbs.seat import EmbedderSeat

if TYPE_CHECKING:
    from remanence.reader.llm.reader import LLMReader


@dataclass(frozen=True, slots=True)
class Setting:
    """One open cube's parts."""

    store: Store
    clock: Clock
    zone: tzinfo
    owner: str
    seat: EmbedderSeat
    derives: bool  # whether the rule reader runs on what is observed
    llm: LLMReader | None = None  # the reader that asks a language model, beside the rules
    reranker: Reranker | None = None

    @property
    def embedder(self) -> Embedder | None:
        """The embedder in use just now: another one may take its place."""
        return self.seat.embedder

    def change(self, tx: Transaction, *, actor: str, reason: str | None) -> Change:
        """A new change set in this transaction; raises InvalidInput for an actor that is no name."""
        named = arguments.name(actor, "actor")
        change = Change(tx, clock=self.clock, analyse=text_facts, actor=named, reason=reason)
        if self.derives:
            change.attach(lambda tx: notice(tx, change, change.rows_with_new_texts))
        return change


def text_facts(text: str) -> TextFacts:
    """What the analyser makes of a text."""
    found = analyse(text)
    return TextFacts(found.terms, found.tokens, found.flags)
