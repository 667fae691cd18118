"""From a model's answer to statements that the messages bear out; what fails a check is dropped.

A date is never taken from the model: the words that it quotes are resolved by our own reader of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.reader.llm.quotes import find_quote
from remanence.reader.llm.transcript import Line, sendable
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.statements import called

if TYPE_CHECKING:
    from remanence.reader.llm.answer import Stated

ITEMS_MAX = 200  # of one answer
SENTENCE_CHARS_MAX = 500
NAME_CHARS_MAX = 80  # of a subject or an attribute
VALUE_CHARS_MAX = 200
CONFIDENCE_MAX = 0.9  # a model is surer of itself than it is right
CONFIDENCE_MIN = 0.05
READER = "llm"

NO_MESSAGE = "no such message"
NOT_TO_READ = "not a message to read"
NO_QUOTE = "quote not in the message"
NOT_ASSERTED = "not asserted"
NO_SENTENCE = "sentence empty or too long"
NO_VALUE = "value not in the message"
NEW_NUMBER = "number not in the messages"
TOO_MANY = "too many items"

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
_SELF = frozenset({"i", "me", "my", "myself", "speaker", "the speaker", "user", "the user"})


@dataclass(frozen=True, slots=True)
class Dropped:
    """A statement that was thrown away: of which message, where it named one, and why."""

    number: int | None
    cause: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of an answer, by the message's number."""

    found: Mapping[int, tuple[Derived, ...]]
    dropped: tuple[Dropped, ...]


def checked(items: Iterable[Stated], lines: Iterable[Line], *, rule: str) -> Checked:
    """The statements of an answer that quote a message which was to be read, and assert something."""
    by_number = {line.number: line for line in lines}
    numbers = frozenset(number for line in by_number.values() for number in _NUMBER.findall(line.text))
    found: dict[int, list[Derived]] = {}
    dropped: list[Dropped] = []
    for place, stated in enumerate(items):
        line = by_number.get(stated.message)
        one = _checked(stated, line, rule=rule, numbers=numbers) if place < ITEMS_MAX else TOO_MANY
        if isinstance(one, str):
            dropped.append(Dropped(None if line is None else line.number, one))
        else:
            found.setdefault(stated.message, []).append(one)
    return Checked({number: _each_once(all_of) for number, all_of in found.items()}, tuple(dropped))


def _checked(stated: Stated, line: Line | None, *, rule: str, numbers: frozenset[str]) -> Derived | str:
    """The statement, or why it is none; `numbers` are all that the messages name."""
    if line is None:
        return NO_MESSAGE
    if not line.read:
        return NOT_TO_READ
    span = find_quote(line.text, stated.quote)
    if span is None:
        return NO_QUOTE
    if stated.modality != "asserted":
        return NOT_ASSERTED
    sentence = " ".join(stated.sentence.split())
    if not any(map(str.isalnum, sentence)) or len(sentence) > SENTENCE_CHARS_MAX:
        return NO_SENTENCE
    if not numbers >= frozenset(_NUMBER.findall(f"{sentence} {stated.value}")):
        return NEW_NUMBER
    if stated.value and not _is_said(stated.value, line.text):
        return NO_VALUE  # what another message says can't make this one's author seem to have said it
    when = None if stated.when is None else find_quote(line.text, stated.when)
    begins, ends = (span[0], span[1]) if when is None else (min(span[0], when[0]), max(span[1], when[1]))
    return Derived(
        content=sentence,
        kind=Kind(stated.kind),
        slot=_slot(stated, line),
        polarity=stated.affirmed,
        rule=rule,
        confidence=min(max(stated.confidence, CONFIDENCE_MIN), CONFIDENCE_MAX),
        start=span[0],
        end=span[1],
        event=stated.kind == "event",
        sentence=begins,
        clause_start=begins,
        clause_end=ends,
        reader=READER,
        when=when,
    )


def _slot(stated: Stated, line: Line) -> Slot | None:
    """What it fills, where the model named all of it."""
    subject, attribute, value = (
        " ".join((part or "").split()) for part in (stated.subject, stated.attribute, stated.value)
    )
    if not (subject and attribute and value):
        return None
    if max(len(subject), len(attribute)) > NAME_CHARS_MAX or len(value) > VALUE_CHARS_MAX:
        return None
    if subject.casefold() in _SELF | {line.speaker.casefold()}:
        subject = called(line.speaker)
    return Slot(subject.casefold(), attribute.casefold(), value)


def _is_said(value: str, text: str) -> bool:
    said, wanted = (" ".join(sendable(one).casefold().split()) for one in (text, value))
    return wanted in said or frozenset(_WORD.findall(wanted)) <= frozenset(_WORD.findall(said))


def _each_once(found: Iterable[Derived]) -> tuple[Derived, ...]:
    """Without what says the same as one before it: a model repeats itself."""
    seen: dict[tuple[object, ...], Derived] = {}
    for one in found:
        slot = one.slot
        key = (
            (one.content.casefold(),)
            if slot is None
            else (slot.subject, slot.attribute, slot.value.casefold())
        )
        seen.setdefault((*key, one.polarity), one)
    return tuple(seen.values())
