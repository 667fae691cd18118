"""What else a clause says, beside what the rules' phrases read in it.

A clause about somebody named is read as if they had said it themselves, so that whatever the rules know of
a speaker they know of others too; and where no rule has its phrase, its grammar says what it is. Asked by
`statements`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from remanence.model.kind import Kind
from remanence.reader.rules.clauses import Clause
from remanence.reader.rules.derived import UNNAMED, Derived
from remanence.reader.rules.grammar import Grammar, load_grammar
from remanence.reader.rules.language import Language, load_language
from remanence.reader.rules.parse import Parsed, Subject, parse, parse_of
from remanence.reader.rules.predicates import Said, called, statement_of
from remanence.reader.rules.sentences import plainly

# Reads a clause of a text by the rules, as said by somebody.
Rules = Callable[[Clause, str, str], Sequence[Derived]]

STARTS_MAX = 3  # places within a clause where a statement is looked for, beside its beginning
_STANDING = (Kind.FACT, Kind.PREFERENCE)  # a phrase that says one of these says it better
_THEIRS = re.compile(r"\b(?:his|her|their)\b", re.IGNORECASE)
_PEOPLE = ("kin", "name")
UNNAMED_ASSISTANT = "the assistant"


def broadly(
    clause: Clause,
    text: str,
    speaker: str,
    language: Language,
    exact: Sequence[Derived],
    last: Subject | None,
    by_rules: Rules,
) -> tuple[list[Derived], Subject | None]:
    """What the clause says beyond `exact`, and whom "he" or "she" may be in the next."""
    grammar = load_grammar()
    clause = _whole(clause, text, grammar)
    readings = _readings(clause.text, language, grammar, last)
    if not readings:
        return [], last
    subject = readings[0].subject
    if subject.who in _PEOPLE:
        last = subject
        parts = _parts(clause, readings, grammar)
    else:
        parts = [(clause, readings)]
    found: list[Derived] = []
    for part, read in parts:
        found += _of_part(part, read, text, speaker, grammar, [*exact, *found], by_rules)
    return found, last


def _binds(said: Derived, text: str, grammar: Grammar) -> bool:
    """Whether an assistant commits itself, rather than saying what its answer goes on with."""
    return (
        "commitment" in said.tags
        and grammar.patterns["binding"].search(text, said.start, said.end) is not None
    )


def _whole(clause: Clause, text: str, grammar: Grammar) -> Clause:
    """The clause with what it goes on with: not every "and the" begins another."""
    end = clause.start + len(clause.text)
    more = grammar.patterns["goes_on"].match(text, end)
    return clause if more is None else replace(clause, text=clause.text + plainly(more[0]))


def _parts(
    clause: Clause, readings: tuple[Parsed, ...], grammar: Grammar
) -> list[tuple[Clause, tuple[Parsed, ...]]]:
    """A clause about somebody with two verbs as two, each with its readings."""
    verb = grammar.patterns["and_verb"].search(clause.text, readings[0].rest)
    if verb is None:
        return [(clause, readings)]
    subject = replace(readings[0].subject, start=verb.end(), end=verb.end())
    more = parse_of(subject, clause.text, grammar)
    if not more or not (more[0].aux or grammar.verbs.by_word.get(more[0].word)):
        return [(clause, readings)]
    return [(replace(clause, text=clause.text[: verb.start()]), readings), (clause, more)]


def _of_part(
    clause: Clause,
    readings: tuple[Parsed, ...],
    text: str,
    speaker: str,
    grammar: Grammar,
    exact: Sequence[Derived],
    by_rules: Rules,
) -> list[Derived]:
    """What one verb of a clause says."""
    subject = readings[0].subject
    if speaker == UNNAMED_ASSISTANT and subject.who != "self":
        return []  # what an assistant tells of the world is nobody's life
    found = list(_turned(clause, text, speaker, readings, by_rules)) if subject.who in _PEOPLE else []
    said = statement_of(Said(clause, text, speaker, grammar), readings)
    if said is not None and any(one.slot is not None and said.rule == "is_passive" for one in exact):
        said = None
    if said is None or (speaker == UNNAMED_ASSISTANT and not _binds(said, text, grammar)):
        return found
    ours = subject.who == "thing" and subject.words[:3].lower() in ("my ", "our")
    owner = (speaker if ours else called(subject, speaker)).casefold()
    told = [*exact, *found]
    covered = any(
        one.slot is not None
        and one.slot.subject == owner
        and not one.ending
        and one.start < said.end
        and said.start < one.end
        and (said.kind in _STANDING or one.event)
        for one in told
    ) and said.kind in (*_STANDING, Kind.EVENT)
    return found if covered else [*found, said]


def _readings(text: str, language: Language, grammar: Grammar, last: Subject | None) -> tuple[Parsed, ...]:
    """Of the clause, or else of what begins within it and stands under nothing that came before."""
    begin = language.opener.end(text)
    readings = parse(text, begin, grammar, last)
    if readings:
        return readings
    for within in islice(grammar.patterns["within"].finditer(text, begin + 1), STARTS_MAX):
        if language.guards["blocked"].search(text, 0, within.start()):
            return ()
        readings = parse(text, within.start(), grammar, last)
        if readings:
            return readings
    return ()


def _turned(
    clause: Clause, text: str, speaker: str, readings: Sequence[Parsed], by_rules: Rules
) -> Sequence[Derived]:
    """What the rules read in the clause, put into the mouth of whom it is about."""
    first = readings[0]
    own = _OWN_GROUP.get(first.tense)
    if own is None or first.subject.words.lower().endswith(("parents", "kids")):
        return ()
    group = own.format(verb=first.verb, word=first.word)
    if first.negated:
        group = _NEGATED_GROUP.get(first.tense, "").format(verb=first.verb, word=first.word)
    if not group:
        return ()
    name = called(first.subject, speaker)
    raw = text[clause.start : clause.start + len(clause.text)]
    start = readings[-1].rest if first.tense in ("passive", "progressive") else first.rest
    if first.tense in ("passive", "progressive"):
        group = "I'm not" if first.negated else "I'm"
    head = f"{group} "
    body = _mine(raw[start:].lstrip())
    turned = head + body
    inside = Clause(turned, 0, 0, clause.denies, clause.hesitates, clause.follows_self)
    shift = len(raw) - len(turned)
    found = []
    for one in by_rules(inside, turned, name):
        if one.slot is None or one.slot.attribute == UNNAMED or one.ending or one.slot.attribute == "name":
            continue
        if first.subject.name is None and load_language().is_single_valued(one.slot.attribute):
            continue  # "Ana's neighbour drives a Tesla" would answer what Ana drives
        found.append(
            replace(
                one,
                start=clause.start + first.subject.start,
                end=clause.start + max(one.end + shift, first.rest),
                sentence=clause.sentence,
                clause_start=clause.start,
                clause_end=clause.start + len(clause.text),
            )
        )
    return found


# The speaker's verb group for each tense: what the rules expect after a subject.
_OWN_GROUP = {
    "present": "I {verb}",
    "past": "I {word}",
    "perfect": "I've {word}",
    "progressive": "I'm {word}",
    "been_progressive": "I've been {word}",
    "passive": "I'm {word}",
    "was_passive": "I was {word}",
    "copula": "I'm",
    "copula_perfect": "I've been",
    "used": "I used to {verb}",
}
_NEGATED_GROUP = {"present": "I don't {verb}", "copula": "I'm not", "progressive": "I'm not {word}"}


def _mine(words: str) -> str:
    """Words of a third person as the first has them, none moved from its place."""
    return _THEIRS.sub(lambda found: "my".ljust(len(found[0])), words)
