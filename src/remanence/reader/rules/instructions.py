"""What is asked of the memory itself: to remember this, to forget that.

It reads, and carries nothing out: what the text asks to be forgotten is a Request on what is derived, for
`observe` to weigh. Asked by `statements`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from remanence.model.kind import Kind
from remanence.reader.rules.derived import INSTRUCTION, Derived, Request, Wish
from remanence.reader.rules.language import Language, Pattern
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import search, words_of
from remanence.reader.rules.third_person import as_told_of

REMEMBERED, ASKED = "remembered", "asked_of_memory"  # rules' names, as a derived row's method has them
CONFIDENCE = 0.95  # somebody took the trouble to ask
TOPIC_WORDS_MAX = 10  # of what is to be forgotten: more is a story
_WHOLE = frozenset(
    {"mine", "stored", "after", "gone", "given", "politely"}
)  # their match ends with the instruction
_WORD = re.compile(r"\w+")
Read: TypeAlias = Callable[[str], Sequence[Derived]]
_WISHES = (  # in the order in which they are tried: the most exact first
    ("after", Wish.FORGET),
    ("gone", Wish.FORGET),
    ("topic", Wish.FORGET),
    ("clause", Wish.FORGET),
    ("unsaid", Wish.FORGET),
    ("anything", Wish.FORGET),
    ("everything", Wish.FORGET_ALL),
    ("withhold", Wish.WITHHOLD),
    ("last", Wish.RETRACT),
    ("stored", Wish.FORGET),
    ("mine", Wish.FORGET),
    ("given", Wish.FORGET),
    ("politely", Wish.FORGET),
)


def instructed(
    spoken: OwnText,
    found: Sequence[Derived],
    subject: str,
    language: Language,
    *,
    read: Read,
) -> list[Derived]:
    """What was found in a text, with what it asks of the memory.

    What it asks to be remembered has the tag INSTRUCTION and a higher confidence, whatever rule read it, or
    reads it by itself; what none does is kept as a fact. What it asks to be forgotten is one Derived more,
    with a Request; what it takes back within itself is left out.
    """
    forgets, keeps = language.cues["instructions.forget"], language.cues["instructions.keep"]
    every = list(found)
    if spoken.words.isdisjoint(forgets | keeps):
        return every
    text, plain, said = spoken.text, spoken.plain, spoken.sentences
    for number, (start, sentence) in enumerate(said):
        words = words_of(sentence)
        asked = (
            None if words.isdisjoint(forgets) else _forgotten(text, start, sentence, words, subject, language)
        )
        if asked is not None:
            every = [*_left(every, asked, plain), _settled(asked, plain)]
            continue
        if not words.isdisjoint(language.cues["instructions.renew"]):
            every = _renewed(every, spoken, start, sentence, words, subject, language, read)
        for begin, end in () if words.isdisjoint(keeps) else _remembered(said, number, words, language):
            every = _marked(every, text, begin, end, subject, language, read)
    return every


def _left(every: Sequence[Derived], asked: Derived, plain: str) -> list[Derived]:
    """What was found, without what the instruction itself says, or takes back; what follows corrects that."""
    assert asked.request is not None
    left = [one for one in every if not asked.start <= one.start < asked.end]
    if asked.request.wish is not Wish.RETRACT:
        return left
    return [
        replace(one, is_correction=True) if one.sentence == asked.sentence and one.slot is None else one
        for one in left
        if one.start > asked.start or not _WORD.search(plain[: asked.start])
    ]


def _settled(asked: Derived, plain: str) -> Derived:
    """The instruction with what is left to do: what it takes back may stand in the same text."""
    assert asked.request is not None
    alone = not _WORD.search(plain[: asked.start])
    if asked.request.wish is Wish.RETRACT and not alone:
        return replace(asked, request=None)
    if asked.request.wish is Wish.WITHHOLD and alone and not _WORD.search(plain[asked.end :]):
        return replace(asked, request=replace(asked.request, wish=Wish.RETRACT))
    return asked


def _forgotten(
    text: str, start: int, sentence: str, words: frozenset[str], subject: str, language: Language
) -> Derived | None:
    patterns = language.patterns["instructions"]
    for name, wish in _WISHES:
        match = _spoken(patterns[name], sentence, words, language)
        if match is None:
            continue
        topic, own = "", False
        end = match.end()
        if wish is Wish.FORGET:
            place = _topic_place(match, patterns["end"])
            topic = text[start + place[0] : start + place[1]].strip()
            own = match.groupdict().get("own") is not None
            end = max(place[1], match.end() if name in _WHOLE else 0)
            if not _is_topic(topic, patterns["vague"]):
                continue
        begin = match.end("begin")
        asked = text[start + begin : start + end].strip(" ,.;:!?")
        return Derived(
            content=f"{subject} asks: {asked}",
            kind=Kind.FACT,
            slot=None,
            polarity=True,
            rule=ASKED,
            confidence=CONFIDENCE,
            start=start + begin,
            end=start + end,
            sentence=start,
            clause_start=start,
            clause_end=start + len(sentence),
            tags=(INSTRUCTION,),
            request=Request(wish, topic, own),
        )
    return None


def _topic_place(match: re.Match[str], stop: Pattern) -> tuple[int, int]:
    group = "topic2" if match.groupdict().get("topic2") is not None else "topic"
    begin, end = match.span(group)
    ends = stop.search(match.string, begin + 1, end)
    end = ends.start() if ends is not None else end
    return begin, begin + len(match.string[begin:end].rstrip(" .!?\"')"))


def _is_topic(topic: str, vague: Pattern) -> bool:
    words = len(_WORD.findall(topic))
    return 0 < words <= TOPIC_WORDS_MAX and vague.search(topic) is None


def _spoken(
    pattern: Pattern, sentence: str, words: frozenset[str], language: Language
) -> re.Match[str] | None:
    """The match, where the instruction is the speaker's own: no question, report or condition."""
    match = search(pattern, sentence, words)
    if match is None:
        return None
    before = sentence[: match.end("begin")]
    guards = language.guards
    if before and any(guards[name].search(before) for name in ("reported", "unreal", "condition")):
        return None
    rest = sentence[match.end("begin") :]
    asks = "?" in sentence[-3:] and language.patterns["instructions"]["asking"].search(rest) is None
    return None if asks else match


