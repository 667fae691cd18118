"""The shapes of answers about a recall taken apart; see `answers`."""

from __future__ import annotations

from remanence.faces.http.answers import Answer, Hit, Part, Time


class Recognised(Answer):
    """The items that messages are."""

    items: list[str]


class Stretch(Answer):
    """A stretch of time that a question names."""

    start: Time | None
    end: Time | None


class QuestionRead(Answer):
    """What recall took from the words of a question."""

    about: list[str]
    asker: str | None
    times: list[Stretch]
    asks: list[str]


class Filter(Answer):
    """A filter, and how many of the cube's rows pass it."""

    name: str
    passed: int
    of: int


class Road(Answer):
    """What one road says of a hit: measured, as it went into the sum, and its place."""

    name: str
    raw: float
    normalised: float
    place: int


class ExplainedHit(Hit):
    """A hit with its roads, and how far above rest it is."""

    roads: list[Road]
    activation: float | None


class Explanation(Answer):
    """A recall taken apart: the same hits in the same order."""

    answered: float
    signs: list[Part]
    question: QuestionRead
    filters: list[Filter]
    allowed: int
    hits: list[ExplainedHit]
