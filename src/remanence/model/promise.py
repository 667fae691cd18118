"""Promises: what one agent says it will do for, or take from, another, and how that came out.

After Promise Theory: M. Burgess and J. A. Bergstra, "Promise Theory: Principles and Applications", 2014. An
agent can promise nothing but its own behaviour. What it only means to do is an intention, and what somebody
else says it will do is an imposition; neither is a promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from remanence.model.ids import ItemId, short
from remanence.model.item import NOTHING, Item, Json

PROMISE = "promise"  # the tag of a promise, and the key of its terms in an item's metadata
ASSESSMENT = "assessment"  # the same of an assessment
COMMITMENT = "commitment"  # the tag of what the reader hears somebody commit to


class PromiseKind(StrEnum):
    """Whether something is promised to be given (+), or to be accepted when it is given (-)."""

    GIVE = "give"
    ACCEPT = "accept"


class PromiseState(StrEnum):
    """Where a promise stands in the ledger."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    EXPIRED = "expired"  # it came due, and nobody has said how it came out
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Outcome(StrEnum):
    """What an assessor finds."""

    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a promise waits for: another promise to be kept, or something in words.

    `words` of a promise are its body, while it stands; none once it was forgotten.
    """

    promise: ItemId | None
    words: str

    def __str__(self) -> str:
        return self.words if self.promise is None else f"{short(self.promise)} is kept"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised to whom, and under which conditions.

    `constraints` say how (from when, how much); `scope` names who may know beside the promisees. `due` is
    the moment after which it is too late, None for a standing promise.
    """

    body: str
    promisees: tuple[str, ...]
    kind: PromiseKind = PromiseKind.GIVE
    constraints: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    conditions: tuple[Condition, ...] = ()
    scope: tuple[str, ...] = ()
    due: datetime | None = None
    name: str | None = None  # by which a file of declared promises knows it again


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one assessor found, and the items that bear it out."""

    item_id: ItemId
    promise: ItemId
    assessor: str
    outcome: Outcome
    evidence: tuple[ItemId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise in the ledger, as it stands at the time the ledger was read.

    `words` are those in which it was made, in the item `source` where it was heard. `is_binding` is None
    where a condition in words has to be judged by a person. `contradicts` names open promises of the same
    promiser that can't both be kept, `circle` the promises that wait for each other.
    """

    item: Item
    promiser: str
    terms: Terms
    made_at: datetime
    words: str
    source: ItemId | None
    state: PromiseState
    assessments: tuple[Assessment, ...] = ()
    is_disputed: bool = False  # its assessors disagree
    is_binding: bool | None = True
    contradicts: tuple[ItemId, ...] = ()
    circle: tuple[ItemId, ...] = ()
    replaced_by: ItemId | None = None
    said_by: str | None = None  # of an imposition: whose word it is

    @property
    def id(self) -> ItemId:
        """The id of its item."""
        return self.item.id

    def __str__(self) -> str:
        due = "standing" if self.terms.due is None else f"due {self.terms.due:%Y-%m-%d %H:%M}"
        to = ", ".join(self.terms.promisees)
        return f"{self.state}: {self.promiser} to {to}: {self.terms.body} ({due})"


@dataclass(frozen=True, slots=True)
class AgentTrust:
    """Trust in an agent: a Beta distribution over its assessed promises, older ones weighing less.

    `kept` and `broken` are sums of weights in (0, 1]; `mean` is in (0, 1) and `deviation` is the
    distribution's standard deviation.
    """

    agent: str
    kept: float
    broken: float
    mean: float
    deviation: float
    assessed: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """All promises, oldest first, and beside them what is none: intentions and impositions.

    Iterating goes over the promises alone.
    """

    at: datetime
    promises: tuple[Promise, ...]
    intentions: tuple[Item, ...] = ()
    impositions: tuple[Promise, ...] = ()
    trust: tuple[AgentTrust, ...] = ()

    def __iter__(self) -> Iterator[Promise]:
        return iter(self.promises)

    def __len__(self) -> int:
        return len(self.promises)


class Verdict(StrEnum):
    """What a check of a memory promise came to."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a memory promise was broken: the items, the moment, and what happened."""

    items: tuple[ItemId, ...]
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class CheckedPromise:
    """A memory promise, and what its check came to.

    `looked_at` counts what it looked at, and `note` says what it could not judge.
    """

    name: str
    words: str
    verdict: Verdict
    looked_at: int
    breaches: tuple[Breach, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """What became of all memory promises at some time."""

    at: datetime
    checked: tuple[CheckedPromise, ...]

    @property
    def broken(self) -> tuple[CheckedPromise, ...]:
        """Those that were not kept."""
        return tuple(one for one in self.checked if one.verdict is Verdict.BROKEN)
