"""The proof of an erasure, as it is stored and handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remanence.model.ids import ItemId


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of an erasure: what went, when, and whether every byte is gone."""

    change_set: int
    erased_at: datetime
    items: tuple[ItemId, ...]  # all that lost their text, cascades included
    redacted: tuple[ItemId, ...]  # sources in which the passage was blanked
    remaining: tuple[ItemId, ...]  # near-duplicates that were left alone
    journal_head: str  # hex, the chain's head after the erasure
    pending: bool  # True: a reader kept old pages alive; the next writer finishes
    kinds: tuple[str, ...] = ()  # of the items, in their order
    digests: tuple[str, ...] = ()  # hex: by which the journal named the texts that went
    actor: str = ""  # by whom; of stored receipts the journal tells it
    reason: str | None = None  # why, where that was not erased since
