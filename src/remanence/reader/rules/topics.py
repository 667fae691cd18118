"""What was last spoken of, so that "it's Porto now" and "No, Porto" say something.

Asked by `statements`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.reader.rules.derived import UNNAMED, Derived
from remanence.reader.rules.language import Language, Question
from remanence.reader.rules.needed import search, words_of
from remanence.reader.rules.sentences import SENTENCE_CHARS_MAX, Earlier, plainly, sentences
from remanence.reader.rules.shapes import Shape

ANSWERED = "answered"  # the rule's name, as a derived row's method has it
ANSWER_CHARS_MAX = 80  # of a reply that is nothing but a value
CONFIDENCE = 0.8


@dataclass(frozen=True, slots=True)
class Topic:
    """An attribute of the speaker, and the value it was last said or asked to have."""

    attribute: str
    value: str | None
    expects: bool = False  # a new value: the old one has ended, or it was asked for
    foreign: bool = False  # somebody else brought it up


def topic_of(derived: Derived, language: Language) -> Topic | None:
    """What a statement leaves to be gone on about; None for what may have many values."""
    slot = derived.slot
    if slot is not None and slot.attribute == UNNAMED:
        return None if derived.polarity else Topic(UNNAMED, slot.value, expects=True)
    if slot is None or not language.is_single_valued(slot.attribute):
        return None
    return Topic(slot.attribute, slot.value or None, expects=not derived.polarity)


def topic_of_turn(before: Earlier, language: Language) -> Topic | None:
    """What the last sentence of somebody else's turn asks of us, or says of us."""
    for sentence in reversed(before.sentences[-3:]):
        topic = _asked(sentence[:SENTENCE_CHARS_MAX], language) or _said(sentence, language)
        if topic is not None:
            return topic
    return None


def answer_to(topic: Topic, text: str, subject: str, language: Language) -> Derived | None:
    """The statement that a bare value makes after it was asked for, or said wrongly."""
    shape = language.shapes.of(topic.attribute)
    plain = plainly(text)
    if shape is None or "?" in plain or language.guards["joking"].search(plain):
        return None
    for start, sentence in list(sentences(plain))[:2]:
        lead = language.guards["answer"].match(sentence)
        begin = lead.end() if lead is not None else 0
        denied = language.guards["hesitation"].match(sentence) is not None
        if topic.value is not None and not denied and begin == 0:
            continue  # a statement was made of us, and neither denied nor taken up
        value = _bare_value(sentence, begin, shape, language)
        if value is not None and language.guards["unsure"].search(sentence) is None:
            span = (start + value.start(), start + value.end())
            words = text[span[0] : span[1]]
            return Derived(
                content=_said_of(shape, topic.attribute, words, subject),
                kind=Kind.PREFERENCE if topic.attribute.startswith("favourite") else Kind.FACT,
                slot=Slot(subject.casefold(), topic.attribute, words),
                polarity=True,
                rule=ANSWERED,
                confidence=CONFIDENCE,
                start=span[0],
                end=span[1],
                is_correction=denied and language.guards["change"].search(sentence) is None,
                sentence=start,
                clause_start=start,
                clause_end=start + len(sentence),
            )
    return None


def _bare_value(sentence: str, begin: int, shape: Shape, language: Language) -> re.Match[str] | None:
    """The value, where a sentence that is short holds little more."""
    if len(sentence) > ANSWER_CHARS_MAX:
        return None
    body = sentence.rstrip(".!… ")
    found = shape.value.match(body, begin)
    if found is None or language.guards["question"].search(sentence):
        return None
    lead = language.guards["answer_lead"].match(found[0])
    if lead is not None and lead.end() < len(found[0]):
        found = shape.value.match(body, begin + lead.end())
    if found is None or not language.guards["answer_rest"].fullmatch(body, found.end()):
        return None
    return found


def topic_of_clause(clause: str, words: frozenset[str], language: Language) -> Topic | None:
    """What a clause that says nothing by itself leaves to be told: "I changed gyms"; of nobody else.

    `words` are those of the text that it stands in.
    """
    found = _first(language.prompts, clause, words, language)
    if found is None or language.guards["theirs"].search(clause):
        return None
    return replace(found, foreign=False)


def _asked(sentence: str, language: Language) -> Topic | None:
    if "?" not in sentence[-3:]:
        return None
    return _first(language.questions, sentence, words_of(sentence), language)


def _first(
    questions: Sequence[Question], sentence: str, words: frozenset[str], language: Language
) -> Topic | None:
    for question in questions:
        match = search(question.pattern, sentence, words)
        if match is not None:
            groups = match.groupdict()
            head = groups.get("thing") or groups.get("thing2")
            shape = None if head is None else language.shapes.named(head)
            if head is not None and shape is None:
                continue
            named = {**groups, "shape": "" if shape is None else shape.attribute}
            attribute = question.attribute.format_map(named).casefold().replace("favorite", "favourite")
            return Topic(" ".join(attribute.split()), None, expects=True, foreign=True)
    return None


def _said(sentence: str, language: Language) -> Topic | None:
    """What a sentence says of the one spoken to, read as if they had said it themselves."""
    turned = language.guards["addressed"].sub(
        lambda word: language.addressed.get(word[0].lower(), word[0]), sentence.rstrip(".!?… ")
    )
    if turned == sentence.rstrip(".!?… ") or language.guards["unreal"].search(turned):
        return None
    opener = language.guards["echo"].match(turned)
    begin = opener.end() if opener is not None else 0
    for rule in language.look.at(turned, begin, words=words_of(turned)).values():
        if rule.attribute is None or rule.topical or rule.ending or not rule.polarity:
            continue
        match = rule.pattern.match(turned, begin)
        if match is None or "{" in rule.attribute:
            continue
        if language.is_single_valued(rule.attribute):
            return Topic(rule.attribute, match[0], foreign=True)
    return None


def _said_of(shape: Shape, attribute: str, value: str, subject: str) -> str:
    said = shape.statement(attribute, value, subject)
    return said[:1].upper() + said[1:]
