"""What a rule derives from an utterance: a statement in the third person, with the words it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from remanence.model.item import Slot
from remanence.model.kind import Kind

UNNAMED = ""  # the attribute of a slot that the words leave to be found by its older value
ANY_VALUE = ""  # of a denial: whatever the slot's value is, it holds no longer


CORRECTION = "correction"  # the tag of what takes the place of something said before
INSTRUCTION = "instruction"  # the tag of what is asked of the memory itself
STEPS = "steps"  # the metadata key of a procedure's steps, in their words


class Wish(StrEnum):
    """What an instruction wants forgotten."""

    FORGET = "forget"  # what there is about a topic
    FORGET_ALL = "forget all"
    RETRACT = "retract"  # what was just said
    WITHHOLD = "withhold"  # this very message


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be forgotten: about a topic, in the speaker's words, or `own` statements about it alone."""

    wish: Wish
    topic: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """One statement, from characters [start, end) of the utterance.

    With `polarity` false the slot's value does not hold, or no longer; `was` then says what held before.
    A correction replaces what was said before; where it has a slot, that slot's older values. One that is
    `ending` says something only of a value that is believed already: of `replaces`, where it is given.
    An `event` tells of a change; the times of characters [sentence, clause_end) may say when it was.
    """

    content: str
    kind: Kind
    slot: Slot | None
    polarity: bool
    rule: str
    confidence: float  # in [0, 1]
    start: int
    end: int
    is_correction: bool = False
    was: str | None = None
    replaces: str | None = None
    ending: bool = False
    event: bool = False
    sentence: int = 0
    clause_start: int = 0
    clause_end: int = 0
    reader: str = "rule"
    when: tuple[int, int] | None = None  # further characters that say when, beside those of the statement
    tags: tuple[str, ...] = ()
    reason: str | None = None  # of a decision: why
    request: Request | None = None
    alone: bool = False  # a correction that says something even where nothing of it is believed
    steps: tuple[tuple[int, int], ...] = ()  # of a procedure: where each stands

    @property
    def method(self) -> str:
        """How the derived row says that it came to be: "rule:NAME" or "llm:MODEL:PROMPT"."""
        return f"{self.reader}:{self.rule}"
