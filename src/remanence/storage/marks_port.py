"""What a cube asks of its engine about marks: uses and expiries, one by one and as recall counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from remanence.model.ids import ItemId
from remanence.model.mark import Mark

LATEST_USES = 4  # kept one by one; what is older counts by its number and its age


class AgeingFacts(NamedTuple):
    """What the memory index keeps of an item's open marks; times are microseconds, 0 for none."""

    item: int  # item number, as in IndexRow
    uses: int
    latest: tuple[int, ...]  # the latest uses, newest first, LATEST_USES at most
    expires_at: int


class MarkSnapshot(Protocol):
    """Reads marks of one committed state."""

    def marks_of(self, item_ids: Sequence[ItemId]) -> list[Mark]:
        """The open marks of these items, in the order in which they were written."""
        ...

    def marks_touched_by(self, change_set: int) -> tuple[list[Mark], list[Mark]]:
        """The marks a change set opened, and those it closed."""
        ...

    def ageing_facts(self, items: Sequence[int] | None = None) -> Iterator[AgeingFacts]:
        """What recall counts of the open marks, of all items that bear some or of these item numbers."""
        ...


class MarkTransaction(Protocol):
    """Writes marks."""

    def add_marks(self, marks: Iterable[Mark]) -> None:
        """Write marks, as their `opened_by` says; their numbers are given here."""
        ...

    def close_marks(self, numbers: Sequence[int], *, by: int) -> None:
        """Take open marks back."""
        ...
