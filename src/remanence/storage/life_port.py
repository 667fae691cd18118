"""What a cube asks of its engine about all items at once: what rules and consolidation look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol


class LifeRow(NamedTuple):
    """An item's row in force, without its words; times are microseconds, see model.interval."""

    item: int  # item number, as in IndexRow
    id: str
    kind: str
    state: str
    said_at: int
    author: str
    role: str
    trust: str
    method: str
    session: str | None
    domain: str | None
    tags: str | None  # JSON array
    support: float
    doubt: float
    tokens: int
    valid_to: int
    valid_from: int


class StatementRow(NamedTuple):
    """A statement that holds and may change, of an item with this one open row, with what tells it apart."""

    revision: int
    item: int
    text: int
    content: str
    kind: str
    trust: str
    author: str
    session: str | None
    domain: str | None
    metadata: str | None  # JSON object
    event_from: int | None
    event_to: int | None
    valid_to: int
    slot_subject: str | None
    slot_attribute: str | None
    slot_value: str | None


class LifeSnapshot(Protocol):
    """Reads all items of one committed state in one pass."""

    def life_rows(self, at: datetime) -> Iterator[LifeRow]:
        """The row of each item that was last in force by this time, by item number."""
        ...

    def statement_rows(self, at: datetime) -> Iterator[StatementRow]:
        """Each statement that holds now, is recalled, not frozen, not to expire, and that none rests on."""
        ...

    def words_by_state(self) -> Mapping[str, int]:
        """How many tokens the texts of open rows have, by the rows' state."""
        ...
