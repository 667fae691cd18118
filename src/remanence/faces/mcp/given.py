"""The arguments of the tools: each with its type, its bounds, and what a model is told of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

TEXT_CHARS_MAX = 100_000  # of one statement or question; a longer one is cut up by whoever writes it
MESSAGES_MAX = 1_000  # of one observe
HITS_MAX = 50  # more would fill a model's window with what it did not ask for
BUDGET_TOKENS_MAX = 50_000
LIST_MAX = 100  # of ids, tags, names in one argument
REFLECTION_SECONDS_MAX = 60.0

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
UnitKindName: TypeAlias = Literal["topic", "persona", "context"]
SaidBy: TypeAlias = Literal["user", "agent", "tool", "document"]

_DATE = 'a date as people write it: "2026-01-01", "last May", "2026-05-03T14:00+02:00"'

ItemId: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        description="The memory's id as the other tools print it, in brackets; its beginning is enough.",
    ),
]
Text: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=TEXT_CHARS_MAX,
        description="One self-contained statement, in the words of whoever said it: names instead of "
        "pronouns, dates instead of 'yesterday'.",
    ),
]
Question: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=TEXT_CHARS_MAX,
        description="What to look for, as a question or as a few words.",
    ),
]
Because: TypeAlias = Annotated[
    str | None,
    Field(max_length=10_000, description="Why, in a few words: kept in the journal beside the change."),
]
ValidFrom: TypeAlias = Annotated[
    str | None, Field(description=f"From when it is true in the world ({_DATE}); leave out if unknown.")
]
ValidTo: TypeAlias = Annotated[
    str | None, Field(description="Until when it is true, that day left out; leave out if it still is.")
]
Expires: TypeAlias = Annotated[
    str | None, Field(description="From when it need not be recalled any more, a date to come.")
]
AsOf: TypeAlias = Annotated[
    str | None, Field(description=f"Answer with what was true in the world then ({_DATE}).")
]
KnownAt: TypeAlias = Annotated[
    str | None, Field(description="Answer with what this memory believed then, later corrections left out.")
]
Hits: TypeAlias = Annotated[
    int, Field(ge=1, le=HITS_MAX, description="How many memories at most, best first.")
]
Budget: TypeAlias = Annotated[
    int, Field(ge=50, le=BUDGET_TOKENS_MAX, description="How many tokens the text may have at most.")
]
Kinds: TypeAlias = Annotated[
    list[KindName] | None, Field(max_length=LIST_MAX, description="Only memories of these kinds.")
]
Authors: TypeAlias = Annotated[
    list[str] | None, Field(max_length=LIST_MAX, description="Only what these people said.")
]
Sessions: TypeAlias = Annotated[
    list[str] | None, Field(max_length=LIST_MAX, description="Only what was said in these conversations.")
]
WithTags: TypeAlias = Annotated[
    list[str] | None, Field(max_length=LIST_MAX, description="Only what is filed under one of these tags.")
]
UnitNames: TypeAlias = Annotated[
    list[str] | None,
    Field(max_length=LIST_MAX, description="Only what belongs to these units; `list_units` names them."),
]
Include: TypeAlias = Annotated[
    list[Literal["retired", "superseded"]] | None,
    Field(max_length=2, description="Also what was forgotten (retired) or replaced (superseded)."),
]
Explain: TypeAlias = Annotated[bool, Field(description="Also say what each score is made of.")]
Kind: TypeAlias = Annotated[KindName, Field(description="What sort of memory it is.")]
Confidence: TypeAlias = Annotated[
    float, Field(ge=0.0, le=1.0, description="How sure it is: 1 is certain, 0.5 a coin toss.")
]
NewConfidence: TypeAlias = Annotated[
    float | None, Field(ge=0.0, le=1.0, description="How sure it is now; leave out to keep what it was.")
]
Speaker: TypeAlias = Annotated[
    SaidBy,
    Field(
        description="Whose word it is: `user` only for what the user said themselves, `agent` for your own "
        "conclusion, `tool` or `document` for what you read. What is less trusted never replaces what is "
        "more trusted."
    ),
]
Author: TypeAlias = Annotated[
    str | None,
    Field(
        max_length=200,
        description="The name of who said it; leave out for the user, or for yourself as agent.",
    ),
]
Session: TypeAlias = Annotated[
    str | None, Field(max_length=200, description="The name of the conversation it belongs to.")
]
Tags: TypeAlias = Annotated[list[str] | None, Field(max_length=64, description="Tags to file it under.")]
Ids: TypeAlias = Annotated[
    list[str] | None, Field(max_length=LIST_MAX, description="The ids of memories that it follows from.")
]
Erase: TypeAlias = Annotated[
    bool,
    Field(
        description="True removes the words for good, which nothing can undo. Only if the user asks for it; "
        "the server may not allow it."
    ),
]
Subject: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=200, description="Of whom or what: a name as people write it.")
]
OptionalSubject: TypeAlias = Annotated[
    str | None, Field(max_length=200, description="Only those about this name.")
]
Attribute: TypeAlias = Annotated[
    str | None, Field(max_length=200, description="Only this attribute: home, job, likes and the like.")
]
UnitKind: TypeAlias = Annotated[
    UnitKindName | None,
    Field(description="Only topics, personas (people) or contexts (projects, conversations)."),
]
Party: TypeAlias = Annotated[
    str | None, Field(max_length=200, description="Only promises by or to this name.")
]
PromiseStateName: TypeAlias = Annotated[
    Literal["open", "kept", "broken", "expired", "withdrawn", "superseded"] | None,
    Field(description="Only promises in this state; expired came due and nobody said how it came out."),
]
UnitName: TypeAlias = Annotated[
    str | None, Field(max_length=300, description="The name of one unit, to see what it holds.")
]
Agent: TypeAlias = Annotated[
    str | None,
    Field(max_length=200, description="Whose words; by default the assistant's that said most."),
]
Seconds: TypeAlias = Annotated[
    float,
    Field(gt=0, le=REFLECTION_SECONDS_MAX, description="How long it may take; the next call goes on."),
]

Deed: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=TEXT_CHARS_MAX,
        description="What was done: the name of a tool that you called, or the deed in a few words.",
    ),
]
Passed: TypeAlias = Annotated[
    dict[str, JsonValue] | None, Field(description="With which arguments the tool was called.")
]
Situation: TypeAlias = Annotated[
    str | None,
    Field(
        max_length=TEXT_CHARS_MAX,
        description="In which situation, so that it is found in the next one like it: the request, the "
        "error, what mattered.",
    ),
]
Result: TypeAlias = Annotated[
    str | None, Field(max_length=TEXT_CHARS_MAX, description="It worked: what came of it.")
]
Failure: TypeAlias = Annotated[
    str | None, Field(max_length=TEXT_CHARS_MAX, description="It failed: why. Give this or result, not both.")
]
ForDecision: TypeAlias = Annotated[
    str | None, Field(max_length=64, description="The id of the decision that it carries out.")
]
Choice: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=TEXT_CHARS_MAX, description="What was chosen, in a few words.")
]
Options: TypeAlias = Annotated[
    list[str] | None, Field(max_length=LIST_MAX, description="What there was to choose from.")
]
Reason: TypeAlias = Annotated[
    str | None,
    Field(max_length=TEXT_CHARS_MAX, description="Why: one statement, kept as a memory of its own."),
]
Expected: TypeAlias = Annotated[
    str | None, Field(max_length=TEXT_CHARS_MAX, description="What you expect to come of it.")
]
CameOf: TypeAlias = Annotated[
    str | None, Field(max_length=TEXT_CHARS_MAX, description="What came of it, in a few words.")
]
Worked: TypeAlias = Annotated[
    bool | None, Field(description="Whether it came out well; leave out while that can't be said.")
]
NewSituation: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=TEXT_CHARS_MAX,
        description="The situation that you are in now, in a sentence.",
    ),
]
PrecedentCount: TypeAlias = Annotated[int, Field(ge=1, le=HITS_MAX, description="How many at most.")]


class SlotGiven(BaseModel):
    """What a statement says of whom, so that it meets what else is believed of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(min_length=1, max_length=200, description="Of whom or what, for instance Alice.")
    attribute: str = Field(min_length=1, max_length=200, description="What of it, for instance home.")
    value: str = Field(min_length=1, max_length=2_000, description="The value, for instance Lisbon.")


class MessageGiven(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "assistant", "system", "tool"] = Field(description="Who spoke.")
    content: str = Field(max_length=TEXT_CHARS_MAX, description="The message, word for word.")
    name: str | None = Field(default=None, max_length=200, description="The speaker's name.")
    timestamp: str | None = Field(default=None, description="When it was said, ISO 8601; now if left out.")
    id: str | None = Field(default=None, max_length=200, description="The message's own id, if it has one.")

    def as_message(self) -> dict[str, str]:
        """The message as `Cube.observe` takes it."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


SlotArgument: TypeAlias = Annotated[
    SlotGiven | None,
    Field(
        description="For a statement about one attribute of one subject: it then replaces an older value, "
        "strengthens an equal one, or opens a conflict."
    ),
]
Messages: TypeAlias = Annotated[
    list[MessageGiven],
    Field(
        min_length=1,
        max_length=MESSAGES_MAX,
        description="The messages in order. Passing the whole conversation again is fine: what is known is "
        "not taken twice.",
    ),
]
