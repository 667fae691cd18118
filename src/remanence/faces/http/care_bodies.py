"""What requests bring that look after what is there: items, units, entities, ageing, jobs; see `bodies`."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from remanence.faces.http.bodies import AskedMetadata, AskedTags, Because, Body, KindName, Share, When
from remanence.model.ageing import CONSOLIDATION_SECONDS
from remanence.model.summary import DEFAULT_SUMMARY_TOKENS

Abstractive: TypeAlias = Annotated[
    bool, Field(description="In the words of the server's language model; refused where it has none.")
]
BODY_SECONDS_MAX = 3600


def as_file(text: str) -> bytes:
    """A file's text as the façade takes it: a path is nothing that a caller may name."""
    return text.encode("utf-8", "surrogatepass")


class Reason(Body):
    """Nothing but why."""

    because: Because = None


class Annotate(Reason):
    """Other tags or other metadata; what is left out stays."""

    tags: list[str] | None = None
    metadata: dict[str, JsonValue] | None = None


class Expire(Reason):
    """Until when an item is recalled; null lifts that."""

    at: When


class Used(Reason):
    """The items that helped, by their ids."""

    hits: list[str]


class Undo(Reason):
    """Which change to take back, by a line of the journal; with `through` all up to that line's."""

    sequence: int
    through: int | None = None
    cascade: Annotated[bool, Field(description="Take along what built on it.")] = False


class Restore(Reason):
    """The time to whose beliefs the memory is brought back."""

    known_at: Annotated[str, Field(description="ISO 8601, a date, or words for one.")]


class ErasurePlan(Body):
    """How an erasure would be made."""

    in_sources: Literal["passage", "message", "keep"] = "passage"
    force: bool = False


class Rules(Body):
    """Rules of a lifecycle; those that ship where none are given."""

    rules: Annotated[str | None, Field(description="The text of a TOML file; see docs/lifecycle.md.")] = None

    @property
    def told(self) -> bytes | None:
        """The rules as the façade takes them."""
        return None if self.rules is None else as_file(self.rules)


class ApplyRules(Rules):
    """Rules to be carried out."""

    allow_erase: Annotated[bool, Field(description="Needs the scope erase; can't be undone.")] = False
    because: Because = None


class Consolidate(Reason):
    """After how many seconds nothing new is begun."""

    seconds: Annotated[float, Field(gt=0, le=BODY_SECONDS_MAX)] = CONSOLIDATION_SECONDS


class Summarise(Reason):
    """Of which session; of all that changed where none is named."""

    session: str | None = None
    budget: Annotated[int, Field(ge=1)] = DEFAULT_SUMMARY_TOKENS
    abstractive: Abstractive = False


class Job(Body):
    """How much of what waits is done."""

    limit: Annotated[int | None, Field(ge=1, description="At most so many; all if not given.")] = None


class ReadJob(Job):
    """How many messages are read, and for how long."""

    seconds: Annotated[float | None, Field(gt=0, le=BODY_SECONDS_MAX)] = None


class Retry(Body):
    """Which parked messages are to wait again; all if not given."""

    items: list[str] | None = None


class ForgetDocument(Reason):
    """How to forget a document, by its name."""

    name: str
    erase: bool = False
    force: bool = False


class ThenRecall(Body):
    """A question to the memory as it was."""

    text: str
    k: Annotated[int, Field(ge=1, le=1000)] = 10
    said_before: When = None
    kinds: list[KindName] | None = None
    sessions: list[str] | None = None
    authors: list[str] | None = None
    tags: AskedTags = None
    metadata: AskedMetadata = None
    confidence_min: Share = 0.0
    score_min: Share = 0.0
    include: list[Literal["retired", "superseded"]] = Field(default_factory=list)
    asker: str | None = None
    goal: Annotated[str | None, Field(description="A goal's id: what served it stands higher.")] = None


class ThenContext(Body):
    """A question to the memory as it was, answered with text for a prompt."""

    text: str
    budget: Annotated[int, Field(ge=1)] = 2000
    format: Literal["text", "markdown", "xml", "chat", "json"] = "text"
    said_before: When = None
    kinds: list[KindName] | None = None
    sessions: list[str] | None = None
    authors: list[str] | None = None
    tags: AskedTags = None
    metadata: AskedMetadata = None
    confidence_min: Share = 0.0
    score_min: Share = 0.0
    asker: str | None = None
