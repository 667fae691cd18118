"""The shapes of answers about units and entities; see `answers`."""

from __future__ import annotations

from pydantic import JsonValue

from remanence.faces.http.answers import Answer, Item, Link, Next, Time


class Links(Answer):
    """Links, oldest first."""

    links: list[Link]
    next: Next


class MemberPlace(Answer):
    """A member's role and place."""

    id: str
    role: str | None
    order: int | None


class Members(Answer):
    """Members in order, with their roles and places."""

    members: list[MemberPlace]
    next: Next


class UnitVersion(Answer):
    """One version of a unit."""

    version: int
    tags: list[str]
    change_set: int
    recorded_at: Time
    standing: str
    name: str
    description: str


class UnitVersions(Answer):
    """All versions, oldest first; `gone` are members that a restored one had and that were erased."""

    gone: list[str]
    versions: list[UnitVersion]
    next: Next = None


class FieldChange(Answer):
    """A field's values, the old one and the new one."""

    old: JsonValue
    new: JsonValue


class UnitDiff(Answer):
    """What differs between two versions."""

    fields: dict[str, FieldChange]
    added: list[str]
    removed: list[str]
    regrouped: list[MemberPlace]
    linked: list[Link]
    unlinked: list[Link]


class UnitProposal(Answer):
    """A unit that could be, with the terms that tell it from others."""

    name: str
    terms: list[str]
    members: list[str]
    cohesion: float


class UnitProposals(Answer):
    """Units that could be, closest first."""

    proposals: list[UnitProposal]


class Alias(Answer):
    """A name of an entity."""

    text: str
    origin: str
    speaker: str | None


class Entity(Answer):
    """An entity, its names and how often it is mentioned."""

    id: str
    name: str
    kind: str
    aliases: list[Alias]
    mentions: int
    items: int
    first_at: Time | None
    last_at: Time | None
    speaks: bool


class Entities(Answer):
    """Entities, the most mentioned first."""

    entities: list[Entity]
    next: Next


class Mention(Answer):
    """Where an item names an entity."""

    id: str
    start: int
    end: int
    text: str
    score: float


class EntityPage(Answer):
    """An entity with what mentions it."""

    entity: Entity
    items: list[Item]
    mentions: list[Mention]


class Candidate(Answer):
    """An entity that a name may mean."""

    score: float
    entity: Entity


class Candidates(Answer):
    """Whom a name may mean, best first."""

    candidates: list[Candidate]
