"""What an export consists of, whatever its format: conversations, memories, units, links, and problems.

Pure values. A format's reader yields them one by one; the importing verb writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from remanence.model.item import NOTHING, Json
from remanence.model.kind import Kind
from remanence.model.unit import UnitKind
from remanence.reader.messages import Message

What: TypeAlias = Literal["damaged", "refused", "unmapped", "time", "encoding", "repeated", "kept"]
"""damaged: the file can't be read on from here. refused: a record that was not taken. unmapped: a part of
a record for which a cube has no place. time: a time that can't be read. encoding: bytes that are no text.
repeated: one id with several texts. kept: the cube's own wording stands against the file's."""
LOSSES: tuple[What, ...] = ("damaged", "refused")  # what was in the file and is not in the cube


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not taken as it stands: where, what sort of thing, and why."""

    place: str
    what: What
    why: str


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit that a record belongs to or speaks of."""

    kind: UnitKind
    name: str


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a unit. `title` becomes its description, `facts` its annotations."""

    unit: UnitName
    place: str
    title: str = ""
    facts: Mapping[str, Json] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, or one thread of it: messages in order, each with its id and the session's name.

    Threads of one `conversation` share its messages: each is said in one of them. `empty` counts messages
    that say nothing.
    """

    conversation: str
    messages: Sequence[Message]
    place: str
    about: About | None = None
    empty: int = 0


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a memory said before: from `said_at` until the next, or until it was deleted."""

    text: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Memory:
    """Something a store remembers, under the id that the store gives it.

    `key` names this memory alone, or, where `shared`, a group in which the text tells them apart.
    `earlier` is its history, oldest first.
    """

    key: str
    text: str
    place: str
    kind: Kind = Kind.FACT
    shared: bool = False
    slot: str | None = None  # in a group: where it stands, so that other words there are a revision
    said_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    author: str | None = None
    role: str = "user"
    session: str | None = None
    domain: str | None = None
    confidence: float | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    earlier: tuple[Earlier, ...] = ()
    units: tuple[UnitName, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A link between two units."""

    source: UnitName
    type: str
    target: UnitName
    place: str


Record: TypeAlias = Talk | Memory | About | Tie | Problem
