"""Entities: the people, places, organisations and things that items mention, and the names they go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from remanence.errors import InvalidInput
from remanence.model.ids import ItemId
from remanence.model.item import Item

EntityId = NewType("EntityId", str)


class EntityKind(StrEnum):
    """What sort of thing an entity is, as far as the evidence goes."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    THING = "thing"
    UNKNOWN = "unknown"

    @classmethod
    def parse(cls, text: str) -> EntityKind:
        """Read a kind by name; raises InvalidInput that lists the kinds there are."""
        try:
            return cls(text.strip().lower())
        except (AttributeError, ValueError):  # what is no text has no strip
            raise InvalidInput(f"entity kind {text!r} is not one of: {', '.join(cls)}") from None


class Origin(StrEnum):
    """How an entity came by a name."""

    HEARD = "heard"  # it stands in a text, as a name by itself
    LINKED = "linked"  # a text says that it is the same: "my sister Ana", "Robert, known as Bob"
    SPEAKS = "speaks"  # who speaks in the cube has it as author
    GIVEN = "given"  # somebody named it so by hand


class Ground(StrEnum):
    """What a mention's tie to its entity rests on."""

    NAME = "name"  # the name as it stands there
    LINK = "link"  # a passage that says who it is; the alias was learnt from it
    ALIAS = "alias"  # an alias that was learnt elsewhere, and falls with where it was learnt


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of an entity. With a `speaker` it means this entity only when they say it ("my sister")."""

    text: str
    origin: Origin
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as the cube knows it now; `mentions` and `items` count what is recalled today."""

    id: EntityId
    name: str
    kind: EntityKind
    aliases: tuple[Alias, ...]
    mentions: int
    items: int
    first_at: datetime | None  # when what mentions it first was said; None where nothing does
    last_at: datetime | None
    speaks: bool  # whether it is a speaker of this cube

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters [start, end) of an item's text that name an entity; below a score of .5 it is a guess."""

    item_id: ItemId
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class EntityPage:
    """An entity with every item that mentions it, in order of time, and where."""

    entity: Entity
    items: tuple[Item, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a name may mean, with a score in [0, 1]; the scores of all candidates add up to 1."""

    entity: Entity
    score: float
