"""What a cube asks of its engine about promises: the rows they are read from, and contexts handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Revision

CONTEXTS_MAX = 10_000  # kept; older ones make room


@dataclass(frozen=True, slots=True)
class HandedContext:
    """A context that was handed out: row numbers, never the question.

    `given` stands in order of rank, the best first; `left_out` are preferences that answered the question
    as well and did not get in.
    """

    at: datetime
    given: tuple[RevisionId, ...]
    left_out: tuple[RevisionId, ...] = ()


class Replacement(NamedTuple):
    """A statement that gave way within its item, and the one that stands in its place."""

    old: RevisionId
    new: RevisionId


class ContextSnapshot(Protocol):
    """Reads."""

    def contexts(self) -> Iterator[HandedContext]:
        """All contexts on record, oldest first."""
        ...

    def promise_rows(self, *, holding_at: datetime | None = None) -> list[Revision]:
        """The open rows of goals and assessments, what promises are read from, oldest first.

        With `holding_at`, of goals alone, and of those that have not ended by then.
        """
        ...

    def replacements(self, at: datetime) -> list[Replacement]:
        """Statements that gave way to one that holds at this time, oldest first."""
        ...

    def doubted_rows(self) -> list[Replacement]:
        """Rows that are superseded for a contradiction: as they were before, and as they are."""
        ...

    def messages_saying(
        self, phrase: str, *, after: datetime, limit: int, role: str | None
    ) -> list[Revision]:
        """What was said after this time, in a role if given, with these words one after the other."""
        ...

    def rows_with_text_of(self, item_ids: Iterable[ItemId]) -> list[RevisionId]:
        """The rows of these items that still bear words."""
        ...


class ContextTransaction(Protocol):
    """Writes."""

    def add_contexts(self, contexts: Iterable[HandedContext]) -> None:
        """Keep contexts; rows that were erased meanwhile are left out of them, and old ones make room."""
        ...
