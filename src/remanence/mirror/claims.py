"""What the agent asserts: sentences taken apart into what they speak of, which side they take, and how.

A sentence may make several claims: "I'd go with tabs over spaces" advises tabs and advises against spaces.
Questions, conditions and others' words claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from remanence.mirror.language import DEFAULT_LANGUAGE, find, hints, lists, matcher, rule, without
from remanence.mirror.said import Record, Said, sentence_spans
from remanence.mirror.terms import Term, terms_of
from remanence.recall.analyser import words

ClaimSort = Literal["statement", "advice", "comparison"]
CLAIM_WORDS_MAX = 40  # a longer sentence says too much to be set against another
OBJECT_WORDS_MAX = 6
_NUMBER = re.compile(r"(\d+(?:[.,:]\d+)*)\s*([^\W\d_]+|%)?")


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion: `target` is what it speaks of or advises; `asked`, the question that it answers."""

    number: int  # of the utterance among the agent's
    start: int
    end: int
    sort: ClaimSort
    sign: int  # 1, or -1 where it denies or advises against
    target: frozenset[Term]
    rest: frozenset[Term]
    asked: frozenset[Term] = frozenset()
    numbers: tuple[tuple[str, str], ...] = ()  # each with the unit after it

    @property
    def terms(self) -> frozenset[Term]:
        """All telling words of it."""
        return self.target | self.rest


def claims_of(record: Record, habits: Iterable[str] = ()) -> Iterator[Claim]:
    """What the agent asserted, in order of time; `habits` set before a sentence are no part of it.

    There are lists for it in English alone: of what was said in another language nothing is taken.
    """
    opening = _opening(habits)
    for number, (said, before) in enumerate(zip(record.mine, record.before, strict=True)):
        if record.my_languages[number] not in (None, DEFAULT_LANGUAGE):
            continue
        asked = _asked(before)
        for start, end in sentence_spans(said.text):
            sentence = said.text[start:end]
            proper = sentence if opening is None else opening.sub("", sentence, count=1)
            yield from sentence_claims(proper, number, start, end, asked)


def _opening(habits: Iterable[str]) -> re.Pattern[str] | None:
    """Any of these phrases at the beginning of a sentence, set off from it."""
    shapes = [r"\W+".join(map(re.escape, habit.split())) for habit in habits]
    return re.compile(rf"^\W*(?:{'|'.join(shapes)})\s*[,:;–—]\s*", re.IGNORECASE) if shapes else None


def sentence_claims(
    sentence: str, number: int, start: int, end: int, asked: frozenset[Term]
) -> Iterator[Claim]:
    """What one sentence asserts."""
    if sentence.rstrip().endswith(("?", "？")) or len(sentence.split()) > CLAIM_WORDS_MAX:
        return
    spoken = frozenset(words(sentence))
    text = _own_part(sentence, spoken)
    if text is None:
        return
    text = _in_one_word().sub(lambda said: _one_word(said[0]), text)
    text = without("style", "hedges", text, spoken)
    for sort, sign, target, rest in _sides(text, spoken):
        yield Claim(number, start, end, sort, sign, target, rest - target, asked, _numbers(text))
    subject, predicate, sign = _parts(text)
    if len(subject | predicate) >= 2:
        yield Claim(
            number, start, end, "statement", sign, subject, predicate - subject, asked, _numbers(text)
        )


def _asked(before: Said | None) -> frozenset[Term]:
    """The telling words of the questions in what was said before."""
    if before is None:
        return frozenset()
    asked = [before.text[start:end] for start, end in sentence_spans(before.text)]
    questions = [one for one in asked if one.rstrip().endswith(("?", "？"))]
    return terms_of(words(" ".join(questions))) if questions else frozenset()


