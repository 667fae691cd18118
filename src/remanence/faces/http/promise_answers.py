"""The shapes of answers about promises; see `answers`."""

from __future__ import annotations

from pydantic import JsonValue

from remanence.faces.http.answers import Answer, Item, Time


class PromiseCondition(Answer):
    """What a promise waits for: another promise, or something in words."""

    promise: str | None
    words: str


class Assessment(Answer):
    """What one assessor found, and the items that bear it out."""

    id: str
    promise: str
    assessor: str
    outcome: str
    evidence: list[str]
    at: Time


class Promise(Answer):
    """A promise with its terms, where it stands, and what its assessors found."""

    id: str
    promiser: str
    promisees: list[str]
    kind: str
    body: str
    constraints: dict[str, JsonValue]
    conditions: list[PromiseCondition]
    scope: list[str]
    due: Time | None
    name: str | None
    made_at: Time
    words: str
    source: str | None
    state: str
    disputed: bool
    binding: bool | None
    contradicts: list[str]
    circle: list[str]
    replaced_by: str | None
    said_by: str | None
    assessments: list[Assessment]


class Promises(Answer):
    """Promises, in the order of the file that declares them."""

    promises: list[Promise]


class AgentTrust(Answer):
    """How far an agent is to be trusted by the promises that were assessed."""

    agent: str
    trust: float
    deviation: float
    kept: float
    broken: float
    assessed: int


class Ledger(Answer):
    """All promises, oldest first, and beside them what is none."""

    at: Time
    promises: list[Promise]
    intentions: list[Item]
    impositions: list[Promise]
    trust: list[AgentTrust]


class Breach(Answer):
    """Where a memory promise was broken."""

    items: list[str]
    at: Time
    what: str


class CheckedPromise(Answer):
    """A memory promise, and what its check came to."""

    check: str
    words: str
    verdict: str
    looked_at: int
    note: str | None
    breaches: list[Breach]


class PromiseReport(Answer):
    """What became of what memory promises about itself; `kept` when none is broken."""

    at: Time
    kept: bool
    promises: list[CheckedPromise]