def _remembered(
    said: Sequence[tuple[int, str]], number: int, words: frozenset[str], language: Language
) -> Iterator[tuple[int, int]]:
    """Where what is to be remembered stands in the text, which may be beside the instruction."""
    patterns = language.patterns["instructions"]
    start, sentence = said[number]
    own = patterns["note_to_self"].search(sentence)
    match = own or _spoken(patterns["remember"], sentence, words, language)
    if match is not None:
        begins = sentence[match.start() :].lstrip(" ,;:—–(-")
        lean = own is None and patterns["lean"].search(begins) is not None
        about_us = not lean or patterns["own"].search(sentence) is not None
        if about_us and patterns["no_matter"].search(match["said"]) is None:
            end = len(sentence.rstrip(" .!?"))
            yield start + match.start("said"), start + max(end, match.start("said") + 1)
        return
    match = _spoken(patterns["pointing"], sentence, words, language)
    if match is None:
        return
    before = sentence[: match.start()].strip()
    if _WORD.search(before):
        yield start, start + match.start()
    elif number:
        begin, earlier = said[number - 1]
        if not earlier.rstrip().endswith("?"):
            yield begin, begin + len(earlier.rstrip(" .!"))
    elif number + 1 < len(said):
        begin, later = said[number + 1]
        if not later.rstrip().endswith("?"):
            yield begin, begin + len(later.rstrip(" .!"))


def _marked(
    every: list[Derived],
    text: str,
    begin: int,
    end: int,
    subject: str,
    language: Language,
    read: Read,
) -> list[Derived]:
    """What was read there, as something asked for; a fact of its own where nothing was."""
    inside = [one for one in every if begin <= one.start < end or one.start <= begin < one.end]
    if not inside:
        inside = [_moved(one, begin) for one in read(text[begin:end])]
        every = [*every, *inside]
    if not inside:
        fact = Derived(
            content=as_told_of(text[begin:end].strip(" ,;:"), subject, language),
            kind=Kind.FACT,
            slot=None,
            polarity=True,
            rule=REMEMBERED,
            confidence=CONFIDENCE,
            start=begin,
            end=end,
            sentence=begin,
            clause_start=begin,
            clause_end=end,
            tags=(INSTRUCTION,),
        )
        return [*every, fact]
    return [
        replace(one, tags=(*one.tags, INSTRUCTION), confidence=max(one.confidence, CONFIDENCE))
        if one in inside and INSTRUCTION not in one.tags
        else one
        for one in every
    ]


def _renewed(
    every: list[Derived],
    spoken: OwnText,
    start: int,
    sentence: str,
    words: frozenset[str],
    subject: str,
    language: Language,
    read: Read,
) -> list[Derived]:
    """With what "update my address to ..." says: that my address is that."""
    match = _spoken(language.patterns["instructions"]["renew"], sentence, words, language)
    if match is None:
        return every
    begin, end = start + match.end("begin"), start + match.end("value")
    value = spoken.text[start + match.start("value") : end]
    said = language.begins["my {head} is {value}"].format(head=match["head"], value=value)
    facts = _marked([], said, 0, len(said), subject, language, read)
    left = [one for one in every if not begin <= one.start < end]
    return [*left, *(replace(one, start=begin, end=end, sentence=start) for one in facts)]


def _moved(derived: Derived, by: int) -> Derived:
    return replace(
        derived,
        start=derived.start + by,
        end=derived.end + by,
        sentence=derived.sentence + by,
        clause_start=derived.clause_start + by,
        clause_end=derived.clause_end + by,
    )