def _own_part(sentence: str, spoken: frozenset[str]) -> str | None:
    """The part of a sentence that is the agent's own assertion now; None where nothing is."""
    text = without("explaining", "own", sentence, spoken)
    if text == sentence and find("stance", "not_asserted", text, spoken) is None:
        return rule("opener").sub("", text, count=1)
    clauses = [one for one in rule("clause_break").split(text) if len(one.split()) > 1]
    kept = [one for one in clauses if not matcher("stance", "not_asserted").search(one)]
    if text != sentence and kept:
        return kept[-1].strip() if len(kept[-1].split()) > 2 else " ".join(kept).strip()
    return None


def _sides(
    text: str, spoken: frozenset[str]
) -> Iterator[tuple[ClaimSort, int, frozenset[Term], frozenset[Term]]]:
    """What a sentence advises, compares or judges: its sort, the side taken, on what, what is said beside."""
    everything = terms_of(words(text))
    preferred = rule("prefer").search(text)
    if preferred is not None:
        one, other = terms_of(words(preferred["one"])), _loser(preferred["other"])
        beside = everything - one - other - terms_of(["prefer", "preferred"])
        if one - other and other - one and len(one) <= OBJECT_WORDS_MAX:
            yield "advice", 1, one - other, beside
            yield "advice", -1, other - one, beside
            return
    for name, sign in (("against", -1), ("for", 1)):
        for match in (
            () if hints("stance", name).isdisjoint(spoken) else matcher("stance", name).finditer(text)
        ):
            if not _may_begin(text, match):
                continue
            target = _object(text[match.end() :])
            if target:
                over = rule("over").search(text, match.end())
                loser = _object(over.group(1)) if sign > 0 and over is not None else frozenset()
                beside = everything - terms_of(words(match.group())) - target - loser
                yield "advice", sign, target, beside
                if loser - target:
                    yield "advice", -1, loser - target, beside
                return
    compared = _compared(text, spoken, everything)
    if compared:
        yield from compared
        return
    for name, sign in (("against_after", -1), ("for_after", 1)):
        after = find("stance", name, text, spoken)
        target = frozenset() if after is None else terms_of(words(text[: after.start()])[-OBJECT_WORDS_MAX:])
        if after is not None and target:
            yield "advice", sign, target, everything - terms_of(words(after.group()))
            return
    yield from _judged(text, spoken, everything)


def _may_begin(text: str, match: re.Match[str]) -> bool:
    """Whether an expression stands where advice begins: a bare verb only at the beginning of a clause."""
    if rule("adviser").search(match.group()) or not text[: match.start()].strip():
        return True
    return any(place.end() == match.start() for place in rule("clause").finditer(text))


def _object(text: str) -> frozenset[Term]:
    """The first words up to where something else begins."""
    stop = rule("object_end").search(text)
    return terms_of(words(text if stop is None else text[: stop.start()])[:OBJECT_WORDS_MAX])


def _compared(
    text: str, spoken: frozenset[str], everything: frozenset[Term]
) -> list[tuple[ClaimSort, int, frozenset[Term], frozenset[Term]]]:
    """Of "X is faster than Y": that X is, and that Y is not."""
    match = rule("than").search(text) if "than" in spoken else None
    if match is not None:
        one, other = terms_of(words(match["one"])[-OBJECT_WORDS_MAX:]), _loser(match["other"])
        aspect = terms_of(words(match["aspect"]))
        said = words(match["aspect"])
        sign = -1 if _is_denied(said, match.group()) else 1
        if "less" in said:
            sign, aspect = -sign, aspect - {"less"}
        aspect -= {"more"}
    else:
        beats = find("stance", "beats", text, spoken)
        if beats is None:
            return []
        one, other = terms_of(words(text[: beats.start()])[-OBJECT_WORDS_MAX:]), _loser(text[beats.end() :])
        aspect, sign = terms_of(["better"]), 1
    shared = one & other
    one, other = one - shared, other - shared
    if not one or not other:
        return []
    context = (everything - one - other - aspect) | shared
    judged = _judging(aspect)
    if judged:
        return [("advice", sign * judged, one, context), ("advice", -sign * judged, other, context)]
    if aspect <= _better():
        return [("advice", sign, one, context), ("advice", -sign, other, context)]
    return [("comparison", sign, one, aspect | context), ("comparison", -sign, other, aspect | context)]


