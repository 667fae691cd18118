"""What an assistant says it has done: "I've booked the table for 7".

Asked by `statements`, of what is said in the assistant's role alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import words_of
from remanence.reader.rules.phrases import in_third_person
from remanence.reader.rules.sentences import TEXT_CHARS_MAX

DONE = "did"  # the rule's name, as a derived row's method has it
CONFIDENCE = 0.85
SAID_CHARS_MAX = 300  # of a deed; what is longer is a report
_FORMS = ("perfect", "managed", "past", "passive")  # in the order in which they are tried
_OWN_FORM = "passive"  # it names no doer
_SPACE = re.compile(r"\s+")
_SELF = re.compile(r"(?:i've|i have|ive|we've|we have|i|we)\b[\s,]*", re.IGNORECASE)


def actions(spoken: OwnText, subject: str, language: Language) -> list[Derived]:
    """The deeds that the speaker tells of, in the order of their words."""
    patterns = language.patterns["actions"]
    text = spoken.text[:TEXT_CHARS_MAX]
    found: list[Derived] = []
    if spoken.words.isdisjoint(language.cues["actions.deed"]):
        return found
    for start, sentence in spoken.sentences:
        told = not words_of(sentence).isdisjoint(language.cues["actions.deed"])
        if told and patterns["cue"].search(sentence) is not None:
            found += _told(text, start, sentence, subject, language)
    return found


def _told(text: str, start: int, sentence: str, subject: str, language: Language) -> Iterator[Derived]:
    patterns, guards = language.patterns["actions"], language.guards
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in patterns[form].finditer(sentence):
            begin, end = match.span("said")
            before = sentence[:begin]
            asks = "?" in sentence[-3:] and end >= len(sentence.rstrip(" ?!."))
            if (
                any(begin < last and first < end for first, last in taken)
                or asks
                or not 0 < end - begin <= SAID_CHARS_MAX
            ):
                continue
            if patterns["unmeant"].search(match["said"]) or (
                before and any(guards[name].search(before) for name in ("reported", "unreal", "condition"))
            ):
                continue
            taken.append((begin, end))
            yield _deed(text, start, (begin, end), sentence, subject, language, form=form)


def _deed(
    text: str,
    start: int,
    span: tuple[int, int],
    sentence: str,
    subject: str,
    language: Language,
    *,
    form: str,
) -> Derived:
    begin, end = start + span[0], start + span[1]
    words = _SPACE.sub(" ", text[begin:end].replace("’", "'")).strip()
    if form == _OWN_FORM:
        told = f"{subject} says it is done: {words[:1].lower()}{words[1:]}"
    else:
        doer = _SELF.match(words)
        deed = words[doer.end() :] if doer is not None else words[:1].lower() + words[1:]
        told = f"{subject} {in_third_person(deed, language)}"
    return Derived(
        content=told[:1].upper() + told[1:],
        kind=Kind.ACTION,
        slot=None,
        polarity=True,
        rule=DONE,
        confidence=CONFIDENCE,
        start=begin,
        end=end,
        event=True,
        sentence=start,
        clause_start=start,
        clause_end=start + len(sentence),
    )
