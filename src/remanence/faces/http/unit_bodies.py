"""What requests bring that change units and entities; see `bodies`."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from remanence.faces.http.bodies import Body, When
from remanence.faces.http.care_bodies import Reason

Place: TypeAlias = Annotated[str, Field(description="A unit's name or id, or else an item's id.")]
UnitKindName: TypeAlias = Literal["topic", "persona", "context"]
EntityKindName: TypeAlias = Literal["person", "place", "organisation", "thing", "unknown"]
Rule: TypeAlias = Annotated[
    dict[str, JsonValue] | None, Field(description="Which items belong without being named; {} for none.")
]
Version: TypeAlias = Annotated[int | str, Field(description="A version's number, or a tag of it.")]


class NewUnit(Reason):
    """A unit by name; a new one where there is none."""

    name: str
    kind: UnitKindName | None = None
    description: str | None = None
    annotations: dict[str, JsonValue] | None = None
    rule: Rule = None


class AnnotateUnit(Reason):
    """What is left out stays."""

    description: str | None = None
    annotations: dict[str, JsonValue] | None = None
    rule: Rule = None


class Named(Reason):
    """A name."""

    name: str


class AddMembers(Reason):
    """Items to be members, in a role; `order` is the place of the first."""

    items: list[str]
    role: str | None = None
    order: int | None = None


class RemoveMembers(Reason):
    """Items to be members no more."""

    items: list[str]


class LinkOf(Reason):
    """A link from this unit."""

    link_type: str
    other: Place


class TagVersion(Reason):
    """A name for a version, the newest if not given."""

    name: str
    version: Version | None = None


class RestoreVersion(Reason):
    """The version to go back to."""

    version: Version


class MergeUnit(Reason):
    """The unit to take in."""

    other: Annotated[str, Field(description="Its name or id.")]
    at: Annotated[When, Field(description="Take it in as it was then.")] = None


class LinkBetween(Reason):
    """A link."""

    a: Place
    link_type: str
    b: Place


class ProposedUnit(Body):
    """A unit that was proposed, as it was proposed."""

    name: str
    terms: list[str] = Field(default_factory=list)
    members: list[str]
    cohesion: float = 1.0


class AcceptProposal(Reason):
    """A proposed unit to be made, under another name if one is given."""

    proposal: ProposedUnit
    name: str | None = None
    kind: UnitKindName = "topic"


class RefuseProposal(Reason):
    """A proposed unit that is not wanted."""

    proposal: ProposedUnit


class MergeEntities(Reason):
    """The entity to take for the same."""

    other: Annotated[str, Field(description="Its name or id.")]


class SplitEntity(Reason):
    """By which names, or in which items, another is meant."""

    aliases: list[str] = Field(default_factory=list)
    items: list[str] = Field(default_factory=list)


class AnnotateEntity(Reason):
    """Another name, or what kind it is."""

    name: str | None = None
    kind: EntityKindName | None = None
