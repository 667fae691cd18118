"""The shapes of answers about the mirror; see `answers`."""

from __future__ import annotations

from remanence.faces.http.answers import Answer, Item, Time


class Quote(Answer):
    """Words of an item, and when they were said."""

    id: str
    text: str
    said_at: Time


class StyleMark(Answer):
    """One figure of style: the agent's, and that of those it talks with."""

    name: str
    value: float
    others: float | None
    unit: str


class Phrase(Answer):
    """Words that the agent uses more than others do, or than it used to."""

    text: str
    sort: str
    count: int
    others: int
    z: float | None
    z_past: float | None
    first: Quote
    last: Quote
    evidence: list[str]


class Shift(Answer):
    """How one figure of style changed."""

    name: str
    before: float
    after: float


class Drift(Answer):
    """A change of style, between two times."""

    after: Time
    before: Time
    p_value: float
    delta: float
    shifts: list[Shift]
    evidence: list[str]


class Contradiction(Answer):
    """Two statements that can't both be meant; `explanation` is what lies between."""

    sort: str
    earlier: Quote
    later: Quote
    explanation: Quote | None


class Inclination(Answer):
    """What the agent keeps weighing, recommending, advising against or refusing."""

    sort: str
    what: str
    count: int
    first: Quote
    last: Quote
    evidence: list[str]


class Intention(Answer):
    """What the agent said that it would do, and the action, or its own report, that answers to it."""

    said: Quote
    done: Quote | None
    by_own_word: bool


class CoherenceShare(Answer):
    """A figure of coherence in [0, 1] with its interval, out of how many."""

    name: str
    value: float
    low: float
    high: float
    of: int
    evidence: list[str]


class Shortfall(Answer):
    """What there is too little of to say something from."""

    about: str
    have: int
    need: int
    what: str


class Portrait(Answer):
    """All that the mirror shows of an agent; `agent` is null where none speaks."""

    agent: str | None
    utterances: int
    first: Time | None
    last: Time | None
    style: list[StyleMark]
    phrases: list[Phrase]
    openings: list[Phrase]
    drifts: list[Drift]
    contradictions: list[Contradiction]
    inclinations: list[Inclination]
    intentions: list[Intention]
    corrections: list[Quote]
    coherence: list[CoherenceShare]
    persona: list[str]
    shortfalls: list[Shortfall]


class PersonaProposal(Answer):
    """What an agent's persona would say beside what it says; `personas/accept` takes it without the rest."""

    agent: str
    before: list[str]
    after: list[str]
    members: list[str]
    added: list[str]
    removed: list[str]


class Reflection(Answer):
    """The portrait, the findings kept as items, and the persona that is proposed."""

    portrait: Portrait
    findings: list[Item]
    written: list[str]
    renewed: list[str]
    withdrawn: list[str]
    unchanged: int
    persona: PersonaProposal | None
    change_set: int | None
    left_as_counted: list[str]
