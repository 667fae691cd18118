"""The façade's looks at what is there: an item, its history, the journal, counts, soundness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.model.ids import ItemId
from remanence.model.item import Item, Revision
from remanence.model.journal import JournalEntry
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.storage.port import Receipt
from remanence.surface.bound import Bound
from remanence.surface.units import places_of
from remanence.verbs import inspecting, observing, proving
from remanence.verbs.inspecting import Stats
from remanence.verbs.proving import Verified

if TYPE_CHECKING:
    from remanence.surface.unit import Unit

DEFAULT_ITEMS = 100


class Records(Bound):
    """What is written down, read."""

    def show(self, item: str) -> Item:
        """The item as it is believed now; raises NotFound or AmbiguousId."""
        return inspecting.show(self._setting, item)

    def recognise(self, messages: Iterable[object], *, session: str | None = None) -> tuple[ItemId, ...]:
        """The items that these messages are in their session, those that `observe` would know again.

        Of a window that reaches the session's end. Pass them as `without` of `recall` or `context`, so that
        a prompt that holds the messages holds them once. Raises InvalidInput that names a wrong message.
        """
        return observing.recognise(self._setting, messages, session=session)

    def items(
        self,
        *,
        kind: Kind | str | None = None,
        unit: Unit | str | None = None,
        session: str | None = None,
        state: State | str | None = None,
        tag: str | None = None,
        after: Item | str | None = None,
        limit: int = DEFAULT_ITEMS,
    ) -> tuple[Item, ...]:
        """The items that fit, the newest first, at most `limit`; go on with the last one as `after`.

        Of each the row that is in force. Without a `state` what is believed and has not ended; `state`
        "archived" lists what was retired, "merged" what goes on in others. Raises InvalidInput, and NotFound
        for a unit or an item that is not there.
        """
        from remanence.verbs import listing

        place = None if unit is None else places_of([unit])
        wanted = listing.Wanted(kind, place[0] if place else None, session, state, tag)
        last = after.id if isinstance(after, Item) else after
        return listing.items(self._setting, self._recaller, wanted, after=last, limit=limit)

    def history(self, item: str) -> tuple[Revision, ...]:
        """All rows of an item, in the order in which they were recorded."""
        return inspecting.history(self._setting, item)

    def journal(
        self, *, limit: int = 50, item: str | None = None, before: int | None = None
    ) -> tuple[JournalEntry, ...]:
        """The newest lines of the journal, newest first; of one item, or before a line, if asked for."""
        return inspecting.journal(self._setting, limit=limit, prefix=item, before=before)

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
