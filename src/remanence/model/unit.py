"""Units: named sets of items with versions, and the typed links between units and items.

A unit is an identity; each change of it is a further version. What a version holds is told by change
sets: a member or a link stands in every version from the set that opened it to the set that closed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NewType, TypeAlias

from remanence.errors import InvalidInput
from remanence.model.ids import ALPHABET, DIGITS, ItemId
from remanence.model.item import NOTHING, Json

UnitId = NewType("UnitId", str)

PROPOSED_MEMBERS_MIN = 5  # of a proposed unit, unless the caller says otherwise
LINK_TYPES = ("part_of", "about", "depends_on", "contradicts", "supports", "see_also")  # others are free


class UnitKind(StrEnum):
    """What sort of unit it is: a topic; somebody (persona); a project, task, place or session (context)."""

    TOPIC = "topic"
    PERSONA = "persona"
    CONTEXT = "context"

    @classmethod
    def parse(cls, text: str) -> UnitKind:
        """Read a kind by name; raises InvalidInput that lists the kinds there are."""
        try:
            return cls(text.strip().lower())
        except (AttributeError, ValueError):  # what is no text has no strip
            raise InvalidInput(f"unit kind {text!r} is not one of: {', '.join(cls)}") from None


class Standing(StrEnum):
    """Whether a unit is in use, set aside, never made (its making was undone), or without its words."""

    ACTIVE = "active"
    RETIRED = "retired"
    UNDONE = "undone"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a unit, in what role, and at which place in its order; None where nobody said."""

    item_id: ItemId
    role: str | None = None
    order: int | None = None


@dataclass(frozen=True, slots=True)
class UnitEnd:
    """A unit at one end of a link."""

    unit_id: UnitId


@dataclass(frozen=True, slots=True)
class ItemEnd:
    """An item at one end of a link."""

    item_id: ItemId


End: TypeAlias = "UnitEnd | ItemEnd"


@dataclass(frozen=True, slots=True)
class Link:
    """What relates a unit or an item to another: one of LINK_TYPES, or a name of one's own."""

    source: End
    type: str
    target: End


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """One immutable state of a unit, but for its members and links, which the store tells by `change_set`.

    Number 0 is a unit that exists without asking: nothing of it is stored. `rule` says which items
    belong beside the members that were named; see units.rules.
    """

    id: UnitId
    kind: UnitKind
    number: int
    name: str
    change_set: int
    recorded_at: datetime
    standing: Standing = Standing.ACTIVE
    description: str = ""
    annotations: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    rule: Mapping[str, Json] | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one version of a unit holds: members in order, items left out of what the rule brings, links.

    `gone` are members that were erased since: their ids are all that is left.
    """

    members: tuple[Member, ...] = ()
    left_out: tuple[ItemId, ...] = ()
    links: tuple[Link, ...] = ()
    gone: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitDiff:
    """From one version of a unit to another: fields by name with both values, members and links.

    `regrouped` are members whose role or place changed, as they are in the later version.
    """

    fields: Mapping[str, tuple[Json, Json]]
    added: tuple[ItemId, ...]
    removed: tuple[ItemId, ...]
    regrouped: tuple[Member, ...]
    linked: tuple[Link, ...]
    unlinked: tuple[Link, ...]

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return any((self.fields, self.added, self.removed, self.regrouped, self.linked, self.unlinked))


def id_of_virtual(kind: UnitKind, name: str) -> UnitId:
    """The id of a unit that exists without asking, the same at each look: a digest of what it is named.

    It tells no more than the name of the speaker or session, which the cube keeps.
    """
    value = int.from_bytes(sha256(f"{kind}:{name}".encode("utf-8", "surrogatepass")).digest(), "big")
    return UnitId("".join(ALPHABET[value >> 5 * place & 31] for place in range(DIGITS)))
