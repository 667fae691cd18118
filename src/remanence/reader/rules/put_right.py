"""Corrections that say a bare value, put into the slot of what was just said.

"No wait, it was Lisbon" fills the slot that "I moved to Porto" did, said before it in the same message, by
somebody else in the turn before, or by the speaker in their own last one. Asked by `statements`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from remanence.reader.rules.derived import UNNAMED, Derived
from remanence.reader.rules.differing import as_meant
from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.sentences import Earlier
from remanence.reader.rules.topics import Topic, answer_to, topic_of, topic_of_turn

PUT_RIGHT = "put_right"  # the rule's name, as a derived row's method has it
SENTENCES_MAX = 2  # of the speaker's last turn, from its end, of which one value may be put right


def put_right(
    found: Sequence[Derived],
    spoken: OwnText,
    subject: str,
    language: Language,
    *,
    before: Earlier | None,
    own: Own | None,
) -> list[Derived]:
    """What was found, with the slots of corrections that have none, where one value fits what was last said.

    `own` is the speaker's last turn.
    """
    if not spoken.sentences:  # what is not meant puts nothing right
        return list(found)
    slots = {one.slot for one in found if one.slot is not None}
    every = []
    for one in found:
        fitted = None
        if one.is_correction and one.slot is None:
            fitted = _fitted(one, found, spoken, subject, language, before, own)
            if fitted is None and own is not None:
                fitted = _as_meant(one, spoken, own, language)
        if fitted is None or fitted.slot is None or fitted.slot in slots:
            every.append(one)
        else:
            slots.add(fitted.slot)
            every.append(fitted)
    return every


class Own:
    """The speaker's last turn; it is read when it is asked for, which is seldom."""

    def __init__(self, text: str, read: Callable[[str], Sequence[Derived]]) -> None:
        self.turn = Earlier(text)
        self.read = read

    @cached_property
    def found(self) -> Sequence[Derived]:
        """The statements that were made in it."""
        return self.read(self.turn.text)


def _as_meant(one: Derived, spoken: OwnText, own: Own, language: Language) -> Derived | None:
    """A statement of the speaker's last turn, with the value that is said instead: "Rex. -- I mean Max." """
    start, sentence = _sentence_of(one, spoken)
    if start != spoken.sentences[0][0]:
        return None
    for said in reversed(own.turn.sentences[-SENTENCES_MAX:]):
        meant = as_meant(said, sentence, language.patterns["differing"])
        if meant is not None:
            begin, value = start + meant.begin, meant.value.casefold()
            read = (new for new in own.read(meant.text) if new.slot is not None and new.polarity)
            fitting = next((new for new in read if value in new.content.casefold()), None)
            if fitting is not None:
                new = replace(fitting, replaces=_older(fitting, own.found))
                return _placed(new, start, sentence, begin, begin + meant.length)
    return None


def _older(new: Derived, found: Sequence[Derived]) -> str | None:
    """The value that the slot's attribute was said to have before."""
    slots = [one.slot for one in found if one.slot is not None and one.polarity]
    assert new.slot is not None, "what fits has a slot"
    attribute, value = new.slot.attribute, new.slot.value
    return next((slot.value for slot in slots if slot.attribute == attribute and slot.value != value), None)


def _sentence_of(one: Derived, spoken: OwnText) -> tuple[int, str]:
    """Where the sentence starts in which it stands, and its text."""
    begun = [said for said in spoken.sentences if said[0] <= one.start]
    return begun[-1] if begun else spoken.sentences[0]


def _placed(new: Derived, start: int, sentence: str, begin: int, end: int) -> Derived:
    return replace(
        new,
        rule=PUT_RIGHT,
        is_correction=True,
        start=begin,
        end=end,
        sentence=start,
        clause_start=start,
        clause_end=start + len(sentence),
    )


def _fitted(
    one: Derived,
    found: Sequence[Derived],
    spoken: OwnText,
    subject: str,
    language: Language,
    before: Earlier | None,
    own: Own | None,
) -> Derived | None:
    """The answer that it would be if the attribute had been asked for that was last spoken of."""
    start, sentence = _sentence_of(one, spoken)
    lead = language.guards["meant"].match(sentence)
    skipped = 0 if lead is None else lead.end()
    said = [known for known in found if known.end <= start and known is not one]
    for topic in _topics(said, before, own, language):
        answer = answer_to(replace(topic, value=None), sentence[skipped:], subject, language)
        if answer is None or answer.slot is None or topic.value is None:
            continue
        if answer.slot.value.casefold() == topic.value.casefold():
            return None
        at = start + skipped
        return _placed(answer, start, sentence, at + answer.start, at + answer.end)
    return None


def _topics(
    said: Sequence[Derived],
    before: Earlier | None,
    own: Own | None,
    language: Language,
) -> Iterator[Topic]:
    """What was said of the speaker, the last first."""
    yield from _of(said, language)
    turn = None if before is None else topic_of_turn(before, language)
    if turn is not None and turn.value is not None:
        yield turn
    if own is not None:
        yield from _of(own.found, language)


def _of(said: Sequence[Derived], language: Language) -> Iterator[Topic]:
    for one in reversed(said):
        topic = topic_of(one, language)
        if topic is not None and topic.attribute != UNNAMED and topic.value is not None:
            yield topic
