"""What takes the place of something said before: "that's wrong, the code is 42", "Monday, sorry, Tuesday".

Where no rule reads it and its slot is not known it is still what is said now. Asked by `statements`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from remanence.model.kind import Kind
from remanence.reader.rules.derived import CORRECTION, Derived
from remanence.reader.rules.differing import differing
from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import holds, search, words_of
from remanence.reader.rules.sentences import Earlier
from remanence.reader.rules.third_person import as_told_of

CORRECTED = "takes_back"  # the rule's name, as a derived row's method has it
CONFIDENCE = 0.75
SAID_CHARS_MAX = 200  # of what is said instead; what is longer is a story
_FORMS, _REPAIRS = ("that", "doubt", "other", "figure", "remorse", "off"), ("repair", "amended")
_VALUED = frozenset({"other", "remorse"})  # they take something back only where a value is said
SENTENCES_MAX = 3  # of a text that are looked at for two values
REPLY_CHARS_MAX = 100  # of an answer that puts right what was said before it
MEANING_CHARS_MIN = 3
BARE_WORDS_MAX = 3  # of a value that stands alone; more are a clause
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"\w+")
_VALUE_GROUP = re.compile(r"(?P<said>.*)", re.DOTALL)
_ASKED_CHARS_MAX = 200  # of the turn before, from its end, where a question would stand
_SIGNS = re.compile(r"^[*~]|\*$|^s/|->|→|=>")
_TWICE = re.compile(r"\b(\w+) \1 ", re.IGNORECASE)  # "on on Tuesday"
Read: TypeAlias = Callable[[str], Sequence[Derived]]


class _Instead(NamedTuple):
    """Characters [start, end) of a text that take the place of something."""

    start: int
    end: int
    outright: bool  # it is said that something was wrong
    sentence: int = 0  # where the one starts that it repairs
    repaired: str = ""  # that sentence as it was meant


def taking_back(
    spoken: OwnText,
    found: Sequence[Derived],
    subject: str,
    language: Language,
    *,
    before: Earlier | None,
    read: Read,
) -> list[Derived]:
    """What was found in a text, with what takes something back and no rule read.

    `before` is the turn of somebody else that it may put right. Of a sentence that repairs itself, what it
    says as it was meant is read instead.
    """
    every = _answered(found, spoken, before, language)
    short = len(spoken.plain) <= REPLY_CHARS_MAX and (before is not None or _SIGNS.search(spoken.plain))
    if not short and spoken.words.isdisjoint(language.cues["takes_back.any"]):
        return every
    text = spoken.text
    instead = list(_instead(spoken, language))
    if not instead:
        instead = list(_contrasted(spoken, before, language)) or list(_differing(spoken, before, language))
    for one in instead:
        if one.repaired:
            every = [known for known in every if not one.sentence <= known.start < one.end]
            meant = read(one.repaired)
            every += [_placed(known, one) for known in meant] or [_told(one, one.repaired, subject, language)]
            continue
        inside = [known for known in every if one.start <= known.start < one.end or _holds(known, one)]
        if any(known.is_correction for known in inside):
            every = [replace(known, alone=True) if known in inside else known for known in every]
            continue
        if inside:
            every = [_tagged(known) if known in inside else known for known in every]
            continue
        every.append(_told(one, text[one.start : one.end].strip(" ,;:.!*"), subject, language))
    return every


def _answered(
    found: Sequence[Derived], spoken: OwnText, before: Earlier | None, language: Language
) -> list[Derived]:
    """What was found, where a "no" that answers a question takes nothing back."""
    if before is None or not any(one.is_correction for one in found):
        return list(found)
    patterns = language.patterns["takes_back"]
    asked = _question(before, language)
    if asked is None or not patterns["negative"].search(spoken.plain):
        return list(found)
    first = spoken.sentences[0]
    return [
        replace(one, is_correction=False)
        if one.slot is not None
        and one.sentence == first[0]
        and not language.guards["denial"].search(first[1])
        else one
        for one in found
    ]


def _told(one: _Instead, words: str, subject: str, language: Language) -> Derived:
    clause = one.repaired or (one.outright and len(words.split()) > BARE_WORDS_MAX)
    return Derived(
        content=as_told_of(words, subject, language) if clause else f"{subject} corrects: {words}",
        kind=Kind.FACT,
        slot=None,
        polarity=True,
        rule=CORRECTED,
        confidence=CONFIDENCE,
        start=one.start,
        end=one.end,
        is_correction=True,
        sentence=one.start,
        clause_start=one.start,
        clause_end=one.end,
    )


def _placed(known: Derived, one: _Instead) -> Derived:
    return replace(
        known,
        start=one.start,
        end=one.end,
        is_correction=True,
        sentence=one.start,
        clause_start=one.start,
        clause_end=one.end,
    )


def _tagged(known: Derived) -> Derived:
    """What a rule read there, marked; whether what stood there was never so, the rule has said."""
    return replace(known, tags=tuple(dict.fromkeys((*known.tags, CORRECTION))))


def _holds(known: Derived, one: _Instead) -> bool:
    return known.start <= one.start < known.end


def _instead(spoken: OwnText, language: Language) -> Iterator[_Instead]:
    patterns = language.patterns["takes_back"]
    for name in ("starred", "signed"):
        alone = patterns[name].search(spoken.plain)
        if alone is not None and alone.lastgroup is not None:
            yield _Instead(*alone.span(alone.lastgroup), outright=False)
            return
    waiting = named = False
    for start, sentence in spoken.sentences:
        if waiting or (named and patterns["after_named"].search(sentence)):
            waiting = named = False
            if _says(sentence, patterns["nothing"]) and "?" not in sentence:
                yield _span(start, 0, sentence, outright=True)
                continue
        words = words_of(sentence)
        named = holds(patterns["named"], sentence, words)
        if "?" in sentence[-3:] or words.isdisjoint(language.cues["takes_back.any"]):
            continue
        if holds(language.guards["unreal"], sentence, words):
            continue
        wrong = not words.isdisjoint(language.cues["takes_back.wrong"])
        back = patterns["back"].search(sentence) if wrong else None
        if back is not None and not language.guards["reported"].search(sentence[: back.end("begin")]):
            rest = back["said"]
            if rest is None or patterns["only"].search(rest):
                waiting = True
            elif _says(rest, patterns["nothing"]):
                yield _span(start, back.start("said"), sentence, outright=True)
            continue
        mended = not words.isdisjoint(language.cues["takes_back.mended"])
        for name in (*_FORMS, *(_REPAIRS if mended else ())):
            match = search(patterns[name], sentence, words)
            if match is None or not _says(match["said"], patterns["nothing"]):
                continue
            if name in _VALUED and patterns["value_in"].search(" " + match["said"]) is None:
                continue
            begin, end = match.span("said")
            one = _span(start, begin, sentence[:end], outright=False)
            if name == "repair":
                meant = spoken.text[start : start + match.start("was")] + spoken.text[one.start : one.end]
                one = one._replace(sentence=start, repaired=_TWICE.sub(r"\1 ", meant))
            yield one
            break


def _differing(spoken: OwnText, before: Earlier | None, language: Language) -> Iterator[_Instead]:
    for one in differing(spoken, before, language):
        begins = one.start if one.repairs < 0 else one.repairs
        yield _Instead(one.start, one.end, outright=False, sentence=begins, repaired=one.meant)


def _contrasted(spoken: OwnText, before: Earlier | None, language: Language) -> Iterator[_Instead]:
    """Values that are put in another's place: of the turn before, or in one clause."""
    guards = language.guards
    for number, (start, sentence) in enumerate(spoken.sentences[:SENTENCES_MAX]):
        if "?" in sentence or len(sentence) > SAID_CHARS_MAX:
            continue
        if any(holds(guards[name], sentence, spoken.words) for name in ("unreal", "reported")):
            continue
        match = _answer(sentence, spoken.plain, before, language) if number == 0 else None
        match = match or _two_values(sentence, before, language)
        if match is not None:
            begin, end = match.span("said")
            yield _span(start, begin, sentence[: max(end, match.end())], outright=False)


