"""What requests bring, field by field: an unknown field or a wrong type is refused by its place.

What a value means (a date in words, a kind, an id) is read by the cube alone.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from remanence.model.hit import Format
from remanence.verbs.remembering import DEFAULT_CONFIDENCE

KindName: TypeAlias = Literal[
    "utterance",
    "fact",
    "preference",
    "event",
    "action",
    "decision",
    "concept",
    "procedure",
    "goal",
    "summary",
]
TrustName: TypeAlias = Literal["user", "agent", "tool", "document", "import"]
When: TypeAlias = Annotated[
    str | None,
    Field(
        description='A time: ISO 8601, a date, or words for one ("2026-01-01", "last May").',
        examples=["2026-01-01"],
    ),
]
Because: TypeAlias = Annotated[str | None, Field(description="Why, for the journal.")]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
HITS_MAX = 1000
AskedTags: TypeAlias = Annotated[list[str] | None, Field(description="Only with one of these tags.")]
AskedMetadata: TypeAlias = Annotated[
    dict[str, bool | int | float | str | None] | None,
    Field(description="Only where the metadata have each of these.", examples=[{"project": "apollo"}]),
]


class Body(BaseModel):
    """A JSON object with these fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewCube(Body):
    """A cube to be made."""

    owner: Annotated[str | None, Field(description='Whose memory it is (default "user").')] = None
    time_zone: Annotated[
        str | None, Field(description="IANA name; naive times are read in it.", examples=["Europe/Lisbon"])
    ] = None


class SlotBody(Body):
    """What a statement says of whom, so that it meets what else is believed of it."""

    subject: str
    attribute: str
    value: str


class Remember(Body):
    """One statement to remember."""

    text: Annotated[str, Field(examples=["Alice is allergic to peanuts"])]
    kind: KindName = "fact"
    confidence: Annotated[
        Share | None, Field(description=f"How sure it is; {DEFAULT_CONFIDENCE} if not given.")
    ] = None
    because: Because = None
    valid_from: When = None
    valid_to: When = None
    expires: When = None
    domain: str | None = None
    tags: list[str] = []
    metadata: dict[str, JsonValue] = {}
    author: Annotated[str | None, Field(description="Who said it; the owner if not given.")] = None
    session: str | None = None
    trust: TrustName = "user"
    derived_from: Annotated[list[str], Field(description="Ids of what it is concluded from.")] = []
    slot: SlotBody | None = None


class Revise(Body):
    """Other content for an item; without bounds it is a correction of the whole of its time."""

    text: str
    confidence: Share | None = None
    valid_from: When = None
    valid_to: When = None
    derived_from: list[str] = []
    because: Because = None


class Forget(Body):
    """How to forget an item; by default it is retired: kept, no longer recalled, undoable."""

    erase: Annotated[bool, Field(description="Take it out of every page of the file, for good.")] = False
    in_sources: Annotated[
        Literal["passage", "message", "keep"],
        Field(description="What an erasure takes in the messages it came from."),
    ] = "passage"
    force: Annotated[bool, Field(description="Erase also what is frozen.")] = False
    because: Because = None


class Recognise(Body):
    """Messages of a session, as `observe` takes them."""

    messages: Annotated[
        list[dict[str, JsonValue]],
        Field(
            description="OpenAI chat messages; also with `name`, `timestamp`, `session` and `id`.",
            examples=[[{"role": "user", "content": "I moved to Lisbon in May."}]],
        ),
    ]
    session: str | None = None


class Observe(Recognise):
    """A conversation: the whole growing list, or a window of it; what is known is known again."""

    shown: Annotated[
        list[str],
        Field(description="Ids of items in the assistant's prompt: its echo of them is no evidence."),
    ] = []
    because: Because = None


class Question(Body):
    """What is looked for, and within what."""

    text: Annotated[str, Field(examples=["what must I avoid when I cook for Alice?"])]
    as_of: Annotated[When, Field(description="What held in the world then.")] = None
    known_at: Annotated[When, Field(description="What this cube believed then.")] = None
    said_before: Annotated[When, Field(description="Only what had been said by then.")] = None
    kinds: list[KindName] | None = None
    sessions: list[str] | None = None
    authors: list[str] | None = None
    tags: AskedTags = None
    metadata: AskedMetadata = None
    confidence_min: Share = 0.0
    units: Annotated[list[str] | None, Field(description="Only members of these units.")] = None
    units_boost: Annotated[
        dict[str, float] | None, Field(description="Units whose members stand higher, by log-odds.")
    ] = None
    entities: Annotated[list[str] | None, Field(description="Only what mentions one of these.")] = None
    goal: Annotated[str | None, Field(description="A goal's id: what served it stands higher.")] = None
    without: Annotated[
        list[str], Field(description="Ids of items to leave out, with what was derived from them alone.")
    ] = []
    asker: Annotated[str | None, Field(description='Who says "I"; the owner if not given.')] = None
    ageing: Annotated[bool, Field(description="Let what is fresher and more used stand higher.")] = True


class Ranked(Question):
    """A question, and how many of what answers it best."""

    k: Annotated[int, Field(ge=1, le=HITS_MAX, description="How many hits at most.")] = 10
    include: list[Literal["retired", "superseded"]] = []


class Recall(Ranked):
    """A question, answered with items."""

    score_min: Share = 0.0


class WhyNot(Ranked):
    """A question, and the item that did not answer it."""


class Context(Question):
    """A question, answered with text for a prompt."""

    budget: Annotated[int, Field(ge=1, description="How many tokens the text may have.")] = 2000
    score_min: Share = 0.0
    format: Format = "text"
    record: Annotated[
        bool, Field(description="Note which rows it showed, for `promises/check`; takes the scope write.")
    ] = True
