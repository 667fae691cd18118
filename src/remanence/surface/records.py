"""The façade's looks at what is there: an item, its history, the journal, the past, counts, soundness."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.hit import Context, Hit
from remanence.model.item import Item, Revision
from remanence.model.journal import JournalEntry
from remanence.storage.port import Receipt
from remanence.surface.bound import Bound
from remanence.verbs import inspecting, proving
from remanence.verbs.arguments import When
from remanence.verbs.inspecting import Stats
from remanence.verbs.proving import Verified
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS, Query


class Records(Bound):
    """What is written down, read."""

    def show(self, item: str) -> Item:
        """The item as it is believed now; raises NotFound or AmbiguousId."""
        return inspecting.show(self._setting, item)

    def history(self, item: str) -> tuple[Revision, ...]:
        """All rows of an item, in the order in which they were recorded."""
        return inspecting.history(self._setting, item)

    def journal(self, *, limit: int = 50, item: str | None = None) -> tuple[JournalEntry, ...]:
        """The newest lines of the journal, newest first; of one item if asked for."""
        return inspecting.journal(self._setting, limit=limit, prefix=item)

    def at(self, known_at: When, *, as_of: When | None = None) -> View:
        """The memory as it was: recall and context that know nothing later. Reads only."""
        return View(self, known_at=known_at, as_of=as_of)

    def erased(self) -> tuple[Receipt, ...]:
        """The receipts of all erasures, oldest first."""
        return inspecting.erased(self._setting)

    def stats(self) -> Stats:
        """How much there is of what."""
        return inspecting.stats(self._setting)

    def check(self, *, head: str | None = None) -> tuple[str, ...]:
        """What is wrong with the cube, as sentences; empty when all is well.

        Looks at pages, references, the text index, the journal's chain, texts against their digests,
        rows against each other. `head` is an earlier hash of the chain, from a receipt or `journal`.
        """
        return inspecting.check(self._setting, head=head)

    def verify(self, *, head: str | None = None) -> Verified:
        """Recompute the journal's chain, and show that it still holds after erasures.

        `head` as for `check`, which looks at all else too. Raises InvalidInput for what is no hash.
        """
        return proving.verify(self._setting, head=head)


@dataclass(frozen=True, slots=True)
class View:
    """A cube as it was at one time; see Cube.at."""

    cube: Bound
    known_at: When
    as_of: When | None = None

    def recall(self, text: str, *, k: int = DEFAULT_HITS) -> list[Hit]:
        """As Cube.recall, at the view's times."""
        return self.cube._recaller.recall(self._query(text), k=k)

    def context(self, text: str, *, budget: int = DEFAULT_BUDGET_TOKENS) -> Context:
        """As Cube.context, at the view's times."""
        return self.cube._recaller.context(self._query(text), budget_tokens=budget)

    def _query(self, text: str) -> Query:
        return Query(text=text, known_at=self.known_at, as_of=self.as_of)
