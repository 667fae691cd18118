"""What the memory index asks of an engine: its rows, and whether there are newer ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class IndexMark:
    """Of which state of the cube a saved index is. Numbers and names of models, no words."""

    layout: str  # of its parts: who reads it must have the same
    which: Which
    embedder: tuple[str, str, int] | None  # name, revision, dims; None where it holds no vectors
    rows: int
    sequence: int  # of the journal's last line that it has read,
    line_hash: str  # hex; and that line's
    vector: int  # the number of the last vector that it has read
    erasures: int  # that the cube had seen: what was saved before another one is not used


class SavedPart(NamedTuple):
    """One array of a saved index: how its numbers lie, as numpy names it; its shape; its bytes."""

    kind: str
    shape: tuple[int, ...]
    data: memoryview


class SavedIndex(Protocol):
    """A saved index that is open. Its methods raise CubeDamaged."""

    @property
    def fits(self) -> bool:
        """Whether it is of this cube, as this program reads it."""
        ...

    @property
    def mark(self) -> IndexMark:
        """Of which state of the cube it is."""
        ...

    def shape(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Of a part, how its numbers lie, and its shape."""
        ...

    def fill(self, name: str, into: Sequence[memoryview]) -> None:
        """Read a part into these bytes, the first ones first, and check it."""
        ...


class IndexFile(Protocol):
    """Where a cube keeps its index between two openings."""

    def opened(self) -> AbstractContextManager[SavedIndex | None]:
        """The saved index, None without one. Raises CubeDamaged and OSError."""
        ...

    def write(self, mark: IndexMark, parts: Mapping[str, SavedPart], *, now: datetime) -> bool:
        """Put this one in the place of what was saved; False where that is not ours to do.

        Only within the read transaction that the index is of: an erasure waits for its end, and takes away
        what was saved before. Raises OSError.
        """
        ...
