"""How something is done, as a speaker tells it: numbered, "first ... then ...", "whenever ..., do ...".

What is told as a task for the one spoken to is none, and neither is a story. Asked by `statements`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import holds
from remanence.reader.rules.sentences import Earlier

NUMBERED, IN_ORDER, RULE, MEANS = "numbered_steps", "steps_in_order", "whenever", "to_do_so"
CONFIDENCE = 0.8
STEPS_MIN, STEPS_MAX = 2, 30
PROCEDURE_CHARS_MAX = 3_000
CONTENT_CHARS_MAX = 400  # of the statement; the steps stand in its metadata whole
ASKED_CHARS_MAX = 400  # of the turn before, from its end, where a question would stand
BARE_STEPS_MIN = 3  # of steps that nothing introduces and nobody is said to take: else it is a task
_SPACE = re.compile(r"\s+")
_Span = tuple[int, int]


def procedures(spoken: OwnText, language: Language, *, before: Earlier | None) -> list[Derived]:
    """The procedures that a text tells, in the order of their words.

    `before` is the turn of somebody else, which may have asked how something is done.
    """
    patterns = language.patterns["procedures"]
    if not spoken.own:
        return []
    listed = _listed(spoken, before, language)
    if listed is not None:
        return [listed]
    if spoken.words.isdisjoint(language.cues["procedures.first"]):
        return []
    if not holds(patterns["cue"], spoken.plain, spoken.words):
        return []
    whole = _numbered(spoken, language) or _in_order(spoken, language) or _chained(spoken, language)
    if whole is not None:
        return [whole]
    return [
        one
        for start, sentence in spoken.sentences
        if patterns["cue"].search(sentence)
        and (one := _of_sentence(start, sentence, spoken.text, language)) is not None
    ]


def _numbered(spoken: OwnText, language: Language) -> Derived | None:
    """Steps with numbers that count up, after words that say what for."""
    patterns, plain = language.patterns["procedures"], spoken.plain
    marks: list[re.Match[str]] = []
    for mark in patterns["number"].finditer(plain):
        counted = mark["digit"]
        if counted is None or int(counted) == len(marks) + 1:
            marks.append(mark)
    if not STEPS_MIN <= len(marks) <= STEPS_MAX:
        return None
    title = plain[: marks[0].start()].strip()
    begin = max(title.rfind("\n"), title.rfind(". "), title.rfind("! "), title.rfind("? ")) + 1
    named = title[begin:].strip()
    if (
        patterns["title"].search(named) is None
        or patterns["task"].search(named) is not None
        or "?" in named
        or len(spoken.own) < marks[0].start()
    ):
        return None
    ends = [*(mark.start() for mark in marks[1:]), _last_end(plain, marks[-1].end())]
    steps = [_trimmed(plain, mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    acted = sum(patterns["step"].search(plain[first:last]) is not None for first, last in steps)
    if acted * 2 < len(steps):
        return None
    start = plain.index(named)
    return _procedure(spoken.text, (start, steps[-1][1]), named.rstrip(" :"), steps, NUMBERED)


def _last_end(plain: str, begin: int) -> int:
    end = plain.find("\n", begin)
    return len(plain) if end < 0 else end


def _in_order(spoken: OwnText, language: Language) -> Derived | None:
    """ "First ..., then ..., finally ...", over one sentence or several."""
    patterns, own = language.patterns["procedures"], spoken.own
    first = patterns["first"].search(own)
    if first is None:
        return None
    marks = list(patterns["next"].finditer(own, first.end()))[: STEPS_MAX - 1]
    if not marks:
        return None
    begin = first.end("begin")
    last = _sentence_end(spoken, marks[-1].end())
    passage = own[begin:last]
    line = own.rfind("\n", 0, begin) + 1
    before = own[max(line, own.rfind(". ", 0, begin) + 1) : begin]
    if (
        patterns["task"].search(passage)
        or patterns["task"].search(before)
        or patterns["told"].search(passage)
        or language.guards["unreal"].search(passage)
        or language.guards["reported"].search(before)
        or "?" in passage
        or len(passage) > PROCEDURE_CHARS_MAX
    ):
        return None
    ends = [*(mark.start() for mark in marks), last]
    starts = [begin, *(mark.start() for mark in marks)]
    steps = [_trimmed(own, one, end) for one, end in zip(starts, ends, strict=True)]
    title = patterns["title"].search(before)
    person = re.match(r"(?:you|we|i)\b", passage, re.IGNORECASE) or re.search(
        r"\b(?:you|we|i)\b", passage, re.IGNORECASE
    )
    if title is None and person is None and len(steps) < BARE_STEPS_MIN:
        return None
    start = begin - len(before.lstrip()) if title is not None else begin
    named = before.strip(" ,:;-") if title is not None else ""
    return _procedure(spoken.text, (start, steps[-1][1]), named, steps, IN_ORDER)


def _chained(spoken: OwnText, language: Language) -> Derived | None:
    """ "Soak the beans overnight, then simmer them": steps that only "then" tells apart."""
    patterns, own = language.patterns["procedures"], spoken.own
    chain = patterns["chained"].search(own)
    if chain is None:
        return None
    begin, last = chain.end("begin"), _sentence_end(spoken, chain.end())
    title = patterns["title"].search(own[own.rfind("\n", 0, begin) + 1 : begin])
    passage = own[begin:last]
    physical = len(patterns["physical"].findall(passage))
    if title is None and chain["person"] is None and not physical:
        return None
    if any(patterns[name].search(passage) for name in ("task", "told")) or "?" in passage:
        return None
    marks = list(patterns["next"].finditer(own, begin, last))
    starts, ends = [begin, *(mark.start() for mark in marks)], [*(mark.start() for mark in marks), last]
    steps = [_trimmed(own, one, end) for one, end in zip(starts, ends, strict=True)]
    return _procedure(spoken.text, (begin, steps[-1][1]), "", steps, IN_ORDER)


def _listed(spoken: OwnText, before: Earlier | None, language: Language) -> Derived | None:
    """Bare steps one after the other, where it was asked how, or of handling things."""
    patterns, own = language.patterns["procedures"], spoken.own
    if len(own) > PROCEDURE_CHARS_MAX or patterns["starts"].search(own) is None:
        return None
    asked = before is not None and patterns["asks_how"].search(before.text[-ASKED_CHARS_MAX:]) is not None
    marks = list(patterns["part"].finditer(own))[: STEPS_MAX - 1]
    enough = len(marks) + 1 >= (STEPS_MIN if asked else BARE_STEPS_MIN)
    if not enough or not (asked or patterns["physical"].search(own)):
        return None
    if any(patterns[name].search(own) for name in ("task", "told")) or "?" in own:
        return None
    last = _sentence_end(spoken, marks[-1].end())
    ends = [*(mark.start() for mark in marks), last]
    starts = [0, *(mark.end() for mark in marks)]
    steps = [_trimmed(own, one, end) for one, end in zip(starts, ends, strict=True)]
    return _procedure(spoken.text, (steps[0][0], steps[-1][1]), "", steps, IN_ORDER)


def _of_sentence(start: int, sentence: str, text: str, language: Language) -> Derived | None:
    """ "Whenever X, do Y", "to X, do Y": one sentence."""
    patterns = language.patterns["procedures"]
    if "?" in sentence[-3:] or patterns["task"].search(sentence) or patterns["told"].search(sentence):
        return None
    for name, rule in (("whenever", RULE), ("goal", MEANS), ("way", MEANS), ("case", RULE)):
        match = patterns[name].search(sentence.rstrip(" .!"))
        if match is None:
            continue
        groups = match.groupdict()
        group = "step" if groups.get("step") is not None else "step2"
        begin = match.end("begin")
        span = (start + begin, start + match.end())
        step = (start + match.start(group), start + match.end(group))
        return _procedure(text, span, "", [step], rule)
    return None


def _procedure(text: str, span: _Span, title: str, steps: Sequence[_Span], rule: str) -> Derived:
    said = _SPACE.sub(" ", text[span[0] : span[1]].replace("’", "'")).strip()
    if title:
        title = _SPACE.sub(" ", text[span[0] : span[0] + len(title)]).strip(" :,;-")
        said = f"{title}: " + "; ".join(_SPACE.sub(" ", text[one:end]).strip(" .,;") for one, end in steps)
    if len(said) > CONTENT_CHARS_MAX:
        said = said[: said.rfind(" ", 0, CONTENT_CHARS_MAX)] + " ..."
    return Derived(
        content=said[:1].upper() + said[1:],
        kind=Kind.PROCEDURE,
        slot=None,
        polarity=True,
        rule=rule,
        confidence=CONFIDENCE,
        start=span[0],
        end=span[1],
        sentence=span[0],
        clause_start=span[0],
        clause_end=span[1],
        steps=tuple(steps),
    )


def _sentence_end(spoken: OwnText, place: int) -> int:
    """Where the sentence ends in which that place stands."""
    ends = (start + len(one.rstrip(" .!")) for start, one in spoken.sentences if start + len(one) > place)
    return next(ends, len(spoken.own))


def _trimmed(plain: str, begin: int, end: int) -> _Span:
    """Without blanks, commas and an "and" around it."""
    part = plain[begin:end]
    left = len(part) - len(part.lstrip(" \t\n,;.-"))
    return begin + left, begin + max(len(part.rstrip(" \t\n,;.-*•")), left)
