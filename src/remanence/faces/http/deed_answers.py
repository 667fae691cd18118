"""The shapes of answers about the agent's own history; see `answers`."""

from __future__ import annotations

from remanence.faces.http.answers import Answer, Item, Time


class Precedent(Answer):
    """What was done in such a situation, whether it worked (null: nobody said), and on what grounds."""

    score: float
    worked: bool | None
    situation: str | None
    outcome: str | None
    item: Item
    reasons: list[Item]


class Precedents(Answer):
    """Precedents, the likest first."""

    precedents: list[Precedent]


class Learnt(Answer):
    """What was learnt, and the lessons as they now are."""

    made: list[str]
    renewed: list[str]
    withdrawn: list[str]
    unchanged: int
    change_set: int | None
    lessons: list[Item]


class StoryLine(Answer):
    """One sentence or deed, when, and the items it stands in; `speaker` is null for a deed."""

    at: Time
    kind: str
    speaker: str | None
    text: str
    items: list[str]


class Story(Answer):
    """Lines in order of time, and the text that has them by day."""

    text: str
    tokens: int
    budget_tokens: int
    lines: list[StoryLine]
