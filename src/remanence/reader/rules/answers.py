"""A reply as the statement that it makes of what was asked: "Two cats" after "Do you have any pets?".

Asked by `statements` where a reply says nothing by itself. What comes out is a sentence in the speaker's
own mouth, to be read as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.grammar import Ask, Grammar
from remanence.reader.rules.idioms import as_told
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.sentences import SENTENCE_CHARS_MAX, Earlier

ANSWERED = "answered"  # the rule's name, as a derived row's method has it
CONFIDENCE = 0.65
ANSWER_WORDS_MAX = 12
_TURNED = {
    "your": "my", "yours": "mine", "you": "I", "me": "you", "my": "your", "us": "you", "our": "your",
    "you're": "I'm", "yourself": "myself",
}  # fmt: skip
_WORD = re.compile(r"[\w']+")
_ANY = re.compile(r"\bany\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply says, and characters [start, end) of it that say so."""

    statement: str
    start: int
    end: int
    kind: Kind | None = None  # what it is where no rule reads it, and the tags that it bears then
    tags: tuple[str, ...] = ()


def answer_of(before: Earlier, spoken: OwnText, grammar: Grammar) -> Answer | None:
    """What the text says as a reply to the turn before; None where it is none, or says more by itself."""
    question = _question(before)
    if question is None or not spoken.sentences:
        return None
    start, sentence = spoken.sentences[0]
    if "?" in sentence or len(_WORD.findall(sentence)) > ANSWER_WORDS_MAX:
        return None
    reply = sentence.rstrip(" .!…")
    asked = question.rstrip(" ?!.")
    opened = grammar.answer_patterns["question_start"].match(asked)
    begin = opened.end() if opened is not None else 0
    for ask in grammar.asks:
        match = ask.pattern.fullmatch(asked, begin)
        if match is not None and ask.fits is not None:
            whole = _fitting(ask, match, reply, grammar)
            if whole is not None:
                return Answer(whole, start, start + len(reply), ask.kind, ask.tags)
            continue
        if match is not None:
            said = _said(ask, match, reply, spoken.text[start : start + len(reply)], grammar)
            return None if said is None else Answer(said, start, start + len(reply), ask.kind, ask.tags)
    whole = _of_theirs(asked, reply, grammar)
    return None if whole is None else Answer(whole, start, start + len(reply))


def as_answered(answer: Answer, speaker: str, grammar: Grammar) -> Iterator[Derived]:
    """The answer as what was asked for, where no rule reads its words."""
    if answer.kind is not None:
        content = as_told(answer.statement, speaker, grammar)
        yield Derived(
            content=content[:1].upper() + content[1:],
            kind=answer.kind,
            slot=None,
            polarity=True,
            rule=ANSWERED,
            confidence=CONFIDENCE,
            start=answer.start,
            end=answer.end,
            tags=answer.tags,
        )


def _fitting(ask: Ask, match: re.Match[str], reply: str, grammar: Grammar) -> str | None:
    """What an answer of the form that is looked for says."""
    patterns = grammar.answer_patterns
    begin = 0
    for name in ("yes", "lead"):
        lead = patterns[name].match(reply, begin)
        begin = lead.end() if lead is not None and lead.end() < len(reply) else begin
    assert ask.fits is not None
    fitting = ask.fits.match(reply, begin) or ask.fits.match(reply)
    if fitting is None or ask.says is None:
        return None
    words = fitting[0].strip(" ,.!-–—")
    first = words.partition(",")[0]
    groups = {name: _turned(part or "") for name, part in match.groupdict().items()}
    groups |= {name: part or "" for name, part in fitting.groupdict().items()}
    place = "" if patterns["place"].match(words) else "in"
    span = "" if patterns["span"].match(words) else "for"
    return ask.says.format_map({**groups, "answer": words, "first": first, "place": place, "span": span})


def _of_theirs(asked: str, reply: str, grammar: Grammar) -> str | None:
    """A reply about him, her or it, who was asked about as somebody of the speaker's."""
    theirs = grammar.answer_patterns["theirs"].search(asked)
    pronoun = grammar.answer_patterns["pronoun"].match(reply)
    if theirs is None or pronoun is None:
        return None
    return f"My {theirs['who']}{reply[pronoun.end('who') :]}"


def _question(before: Earlier) -> str | None:
    """The last question of a turn, where nothing but a remark follows it."""
    if "?" not in before.text:
        return None
    asked = [
        sentence
        for sentence in before.sentences[-2:]
        if sentence.endswith("?") and len(sentence) < SENTENCE_CHARS_MAX
    ]
    return asked[-1] if asked else None


def _said(ask: Ask, match: re.Match[str], reply: str, raw: str, grammar: Grammar) -> str | None:
    patterns = grammar.answer_patterns
    groups = {name: _turned(words or "") for name, words in match.groupdict().items()}
    agreed = patterns["yes"].match(reply)
    denied = None if agreed is not None else patterns["no"].match(reply)
    if denied is not None:
        return ask.no.format_map(groups) if ask.no is not None else None
    begin = agreed.end() if agreed is not None else 0
    lead = patterns["lead"].match(reply, begin)
    begin = lead.end() if lead is not None else begin
    words = raw[begin:].strip(" ,.!-–—")
    if patterns["done"].match(words):
        return None
    if not words or patterns["own"].match(words):
        return ask.yes.format_map(groups) if ask.yes is not None and agreed is not None else None
    if ask.says is None:
        return f"{ask.yes.format_map(groups)} {words}" if ask.yes is not None and agreed is not None else None
    if ask.choice and not _names_one(match, words):
        return None
    place = "" if patterns["place"].match(words) else "in"
    return ask.says.format_map({**groups, "answer": words, "place": place})


def _names_one(match: re.Match[str], words: str) -> bool:
    """Whether the answer is one of two things that were offered."""
    spoken = set(_WORD.findall(words.casefold()))
    return any(spoken & set(_WORD.findall(match[name].casefold())[-1:]) for name in ("one", "other"))


def _turned(words: str) -> str:
    """What was asked of somebody, in their own mouth."""
    return _WORD.sub(lambda word: _TURNED.get(word[0].lower(), word[0]), _ANY.sub("", words))
