"""What requests bring about the agent's own history; see `bodies`."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from remanence.faces.http.bodies import HITS_MAX, Body, Share, When
from remanence.faces.http.care_bodies import Reason

Cost: TypeAlias = Annotated[
    dict[str, float] | None, Field(description="By unit.", examples=[{"usd": 0.02, "seconds": 3}])
]
Situation: TypeAlias = Annotated[str | None, Field(description="In which situation, or at which request.")]
GoalId: TypeAlias = Annotated[str | None, Field(description="The id of the goal that it serves.")]


class Deed(Reason):
    """What all deeds may bear."""

    session: str | None = None
    agent: Annotated[str | None, Field(description='Who did it ("assistant").')] = None
    at: Annotated[When, Field(description="When; now if not given.")] = None


class Act(Deed):
    """Something done: a tool with its arguments, or the deed in words."""

    what: Annotated[str, Field(examples=["search_flights"])]
    arguments: JsonValue = None
    situation: Situation = None
    result: Annotated[str | None, Field(description="It worked, so.")] = None
    error: Annotated[str | None, Field(description="It failed, so.")] = None
    cost: Cost = None
    goal: GoalId = None
    decision: Annotated[str | None, Field(description="The id of the decision that it carries out.")] = None
    call_id: Annotated[
        str | None, Field(description="The call's own id: what comes with it again is the same action.")
    ] = None


class Decide(Deed):
    """What was chosen among which options, why, and what is expected of it."""

    choice: str
    options: list[str] = Field(default_factory=list)
    situation: Situation = None
    reason: Annotated[str | None, Field(description="Becomes an item of its own.")] = None
    grounds: Annotated[list[str], Field(default_factory=list, description="Ids of items that it rests on.")]
    expected: str | None = None
    goal: GoalId = None


class NewGoal(Deed):
    """What is aimed at."""

    aim: str
    part_of: Annotated[str | None, Field(description="The id of a larger goal.")] = None
    due: When = None


class Outcome(Reason):
    """What came of an action or a decision."""

    text: str | None = None
    worked: Annotated[bool | None, Field(description="null where that can't be said yet.")] = None
    cost: Cost = None
    at: When = None


class Progress(Reason):
    """How far a goal has come."""

    share: Share | None = None
    status: Literal["open", "done", "dropped"] | None = None
    note: str | None = None
    at: When = None


class Precedents(Body):
    """A situation, and how many precedents of it at most."""

    situation: str
    k: Annotated[int, Field(ge=1, le=HITS_MAX)] = 5
    goal: GoalId = None
