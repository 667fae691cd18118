"""What the memory index asks of an engine: its rows, and whether there are newer ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

Which = Literal["open", "all"]


SLOT_JOINT = "\x1f"  # between the two parts of IndexRow.slot


class IndexRow(NamedTuple):
    """What recall keeps in memory of one row; times are microseconds, see model.interval."""

    revision: int
    item: int
    text: int
    kind: str
    state: str
    valid_from: int
    valid_to: int
    recorded_from: int
    recorded_to: int
    said_at: int
    session: int  # 0 for none
    turn: int  # -1 for none
    author: str
    role: str
    confidence: float
    source: int  # the first source's item number, 0 for none; a summary is no passage of its sources
    event_from: int  # 0 with event_to 0 for none
    event_to: int
    tokens: int
    flags: int  # the text's; 64 where the row denies its slot's value, 2**20 where it is a promise
    terms: bytes
    slot: str = ""  # subject and attribute with SLOT_JOINT between; "" for none


class IndexSnapshot(Protocol):
    """Reads what recall keeps in memory."""

    def state(self) -> Hashable | None:
        """What is equal only for one committed state of the cube, within this process; None if unknown."""
        ...

    def items_changed_after(self, sequence: int) -> list[int]:
        """Item numbers (of IndexRow) that some later journal line names."""
        ...

    def index_rows(self, *, which: Which, items: Sequence[int] | None = None) -> Iterator[IndexRow]:
        """Rows for the memory index, of all items or of some."""
        ...