def _loser(text: str) -> frozenset[Term]:
    """What something is compared with: up to where it is said for whom, or when."""
    stop = rule("loser_end").search(text)
    return terms_of(words(text if stop is None else text[: stop.start()])[:OBJECT_WORDS_MAX])


def _judging(aspect: frozenset[Term]) -> int:
    """1 where an aspect in which things are compared is a merit, -1 where it is a flaw, else 0."""
    for name, sign in (("merits", 1), ("flaws", -1)):
        if aspect and aspect <= _listed_terms(name):
            return sign
    return 0


@cache
def _listed_terms(name: str) -> frozenset[Term]:
    return terms_of(word for entry in lists().words("stance", name) for word in words(entry))


@cache
def _in_one_word() -> re.Pattern[str]:
    phrases = sorted(_phrases(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)


def _one_word(said: str) -> str:
    return _phrases()[said.lower()]


@cache
def _phrases() -> Mapping[str, str]:
    lines = (line.partition(":") for line in lists().words("stance", "in_one_word"))
    return {said.strip(): word for word, _, listed in lines for said in listed.split(",")}


@cache
def _better() -> frozenset[Term]:
    return terms_of(["better", "superior", "preferable", "best", "wiser", "nicer"])


def _judged(
    text: str, spoken: frozenset[str], everything: frozenset[Term]
) -> Iterator[tuple[ClaimSort, int, frozenset[Term], frozenset[Term]]]:
    """Of "X is a terrible idea": that it is advised against."""
    judgements = (("praise", 1), ("fault", -1), ("praise_verb", 1))
    if all(hints("stance", name).isdisjoint(spoken) for name, _ in judgements):
        return
    split = (
        rule("is").search(text) or rule("does").search(text) or find("stance", "praise_verb", text, spoken)
    )
    if split is None:
        return
    target, said = terms_of(words(text[: split.start()])), text[split.start() :]
    for name, sign in judgements:
        match = find("stance", name, said, spoken)
        if match is not None and target:
            denied = _is_denied(words(said[: match.start()]), said[: match.start()])
            yield "advice", -sign if denied else sign, target, everything - terms_of(words(match.group()))
            return


def _parts(text: str) -> tuple[frozenset[Term], frozenset[Term], int]:
    """The telling words before the verb and after it (all before it where there is none), and the sign.

    What can, may or must be is taken as what is; "forbidden" and its like are a no.
    """
    split = rule("is").search(text)
    sign = -1 if _is_denied(words(text), text) else 1
    parts = [text] if split is None else [text[: split.start()], text[split.start() :]]
    found = []
    for part in parts:
        spoken = words(part)
        if not hints("stance", "modal").isdisjoint(spoken):
            spoken = words(matcher("stance", "modal").sub(" ", part))
        denied, alike = _taken_as("denying"), _taken_as("alike")
        sign *= (-1) ** sum(word in denied for word in spoken)
        found.append(terms_of(denied.get(word) or alike.get(word, word) for word in spoken) - _soft())
    return found[0], frozenset() if split is None else found[1], sign


def _numbers(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (match[1], "".join(terms_of([(match[2] or "").casefold()]))) for match in _NUMBER.finditer(text)
    )


def _is_denied(spoken: list[str], text: str) -> bool:
    negators = _negators()
    return (sum(word in negators for word in spoken) + len(rule("not").findall(text))) % 2 == 1


@cache
def _negators() -> frozenset[str]:
    return frozenset(lists().words("stance", "negators"))


@cache
def _taken_as(name: str) -> Mapping[str, str]:
    """What each word of such a list stands for."""
    lines = (line.partition(":") for line in lists().words("stance", name))
    return {word: meant for meant, _, listed in lines for word in listed.split()}


@cache
def _soft() -> frozenset[Term]:
    """Terms of what is, may or must be, which tell of no subject."""
    return terms_of(lists().words("stance", "soft"))
