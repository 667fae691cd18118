"""What the checks look at: one state of the cube, its ledger, and the contexts that were handed out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from remanence.model.conflict import Conflict
from remanence.model.hit import Hit
from remanence.model.ids import ItemId, RevisionId, short
from remanence.model.item import Revision
from remanence.model.promise import Breach, CoherenceFigure, Ledger
from remanence.reader.rules.modality import modalities
from remanence.recall.analyser import term_id, words
from remanence.storage.contexts_port import HandedContext
from remanence.storage.port import Snapshot

QUOTE_CHARS_MAX = 80
SAID_AGAIN_MAX = 200  # messages of the agent that are looked at for one statement


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """All that a check may ask. `recall` answers a question as the cube's users are answered."""

    snapshot: Snapshot
    now: datetime
    ledger: Ledger
    contexts: Sequence[HandedContext]
    conflicts: Sequence[Conflict]
    coherence: Sequence[CoherenceFigure] | None
    recall: Callable[[str], Sequence[Hit]]
    bounds: Mapping[str, float]


@dataclass(slots=True)
class Found:
    """What a check came to: how much it looked at, and where the promise was broken."""

    looked_at: int = 0
    breaches: list[Breach] = field(default_factory=list)
    note: str | None = None

    def broken(self, items: Iterable[ItemId], at: datetime, what: str) -> None:
        """Note one place where the promise was broken."""
        self.breaches.append(Breach(tuple(dict.fromkeys(items)), at, what))


def quoted(row: Revision) -> str:
    """A row as a breach names it: the beginning of its words, and its id."""
    text = " ".join(row.content.text.split())
    shown = text if len(text) <= QUOTE_CHARS_MAX else text[: QUOTE_CHARS_MAX - 1] + "…"
    return f"\u201c{shown}\u201d ({short(row.item_id)})"


def passages_of(snapshot: Snapshot, row: Revision) -> set[RevisionId]:
    """The rows that tell what this one does: itself, and messages from which nothing else was read."""
    sources = [source.item_id for source in row.provenance.sources]
    alone = [one for one in sources if snapshot.derived_from([one]) == [row.item_id]]
    return {row.id, *(one.id for one in snapshot.rows_of(alone))}


def said_again(snapshot: Snapshot, row: Revision, *, instead_of: Revision, after: datetime) -> list[Revision]:
    """Messages in which the agent asserts after this time what the row says, and not what the other says.

    A sentence asserts it that has all its telling words by stem, whoever is told ("you live in Lisbon").
    """
    value = row.content.slot.value if row.content.slot is not None else row.content.text
    others = instead_of.content.slot.value if instead_of.content.slot is not None else None
    passed_over = set(words(row.provenance.author)) | set(words(_subject(row)))
    telling = _stems(row.content.text, passed_over)
    said = snapshot.assistant_rows_saying(value, after=after, limit=SAID_AGAIN_MAX)
    return [
        one
        for one in said
        if telling
        and any(
            telling <= _stems(sentence.text, passed_over) and not _has(sentence.text, others)
            for sentence in modalities(one.content.text)
            if sentence.modality == "asserted"
        )
    ]


def _subject(row: Revision) -> str:
    return "" if row.content.slot is None else row.content.slot.subject


def _stems(text: str, passed_over: set[str]) -> frozenset[int]:
    return frozenset(
        number for word in words(text) if word not in passed_over and (number := term_id(word)) >= 0
    )


def _has(text: str, value: str | None) -> bool:
    return value is not None and value.casefold() in text.casefold()
