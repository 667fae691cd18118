"""The shapes of answers, for the OpenAPI document alone.

faces.documents writes the answers; tests hold them against these shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from remanence.faces.http import problems
from remanence.remote import values

Time: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Next: TypeAlias = Annotated[str | None, Field(description="The cursor of the next page; null at the end.")]
Responses: TypeAlias = "dict[int | str, dict[str, object]]"


class Answer(BaseModel):
    """An object with these fields."""

    model_config = ConfigDict(extra="forbid")


class CubeName(Answer):
    """A cube in a list."""

    name: str


class CubePage(Answer):
    """Cubes by name."""

    cubes: list[CubeName]
    next: Next


class Cube(Answer):
    """What a cube is."""

    name: str
    owner: str
    time_zone: str


class EmbedderFacts(Answer):
    """What made the vectors."""

    name: str
    revision: str
    dims: int


class Stats(Answer):
    """How much there is of what."""

    cube: Annotated[str, Field(description="The cube's own id, a UUID.")]
    owner: str
    time_zone: str
    created_at: Time
    analyser: str
    embedder: EmbedderFacts | None
    counts: dict[str, int]
    size_bytes: int
    journal_head: str


class Span(Answer):
    """A passage of an item that another rests on."""

    id: str
    start: int | None
    end: int | None


class Item(Answer):
    """One row of an item: what it says, since when it holds, since when the cube knows, and on whose word."""

    id: str
    content: str
    kind: str
    state: str
    confidence: float
    evidence_for: float
    evidence_against: float
    valid_from: Time | None
    valid_to: Time | None
    recorded_from: Time | None
    recorded_to: Time | None
    event_from: Time | None
    event_to: Time | None
    author: str | None
    role: str | None
    trust: str
    method: str | None
    said_at: Time | None
    session: str | None
    turn: int | None
    message_id: str | None
    sources: list[Span]
    domain: str | None
    tags: list[str]
    metadata: dict[str, JsonValue]
    change_set: int


class Receipt(Answer):
    """The proof of an erasure."""

    change_set: int
    erased_at: Time
    items: list[str]
    redacted: list[str]
    remaining: list[str]
    journal_head: str
    pending: bool
    kinds: list[str]
    digests: list[str]
    actor: str | None
    reason: str | None


Forgotten: TypeAlias = Item | Receipt


class History(Answer):
    """Rows of one item."""

    revisions: list[Item]
    next: Next


class Support(Answer):
    """An item with what it rests on."""

    item: Item
    stands: bool
    reason: str | None
    passage: str | None
    sources: list[Support]


class HeededRequest(Answer):
    """A request about memory that was heard, and what came of it."""

    asked_in: str
    outcome: str
    items: list[str]


class Observed(Answer):
    """What a conversation brought, by ids."""

    added: list[str]
    changed: list[str]
    derived: list[str]
    retired: list[str]
    heeded: list[HeededRequest]
    known: int
    empty: int
    change_set: int | None


class Part(Answer):
    """One part of a score."""

    name: str
    value: float
    contribution: float


class Hit(Answer):
    """An item with its score in [0, 1]."""

    score: float
    item: Item
    why: list[Part]
    notes: list[str]


class Hits(Answer):
    """Hits, best first, and how likely it is that anything answers, in [0, 1]."""

    answered: float
    hits: list[Hit]


class Prompt(Answer):
    """Text for a prompt, and the ids of what it cites, in order."""

    text: str
    format: str
    tokens: int
    budget_tokens: int
    items: list[str]


class JournalLine(Answer):
    """One change; `hash` binds it to all before it."""

    sequence: int
    change_set: int
    recorded_at: Time
    actor: str
    verb: str
    item: str | None
    reason: str | None
    opened: list[int]
    closed: list[int]
    detail: dict[str, JsonValue]
    hash: str


class Journal(Answer):
    """Lines, newest first."""

    lines: list[JournalLine]
    next: Next


class Conflict(Answer):
    """Claims that can't hold together."""

    subject: str
    attribute: str
    claims: list[Item]


class Conflicts(Answer):
    """Open contradictions."""

    conflicts: list[Conflict]
    next: Next


class Period(Answer):
    """One value of an attribute, and its time."""

    subject: str
    attribute: str
    value: str
    affirmed: bool
    valid_from: Time | None
    valid_to: Time | None
    sources: list[str]
    item: Item


class Timeline(Answer):
    """Values one after the other."""

    periods: list[Period]
    next: Next


class Unit(Answer):
    """A topic, a persona or a context."""

    id: str
    kind: str
    name: str
    description: str | None
    annotations: dict[str, JsonValue]
    rule: dict[str, JsonValue] | None
    version: int
    tags: list[str]
    retired: bool


class UnitPage(Answer):
    """Units without what they hold."""

    units: list[Unit]
    next: Next


class Member(Answer):
    """A member of a unit, with its item as it is believed now."""

    id: str
    role: str | None
    order: int | None
    item: Item | None


class Link(Answer):
    """A link between units and items."""

    source: dict[str, str]
    type: str
    target: dict[str, str]


class WholeUnit(Unit):
    """A unit with what it holds."""

    members: list[Member]
    links: list[Link]


class Misfit(Answer):
    """A place in the request that does not fit, as a JSON pointer."""

    pointer: str
    message: str


class ProblemDocument(Answer):
    """What went wrong (RFC 9457). `code` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Misfit] | None = None


_VALUES = {
    values.MEDIA_TYPE: {
        "schema": {"description": "On request (`Accept`): the value as remanence.client reads it."}
    }
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a route: the good ones, and the problems that any route may have."""

    problems: Responses

    def of(self, shape: object, *statuses: int) -> Responses:
        """Answers of one shape under these statuses (200 if none is given), and the problems."""
        good: dict[str, object] = {"model": shape, "content": _VALUES}
        first: Responses = {200: good} if 201 not in statuses or shape is Cube else {}
        return {**first, **dict.fromkeys(statuses, good), **self.problems}


def _problems() -> Responses:
    titles: dict[int, list[str]] = {}
    for problem in (*problems.OF_SERVER.values(), *problems.OF_ERRORS.values()):
        titles.setdefault(problem.status, []).append(f"`{problem.code}`: {problem.title}")
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        status: {"description": "; ".join(told) + ".", "content": {problems.MEDIA_TYPE: {"schema": schema}}}
        for status, told in sorted(titles.items())
    }


ANSWERS = Answers(_problems())
