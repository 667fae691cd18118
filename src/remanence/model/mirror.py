"""What the mirror shows of an agent: figures with their evidence, and what there is too little of to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from remanence.model.ids import ItemId
from remanence.model.item import Item

REFLECTION = "reflection:"  # and the sort of a finding: how its row says that it came to be
PERSONA_LINE = "persona"  # in a finding's metadata: the sentence that a persona says of it

PhraseSort = Literal["phrase", "opening", "simile"]
ContradictionSort = Literal["denial", "value", "advice", "slot", "vow"]
InclinationSort = Literal["weighs", "recommends", "advises against", "refuses"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an item, with when they were said; cut where they are many."""

    item_id: ItemId
    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that the agent uses more than others do, or than it used to.

    `z` is of the log-odds against the interlocutors, None where there are none; `z_past` of its last third
    against the rest.
    """

    text: str
    sort: PhraseSort
    count: int
    others: int
    z: float | None
    z_past: float | None
    first: Quote
    last: Quote
    evidence: tuple[ItemId, ...]  # some of the utterances, evenly over time


@dataclass(frozen=True, slots=True)
class StyleMark:
    """One figure of the style card: the agent's, and that of those it talks with (None: nobody does)."""

    name: str
    value: float
    others: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Shift:
    """How one figure of style changed."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Drift:
    """A change of style: the old one was last heard at `after`, the new one first at `before`.

    `p_value` is how often days in a random order show as large a change anywhere.
    """

    after: datetime
    before: datetime
    p_value: float
    delta: float  # Burrows's Delta between the two stretches
    shifts: tuple[Shift, ...]
    evidence: tuple[ItemId, ...]  # some utterances of both stretches


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements of the agent's that can't both be meant; `explanation` is what lies between."""

    sort: ContradictionSort
    earlier: Quote
    later: Quote
    explanation: Quote | None

    @property
    def is_explained(self) -> bool:
        """Whether the change has a reason in the record: growth, not incoherence."""
        return self.explanation is not None


@dataclass(frozen=True, slots=True)
class Inclination:
    """What the agent repeatedly weighs, recommends, advises against or refuses."""

    sort: InclinationSort
    what: str
    count: int
    first: Quote
    last: Quote
    evidence: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True)
class Intention:
    """What the agent said that it would do, and the action that answers to it (None: none is recorded).

    With `by_own_word` it is no action but the agent's own report of it, which is weaker evidence.
    """

    said: Quote
    done: Quote | None
    by_own_word: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A figure of coherence in [0, 1] with its 95 % interval, out of how many, and on which evidence."""

    name: str
    value: float
    low: float
    high: float
    of: int
    evidence: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What could not be said, since there is too little to say it from.

    >>> str(Shortfall("style", 12, 50, "utterances"))
    'style: 12 utterances, 50 needed'
    """

    about: str
    have: int
    need: int
    what: str

    def __str__(self) -> str:
        return f"{self.about}: {self.have} {self.what}, {self.need} needed"


@dataclass(frozen=True, slots=True)
class Trait:
    """One sentence of a persona, and the findings that it rests on: none where it is the style card's."""

    text: str
    rests_on: tuple[str, ...] = ()  # their keys, as items bear them


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that the mirror shows of one agent. `agent` is None where no agent speaks in the cube."""

    agent: str | None
    utterances: int = 0
    first: datetime | None = None
    last: datetime | None = None
    phrases: tuple[Phrase, ...] = ()
    openings: tuple[Phrase, ...] = ()  # single words with which it begins
    style: tuple[StyleMark, ...] = ()
    drifts: tuple[Drift, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    inclinations: tuple[Inclination, ...] = ()
    intentions: tuple[Intention, ...] = ()
    corrections: tuple[Quote, ...] = ()  # where it owned that it had been wrong
    coherence: tuple[Share, ...] = ()
    persona: tuple[Trait, ...] = ()  # what has been stable over several windows
    shortfalls: tuple[Shortfall, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class PersonaDraft:
    """What an agent's persona unit would say, beside what it says now; see Cube.accept_persona."""

    agent: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    members: tuple[ItemId, ...]  # the findings that it rests on

    @property
    def added(self) -> tuple[str, ...]:
        """Sentences that are new."""
        return tuple(line for line in self.after if line not in self.before)

    @property
    def removed(self) -> tuple[str, ...]:
        """Sentences that no longer hold."""
        return tuple(line for line in self.before if line not in self.after)


@dataclass(frozen=True, slots=True)
class Reflection:
    """What a reflection showed and did: findings written, renewed, withdrawn, how many stand as they were.

    One is withdrawn where it no longer holds: its evidence was retired, or the habit is one no more.
    `persona` is None where it would change nothing, or there is too little to build one from.
    `left_as_counted` are those that a model was to word and whose words lacked or added something.
    """

    portrait: Portrait
    findings: tuple[Item, ...]
    written: tuple[ItemId, ...]
    renewed: tuple[ItemId, ...]
    withdrawn: tuple[ItemId, ...]
    unchanged: int
    persona: PersonaDraft | None
    change_set: int | None  # None when nothing was written
    left_as_counted: tuple[ItemId, ...] = ()