def _answer(sentence: str, plain: str, before: Earlier | None, language: Language) -> re.Match[str] | None:
    """A short reply that puts right what the turn before takes for granted."""
    patterns = language.patterns["takes_back"]
    if before is None or len(plain) > REPLY_CHARS_MAX:
        return None
    forms = (patterns[name].search(sentence) for name in ("reply", "trailing", "should"))
    match = next((form for form in forms if form is not None), None)
    asked = _question(before, language)
    if match is None:
        return _bare(plain, before, language) if asked is None else None
    if patterns["goes_on"].search(match["said"]) or not _WORD.search(match["said"]):
        return None
    if asked is None:
        return match
    return None


def _bare(plain: str, before: Earlier, language: Language) -> re.Match[str] | None:
    """A reply that is one value, and another than those of the turn before, which asked for none."""
    patterns = language.patterns["takes_back"]
    value = _VALUE_GROUP.fullmatch(plain) if patterns["value"].search(plain) is not None else None
    turn = before.text
    if value is None or "?" in before.text[-_ASKED_CHARS_MAX:].replace("right?", "").replace("correct?", ""):
        return None
    said = {word.casefold() for word in _WORDS.findall(turn)}
    new = [found[0].casefold() for found in patterns["value_in"].finditer(" " + plain)]
    known = patterns["value_in"].search(turn) is not None
    return value if known and new and not any(word in said for word in new) else None


def _question(before: Earlier, language: Language) -> str | None:
    """The question that the turn before ends with, where it takes nothing for granted ("..., right?")."""
    last = before.sentences[-1:]
    patterns = language.patterns["takes_back"]
    return next(
        (
            one
            for one in last
            if "?" in one and (patterns["open"].search(one) or patterns["closed"].search(one))
        ),
        None,
    )


def _two_values(sentence: str, before: Earlier | None, language: Language) -> re.Match[str] | None:
    """ "It's Lille, not Lyon": where the other was just said, or of a thing that has one value."""
    patterns = language.patterns["takes_back"]
    if words_of(sentence).isdisjoint(language.cues["takes_back.contrast"]):
        return None
    match = patterns["contrast"].search(sentence)
    if match is None:
        match = patterns["denied"].search(sentence)
        if match is None or patterns["liking"].search(match["said"]):
            return None
        values = len(patterns["sure"].findall(match["said"][1:]))
        return match if values > 1 or _was_said(_WORDS.findall(match["said"]), before) else None
    if _was_said(_WORDS.findall(match["was"]), before):
        return match
    sure = patterns["sure"].match(match["was"]) is not None
    fits = patterns["subject"].search(match["said"]) and not patterns["liking"].search(sentence)
    return match if sure and fits else None


def _was_said(words: Sequence[str], before: Earlier | None) -> bool:
    """Whether the turn before has one of the words that say something."""
    if before is None:
        return False
    said = {word.casefold() for word in _WORDS.findall(before.text)}
    return any(word.casefold() in said for word in words if len(word) >= MEANING_CHARS_MIN or word.isdigit())


def _says(words: str, nothing: re.Pattern[str]) -> bool:
    return bool(_WORD.search(words)) and len(words) <= SAID_CHARS_MAX and not nothing.search(words)


def _span(start: int, begin: int, sentence: str, *, outright: bool) -> _Instead:
    return _Instead(start + begin, start + len(sentence.rstrip(" .!*")), outright)
