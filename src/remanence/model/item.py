"""Items and their revisions: what is remembered, by whom it was said, and when it held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from remanence.model.belief import CERTAIN, Belief
from remanence.model.ids import ItemId, RevisionId, TextId, short
from remanence.model.interval import ALWAYS, Interval
from remanence.model.kind import Kind, Trust
from remanence.model.state import State

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
NOTHING: Mapping[str, Json] = MappingProxyType({})


REDACTED = "redacted"  # the method of a row whose text an erasure blanked in part


@dataclass(frozen=True, slots=True)
class Source:
    """A place that something was derived from: an item, and characters [start, end) of its content.

    `text_id` is the very text that was read; None where that is not known, and any of the item's will do.
    An `echo` is no ground to believe it: an agent said it there while it stood in its prompt.
    """

    item_id: ItemId
    start: int | None = None
    end: int | None = None
    text_id: TextId | None = None
    echo: bool = False


STATED = "stated"  # the method of what somebody said outright, and derived from nothing


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who said it, where, and how it came to be an item."""

    author: str
    role: str
    trust: Trust
    method: str  # "observed", "stated", or "rule:NAME" for what a reader derived
    said_at: datetime
    session: str | None = None
    turn: int | None = None  # place in the session, from 0
    message_id: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def grounds(self) -> tuple[Source, ...]:
        """The sources that bear it out: those that are no echo of it."""
        return tuple(source for source in self.sources if not source.echo)

    @property
    def is_stated(self) -> bool:
        """Whether somebody stated it: it stands by itself, whatever bears it out beside."""
        return self.method == STATED


@dataclass(frozen=True, slots=True)
class Slot:
    """What a statement fills: an attribute of a subject ("alice", "home"), and with which value."""

    subject: str
    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """A time that characters [start, end) of the content name, with how exactly they name it."""

    start: int
    end: int
    interval: Interval
    grain: str  # "day", "month", ...
    kind: str = "point"  # "point", "range", or "recurring"


def event_of(times: Sequence[SpokenTime]) -> Interval | None:
    """The one time that a text is about: the first point it names, else the first stretch with an end."""
    for time in times:
        if time.kind == "point":
            return time.interval
    for time in times:
        if time.kind == "range" and time.interval.end is not None:
            return time.interval
    return None


@dataclass(frozen=True, slots=True)
class Content:
    """What a revision says: the part that a user writes."""

    text: str
    kind: Kind = Kind.FACT
    domain: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    belief: Belief = CERTAIN
    event: Interval | None = None  # when what is spoken of happens
    times: tuple[SpokenTime, ...] = ()  # all times it names; `event` is the one it is about
    slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable row: content that held in `valid`, as this cube believed it in `recorded`."""

    id: RevisionId
    item_id: ItemId
    text_id: TextId
    content: Content
    provenance: Provenance
    state: State
    valid: Interval = ALWAYS
    recorded: Interval = ALWAYS
    opened_by: int = 0  # the change set that wrote the row
    closed_by: int | None = None  # the change set that ended it

    @property
    def is_open(self) -> bool:
        """Whether the cube still believes it."""
        return self.recorded.end is None


@dataclass(frozen=True, slots=True)
class Item:
    """An identity with the one row of it that was asked for.

    Its other rows are one call away: `cube.history(item.id)`.
    """

    revision: Revision

    @property
    def id(self) -> ItemId:
        """The item's id in printed form; any unambiguous prefix will do where one is asked for."""
        return self.revision.item_id

    @property
    def citation(self) -> str:
        """How a context names it: the first digits of its id, where it is from one of several cubes after
        the cube's name."""
        return short(self.id)

    @property
    def content(self) -> str:
        """The text, word for word."""
        return self.revision.content.text

    @property
    def kind(self) -> Kind:
        """What sort of memory it is."""
        return self.revision.content.kind

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags, in the order given."""
        return self.revision.content.tags

    @property
    def metadata(self) -> Mapping[str, Json]:
        """What the caller attached to it."""
        return self.revision.content.metadata

    @property
    def confidence(self) -> float:
        """The belief's mean, in [0, 1]."""
        return self.revision.content.belief.mean

    @property
    def author(self) -> str:
        """Who said it."""
        return self.revision.provenance.author

    @property
    def said_at(self) -> datetime:
        """When it was said, aware, in UTC."""
        return self.revision.provenance.said_at

    @property
    def session(self) -> str | None:
        """The conversation it was said in."""
        return self.revision.provenance.session

    @property
    def event(self) -> Interval | None:
        """When what it speaks of happens, where it says so."""
        return self.revision.content.event

    @property
    def valid_from(self) -> datetime | None:
        """From when it holds; None is since ever."""
        return self.revision.valid.start

    @property
    def valid_to(self) -> datetime | None:
        """Until when it holds, exclusive; None is without end."""
        return self.revision.valid.end

    @property
    def state(self) -> State:
        """Where it stands in its life."""
        return self.revision.state

    @property
    def sources(self) -> tuple[ItemId, ...]:
        """The items it was derived from."""
        return tuple(source.item_id for source in self.revision.provenance.grounds)
