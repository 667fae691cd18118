"""What a format's reader gives: a document's blocks in order, what it says of itself, what was left out.

A block is one thing that the format sets apart: a heading, a paragraph, a list, a table, a row, a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from remanence.model.item import NOTHING, Json

Sort: TypeAlias = Literal["heading", "text", "list", "table", "code", "row", "message"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a document that became no item, or not as it stands, and why."""

    where: str  # "page 3", "message 7", "the document"
    why: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document, word for word, and where it stands.

    `lead` is what is said again at the head of each piece if the block must be cut: a table's header, a
    message's. `gap` is what stands between this block and the one before it.
    """

    text: str
    sort: Sort = "text"
    place: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    level: int = 0  # of a heading, from 1
    title: str = ""  # of a heading, without its marks
    lead: str = ""
    gap: str = "\n\n"
    key: str | None = None  # what tells it from all others of its document, where something does
    author: str | None = None  # who wrote it, where that is not the document's author
    dated: datetime | str | None = None  # its own date, as it is written


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document as its format's reader found it.

    `left_out` and `notes` are complete once `blocks` was read to its end.
    """

    blocks: Iterable[Block]
    method: str  # the converter's name
    author: str | None = None
    dated: datetime | str | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what was taken, and not quite as it stands
