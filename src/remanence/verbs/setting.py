"""What every verb works with: the store, the clock, the embedder, and how the cube reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from remanence.embedding.port import Embedder, EmbedderIdentity
from remanence.lifecycle.changes import Change, TextFacts
from remanence.model.clock import Clock
from remanence.recall.analyser import analyse
from remanence.reranking.port import Reranker
from remanence.storage.port import EmbedderName, Store, Transaction
from remanence.verbs import arguments
from remanence.verbs.noticing import notice

if TYPE_CHECKING:
    from remanence.reader.llm.reader import LLMReader


@dataclass(frozen=True, slots=True)
class Setting:
    """One open cube's parts."""

    store: Store
    clock: Clock
    zone: tzinfo
    owner: str
    embedder: Embedder | None
    derives: bool  # whether the rule reader runs on what is observed
    llm: LLMReader | None = None  # the reader that asks a language model, beside the rules
    reranker: Reranker | None = None

    def change(self, tx: Transaction, *, actor: str, reason: str | None) -> Change:
        """A new change set in this transaction; raises InvalidInput for an actor that is no name."""
        named = arguments.name(actor, "actor")
        change = Change(tx, clock=self.clock, analyse=text_facts, actor=named, reason=reason)
        if self.derives:
            change.attach(lambda tx: notice(tx, change, change.rows_with_new_texts))
        return change


def name_of(identity: EmbedderIdentity) -> EmbedderName:
    """An embedder's identity as the store keeps it."""
    return EmbedderName(identity.name, identity.revision, identity.dims)


def text_facts(text: str) -> TextFacts:
    """What the analyser makes of a text."""
    found = analyse(text)
    return TextFacts(found.terms, found.tokens, found.flags)
