"""What the checks look at: one state of the cube, its ledger, and the contexts that were handed out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from remanence.model.clipping import clipped
from remanence.model.conflict import Conflict
from remanence.model.hit import Hit
from remanence.model.ids import ItemId, RevisionId, short
from remanence.model.item import Revision
from remanence.model.mirror import Share
from remanence.model.promise import Breach, Ledger
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
    coherence: Sequence[Share] | None
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
    shown = clipped(text, QUOTE_CHARS_MAX)
    return f"\u201c{shown}\u201d ({short(row.item_id)})"


def passages_of(snapshot: Snapshot, row: Revision) -> set[RevisionId]:
    """The rows that tell what this one does: itself, and messages from which nothing else was read."""
    sources = [source.item_id for source in row.provenance.sources]
    alone = [one for one in sources if snapshot.derived_from([one]) == [row.item_id]]
    return {row.id, *(one.id for one in snapshot.rows_of(alone))}


def said_again(snapshot: Snapshot, row: Revision, *, instead_of: Revision, after: datetime) -> list[Revision]:
    """Messages in which the agent asserts after this time what the row says, and not what the other says.

    A sentence asserts it that has all its telling words by stem, whoever is told ("you live in Lisbon"), and
    none of those that the other alone has.
    """
    passed_over = {word for one in (row, instead_of) for word in _names(one)}
    mine, others = (_stems(one.content.text, passed_over) for one in (row, instead_of))
    own = [word for word in words(row.content.text) if _stems(word, passed_over) - others]
    if not own:
        return []
    said = snapshot.messages_saying(max(own, key=len), after=after, limit=SAID_AGAIN_MAX, role="assistant")
    return [one for one in said if _asserts(one.content.text, mine, others - mine, passed_over)]


def _asserts(text: str, telling: frozenset[int], others: frozenset[int], passed_over: set[str]) -> bool:
    for sentence in modalities(text):
        stems = _stems(sentence.text, passed_over)
        if sentence.modality == "asserted" and telling <= stems and not others & stems:
            return True
    return False


def _names(row: Revision) -> list[str]:
    """Who speaks, and of whom: whoever is told of it again says "you"."""
    subject = "" if row.content.slot is None else row.content.slot.subject
    return [*words(row.provenance.author), *words(subject)]


def _stems(text: str, passed_over: set[str]) -> frozenset[int]:
    return frozenset(
        number for word in words(text) if word not in passed_over and (number := term_id(word)) >= 0
    )
