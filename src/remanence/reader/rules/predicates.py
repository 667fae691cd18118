"""What a clause says by its grammar: of its speaker, of somebody named, of what they have.

Where the rules know phrases, this knows verbs: whoever the subject and whatever the object, the first
predicate that fits the verb, its tense and what follows says of which kind the statement is. Asked by
`statements`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.reader.rules.clauses import Clause
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.grammar import Grammar, Predicate
from remanence.reader.rules.parse import Parsed, Subject
from remanence.reader.rules.retelling import in_third_person, retold

REST_CHARS_MAX = 200  # of what follows a verb: what is longer is a story, not a statement
LEAD_CHARS_MAX = 48  # of what stands before a clause and may say when: "Last weekend, ..."
AHEAD_CHARS_MAX = 320  # of what follows a decision: where its reason stands

_PAST = re.compile(r"\b(?:yesterday|last|ago|earlier|was|past|been|back in|other day)\b", re.IGNORECASE)
_EVERY = re.compile(
    r"\b(?:every|each|(?:mon|tues|wednes|thurs|fri|satur|sun)days|usually|always)\b", re.IGNORECASE
)
_COMING = re.compile(r"\b(?:tomorrow|next|coming|by|will|from now|soon|until|upcoming)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?\n](?:\s|$)")
_EXPLAINED = re.compile(r"\s*[,:;–—-]\s*(?:it|they|the|that|we|i|he|she|there)(?:'|\s)\S", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """A clause in its text: what reading it takes."""

    clause: Clause
    text: str
    speaker: str
    grammar: Grammar


def statement_of(said: Said, readings: tuple[Parsed, ...]) -> Derived | None:
    """What the clause says by the first predicate that fits one of its readings."""
    grammar = said.grammar
    for parsed in readings:
        end = _end(said, parsed)
        if end is None or grammar.patterns["tentative"].search(said.clause.text, 0, end):
            continue
        rest = said.clause.text[parsed.rest : end].strip()
        for predicate in grammar.of(parsed.verb):
            if parsed.tense in predicate.tenses and _fits(predicate, parsed, rest, said):
                return _derived(predicate, parsed, end, said)
    return None


def _end(said: Said, parsed: Parsed) -> int | None:
    """Where what is said ends, without what only trails along; None where it does not end soon."""
    text = said.clause.text
    cut = said.grammar.patterns["cut"].search(text, parsed.rest)
    stop = cut.start() if cut is not None else len(text)
    filler = said.grammar.patterns["filler"].search(text, parsed.rest, stop)
    stop = filler.start() if filler is not None else stop
    return stop if stop - parsed.rest <= REST_CHARS_MAX else None


def _fits(predicate: Predicate, parsed: Parsed, rest: str, said: Said) -> bool:
    if parsed.subject.who not in predicate.who:
        return False
    if predicate.polarity != "any" and parsed.negated is not (predicate.polarity == "-"):
        return False
    if predicate.head is not None and (
        parsed.subject.name is None or predicate.head.fullmatch(parsed.subject.name) is None
    ):
        return False
    if predicate.owned and parsed.subject.words[:4].lower() == "the ":
        return False
    if (
        predicate.surely
        and parsed.subject.who == "name"
        and said.grammar.patterns["surely_name"].fullmatch(parsed.subject.words) is None
    ):
        return False
    if predicate.rest is not None and predicate.rest.match(rest) is None:
        return False
    if predicate.rest_not is not None and predicate.rest_not.match(rest):
        return False
    if predicate.full is not None and predicate.full.search(_from_clause(said)) is None:
        return False
    return predicate.needs is None or _has(predicate.needs, parsed, said)


def _from_clause(said: Said) -> str:
    """The clause and what follows it in its sentence."""
    ahead = said.text[said.clause.start : said.clause.start + len(said.clause.text) + AHEAD_CHARS_MAX]
    return _SENTENCE.split(ahead, maxsplit=1)[0]


def _has(needs: str, parsed: Parsed, said: Said) -> bool:
    """Whether the clause holds what the predicate needs beside its verb."""
    if needs == "always":
        return bool(parsed.adverbs)
    if needs == "never":
        return "never" in parsed.adverbs
    patterns = said.grammar.patterns
    text = said.clause.text
    if needs not in ("coming", "past"):
        found = patterns[needs].search(text, parsed.rest)
        return found is not None or (needs in ("time", "frequency") and _lead(parsed, said) is not None)
    found = patterns["time"].search(text, parsed.rest)
    span = found[0] if found is not None else ""
    if found is None:
        lead = _lead(parsed, said)
        if lead is None:
            return False
        span = said.text[lead[0] : lead[1]]
    against = _PAST if needs == "coming" else _COMING
    if needs == "coming" and _EVERY.search(text):
        return False
    return against.search(span) is None


def _lead(parsed: Parsed, said: Said) -> tuple[int, int] | None:
    """Where in the text a time stands that leads up to the clause: "Last weekend we ..."."""
    begin, end = said.clause.sentence, said.clause.start + parsed.subject.start
    if not 3 <= end - begin <= LEAD_CHARS_MAX:
        return None
    found = said.grammar.patterns["time"].search(said.text, begin, end)
    found = found or said.grammar.patterns["frequency"].search(said.text, begin, end)
    return None if found is None else found.span()


def _derived(predicate: Predicate, parsed: Parsed, end: int, said: Said) -> Derived:
    clause, grammar = said.clause, said.grammar
    start = clause.start + parsed.subject.start
    stop = clause.start + end
    words = said.text[clause.start + parsed.rest : stop].strip()
    content = retold(
        parsed, words, said.speaker, said.text[clause.start : clause.start + len(clause.text)], grammar
    )
    if (
        predicate.needs in ("time", "coming", "past", "frequency", None)
        and (lead := _lead(parsed, said)) is not None
        and grammar.patterns["time"].search(words) is None
    ):
        when = said.text[lead[0] : lead[1]]
        content, start = f"{content} {when[:1].lower() + when[1:]}", lead[0]
    reason = None
    if predicate.kind is Kind.DECISION:
        reason, stop = reason_of(said.text, stop, clause.sentence, clause.start, grammar)
    slot = _slot(predicate, parsed, words, said)
    return Derived(
        content=_SPACES.sub(" ", content[:1].upper() + content[1:]),
        kind=predicate.kind,
        slot=slot,
        polarity=not parsed.negated,
        rule=predicate.name,
        confidence=predicate.confidence,
        start=start,
        end=stop,
        event=predicate.kind is Kind.EVENT,
        sentence=clause.sentence,
        clause_start=min(clause.start, start),
        clause_end=max(clause.start + len(clause.text), stop),
        tags=predicate.tags,
        reason=reason,
    )


def _slot(predicate: Predicate, parsed: Parsed, words: str, said: Said) -> Slot | None:
    was_liked = parsed.tense == "past" and predicate.kind is Kind.PREFERENCE
    if predicate.attribute is None or was_liked or (parsed.negated and predicate.value is not None):
        return None
    if predicate.value is not None and (found := predicate.value.match(words)) is not None:
        words = found.group()
    value = in_third_person(words, said.grammar)
    return Slot(slot_subject(parsed.subject, said.speaker), predicate.attribute, value)


def slot_subject(subject: Subject, speaker: str) -> str:
    """Whose slot it is: a name's, the speaker's, or "ana's sister"."""
    return called(subject, speaker).casefold()


def called(subject: Subject, speaker: str) -> str:
    """What statements call a subject."""
    if subject.who == "self":
        return speaker
    if subject.name is not None and subject.who != "thing":
        return subject.name
    first, _, rest = subject.words.partition(" ")
    return f"{speaker}'s {rest}" if first.lower() in ("my", "our") else subject.words


def reason_of(
    text: str, stop: int, sentence_start: int, start: int, grammar: Grammar
) -> tuple[str | None, int]:
    """Why, where the sentence or the next one says so, and where the statement ends with it."""
    patterns = grammar.patterns
    ahead = text[stop : stop + AHEAD_CHARS_MAX]
    sentence = _SENTENCE.split(ahead, maxsplit=1)
    found = patterns["reason"].search(sentence[0])
    if found is not None:
        return _plain(found["reason"], grammar), stop + found.start("reason") + len(_trimmed(found["reason"]))
    if _EXPLAINED.match(sentence[0]):
        words = _trimmed(sentence[0]).lstrip(" ,:;-–—")
        return _plain(words, grammar), stop + len(_trimmed(sentence[0]))
    if len(sentence) > 1:
        follows = patterns["reason_next"].match(sentence[1].lstrip())
        if follows is not None:
            return _plain(follows["reason"], grammar), stop
    led = patterns["reason"].match(text[sentence_start:start])
    return (None if led is None else _plain(led["reason"], grammar)), stop


def _trimmed(words: str) -> str:
    return words.rstrip(" ,;.!?")


def _plain(words: str, grammar: Grammar) -> str:
    return _SPACES.sub(" ", in_third_person(_trimmed(words), grammar)).strip()
