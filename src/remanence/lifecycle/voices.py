"""Who has said what a row rests on, and in which session, within a change that is being written.

A row may rest on thousands of passages and be asked about for each further one, so what was found is kept
while the change goes on. Asked through `changes.Change`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from remanence.model.ids import ItemId
from remanence.model.item import Revision, Source

Voice: TypeAlias = tuple[str, str | None]  # an author and a session


class Voices:
    """The voices behind rows, by item; `touched` are the items of which the change has or closes a row."""

    def __init__(
        self,
        stored: Callable[[Sequence[ItemId]], Collection[Voice]],
        pending: Callable[[ItemId], Sequence[Revision]],
        touched: Callable[[ItemId], bool],
    ) -> None:
        self._stored = stored
        self._pending = pending
        self._touched = touched
        self._known: dict[ItemId, tuple[int, Source, set[Voice]]] = {}
        self._looked_at: set[ItemId] = set()

    def of(self, row: Revision) -> Collection[Voice]:
        """All voices behind the row, as the change leaves them."""
        sources = row.provenance.sources
        count, last, voices = self._known.get(row.item_id, (0, None, set()))
        if count > len(sources) or (count and sources[count - 1] != last):
            count, voices = 0, set()
        if count < len(sources):  # sources are added at the end
            items = {source.item_id for source in sources[count:] if not source.echo}
            for item_id in filter(self._touched, items):
                voices.update(
                    (one.provenance.author, one.provenance.session) for one in self._pending(item_id)
                )
            asked = [item_id for item_id in items if not self._touched(item_id)]
            voices.update(self._stored(asked) if asked else ())
            self._looked_at |= items
            self._known[row.item_id] = len(sources), sources[-1], voices
        return voices

    def forget(self, item_id: ItemId) -> None:
        """Ask anew, where a row of this item was looked at and is now another."""
        if item_id in self._looked_at:
            self._known.clear()
            self._looked_at.clear()
