"""What a snapshot tells of its own past: the record as it stood at one of its lines, and what came since.

Part of storage.port.Snapshot. A line is named by its sequence; rows name the change sets that opened and
closed them by the sequence of the set's first line, so the two are compared as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.journal import JournalEntry


class SetSize(NamedTuple):
    """A change set, and how many lines of the journal it has."""

    change_set: int
    lines: int


class Past(Protocol):
    """The record as it stood after one of its lines."""

    def sequence_at(self, time: datetime) -> int:
        """The last line recorded up to and including this time, 0 for none."""
        ...

    def ids_known_at(self, prefix: str, *, time: datetime, limit: int) -> list[ItemId]:
        """Ids made by then whose printed form begins so, in order."""
        ...

    def newest_journal_at(
        self, sequence: int, *, limit: int, item_id: ItemId | None = None
    ) -> list[JournalEntry]:
        """The last lines up to this one, newest first."""
        ...

    def counts_at(self, sequence: int, *, time: datetime) -> Mapping[str, int]:
        """How many rows of each sort there were after this line, which was the last by then."""
        ...

    def rows_about(
        self, subjects: Sequence[str], *, attribute: str | None = None, sequence: int | None = None
    ) -> list[Revision]:
        """Rows in a slot of one of these subjects that are open, or were after this line; oldest first."""
        ...

    def rows_apart(self, sequence: int) -> tuple[list[Revision], list[Revision]]:
        """Rows that were open after this line and are no more, and rows that are and were not yet."""
        ...

    def items_given_sources_after(self, sequence: int) -> list[ItemId]:
        """Items of which some row got a further source after this line."""
        ...

    def undos_after(self, sequence: int) -> list[JournalEntry]:
        """The first line of each change set after this line that took others back, in order."""
        ...

    def change_sets(self, *, first: int, last: int, limit: int) -> list[SetSize]:
        """The change sets whose numbers lie in [first, last], in order."""
        ...
