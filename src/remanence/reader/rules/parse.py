"""A clause as its subject, its verb with what the verb group says, and the rest: as much as tables can tell.

Asked by `predicates`. Positions are those of the clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from remanence.reader.rules.grammar import Grammar

Who: TypeAlias = Literal["self", "group", "kin", "name", "thing"]

TOKENS_MAX = 14  # of a verb group with its adverbs
_TOKEN = re.compile(r"\w+n't\b|'(?:m|re|s|ve|ll|d)\b|[^\W_][\w-]*|[^\s\w]")
_SELF = re.compile(r"(?:i|we)(?=['\s]|$)", re.IGNORECASE)
_UNSPLIT = re.compile(
    r"(?:i(?P<rest>m|ve|ll|d)|we(?P<rest2>ve|ll))\b(?! (?:me|a|an|the|in|and|or|health)\b)", re.IGNORECASE
)
_UNSPLIT_ROLES = {"m": "be", "ve": "have", "ll": "will", "d": "would"}
_HE = re.compile(r"(?:he|she)(?=['\s])", re.IGNORECASE)
_WORD = re.compile(r"[\w]+")
# After "running in the rain" at the beginning: it is the subject of what follows.
_GERUND = re.compile(
    r"\b(?:is|are|was|makes?|made|feels?|helps?|can|has|means?|takes?|gets?|requires?|sounds?|seems?|keeps?|beats?"
    r"|calms?|relaxes|would|should|will|gives?|drives?|bores?|isn't|doesn't|never|always)\b",
    re.IGNORECASE,
)
_GOT_TO = re.compile(
    r" (?:into|over|used|married|engaged|better|rid|back|divorced|promoted|on (?:well )?with|along)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what a clause is about."""

    who: Who
    words: str  # "my sister", "Tom", "my flight"; empty for the speaker
    name: str | None = None  # by which it is called
    start: int = 0
    end: int = 0
    apposed: str | None = None  # "my brother", of "Tom, my brother,"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A clause taken apart."""

    subject: Subject
    verb: str  # its base form
    word: str  # as it stands
    tense: str  # "present", "past", "perfect", "progressive", "will", ...: the predicates name them
    negated: bool
    adverbs: tuple[str, ...]  # those that change what is said: "always", "never"
    group: int  # where the verb group begins
    rest: int  # where what follows the verb begins
    aux: str = ""  # the first auxiliary as it stands


# Makes a reading: verb, word, tense, and where the rest begins.
_Maker: TypeAlias = Callable[[str, str, str, int], Parsed]


@dataclass(frozen=True, slots=True)
class _Group:
    """The words of a verb group before the main verb."""

    roles: tuple[str, ...]
    words: tuple[str, ...]
    negated: bool
    adverbs: tuple[str, ...]
    after: int  # where the last auxiliary ends
    main: int  # index of the token after the group
    special: str = ""  # "going", "used" or "rather"


def subject_of(clause: str, begin: int, grammar: Grammar, last: Subject | None) -> Subject | None:
    """What the clause is about; `last` is whom "he" or "she" may be."""
    first = _WORD.match(clause, begin)
    word = "" if first is None else first[0].lower()
    if word in ("i", "we", "im", "ive", "ill", "id", "weve", "well"):
        return _speaker(clause, begin)
    if word in ("he", "she"):
        found = _HE.match(clause, begin)
        if found is None or last is None:
            return None
        return Subject(last.who, last.words, last.name, begin, found.end())
    patterns = grammar.patterns
    if word in ("his", "her") and last is not None:
        found = patterns["his_kin"].match(clause, begin)
        if found is None:
            return None
        theirs = f"{last.name or last.words}'s {found['who']}"
        return Subject("kin", theirs, found["named"] or (theirs if last.name else None), begin, found.end())
    if word in ("my", "our", "me") or clause[begin : begin + 1].isupper():
        found = patterns["company"].match(clause, begin)
        if found is not None:
            return Subject("self", "", start=begin, end=found.end())
    if word in ("my", "our"):
        return _ours(clause, begin, grammar)
    if word in ("a", "an", "one", "another"):
        found = patterns["friend_of"].match(clause, begin)
        return None if found is None else Subject("name", found["name"], found["name"], begin, found.end())
    kin = patterns["parent"].match(clause, begin)
    if kin is not None and (not clause.startswith("'s ", kin.end()) or _is_verb(clause, kin.end())):
        return Subject("kin", f"my {kin[0].lower().removeprefix('the ')}", None, begin, kin.end())
    if word == "the":
        return _thing(clause, begin, grammar)
    return _left_out(clause, begin, grammar) or _named(clause, begin, grammar)


def _speaker(clause: str, begin: int) -> Subject | None:
    found = _SELF.match(clause, begin)
    if found is not None:
        return Subject("self", "", start=begin, end=found.end())
    unsplit = _UNSPLIT.match(clause, begin)
    if unsplit is None:
        return None
    end = max(unsplit.start("rest"), unsplit.start("rest2"))
    return Subject("self", "", start=begin, end=end)


def _left_out(clause: str, begin: int, grammar: Grammar) -> Subject | None:
    found = grammar.patterns["left_out"].match(clause, begin)
    return None if found is None else Subject("self", "", start=begin, end=begin)


def _ours(clause: str, begin: int, grammar: Grammar) -> Subject | None:
    found = grammar.patterns["relative"].match(clause, begin)
    if found is None or (
        clause[found.end() :].startswith(("'s ", "s' ")) and not _is_verb(clause, found.end())
    ):
        return _thing(clause, begin, grammar)
    return Subject("kin", found[0].rstrip(", "), found["named"], begin, found.end())


def _is_verb(clause: str, place: int) -> bool:
    """Whether the "'s" there is "is" or "has" rather than a possessive."""
    after = _WORD.match(clause, place + 3)
    word = "" if after is None else after[0].lower()
    return word in (
        "a",
        "an",
        "the",
        "not",
        "from",
        "also",
        "still",
        "now",
        "vegan",
        "vegetarian",
        "pregnant",
        "deaf",
        "been",
        "got",
        "my",
        "just",
        "really",
        "allergic",
        "in",
        "on",
        "at",
    ) or (word.endswith(("ing", "ed")))


def _named(clause: str, begin: int, grammar: Grammar) -> Subject | None:
    patterns = grammar.patterns
    found = patterns["relative_of"].match(clause, begin)
    if found is not None:
        return Subject("kin", found[0].rstrip(", "), found["named"] or found[0].strip(), begin, found.end())
    found = patterns["person"].match(clause, begin)
    if found is None:
        return None
    if clause[found.end() :].startswith("'s ") and not _is_verb(clause, found.end()):
        return _thing(clause, begin, grammar)
    return Subject("name", found["name"], found["name"], begin, found.end(), found["apposed"])


def _thing(clause: str, begin: int, grammar: Grammar) -> Subject | None:
    found = grammar.patterns["belonging"].match(clause, begin)
    if found is None:
        return None
    return Subject("thing", found[0].strip(), start=begin, end=found.end(), name=found["head"].strip())


def parse(clause: str, begin: int, grammar: Grammar, last: Subject | None = None) -> tuple[Parsed, ...]:
    """The readings of a clause, the more exact one first: "is married" may be a verb or a state.

    Nothing where its subject or its verb can't be told.
    """
    subject = subject_of(clause, begin, grammar, last)
    return () if subject is None else parse_of(subject, clause, grammar)


def parse_of(subject: Subject, clause: str, grammar: Grammar) -> tuple[Parsed, ...]:
    """The readings of a clause whose subject is known, and ends where the rest begins."""
    tokens = []
    for token in _TOKEN.finditer(clause, subject.end):
        tokens.append(token)
        if len(tokens) > TOKENS_MAX:
            break
    group = _group(tokens, subject, grammar)
    if group.main >= len(tokens) and not group.roles:
        return ()
    return tuple(_readings(tokens, subject, group, grammar))


def _group(tokens: Sequence[re.Match[str]], subject: Subject, grammar: Grammar) -> _Group:
    roles: list[str] = []
    words: list[str] = []
    adverbs: list[str] = []
    negated, after, special = False, subject.end, ""
    at = 0
    while at < len(tokens):
        word = tokens[at][0].lower()
        role = grammar.auxiliaries.get(word)
        if at == 0 and role is None and tokens[at].start() == subject.end:
            role = _UNSPLIT_ROLES.get(word)
        following = tokens[at + 1][0].lower() if at + 1 < len(tokens) else ""
        if role is not None and not _is_main(role, roles):
            parts = role.split()
            negated = negated or parts[-1] == "not"
            if role == "is or has":
                role = "be or have"
            elif role == "would or had":
                role = "would"
            else:
                role = parts[0]
            if role == "going":
                special, role = "going", "be"
            roles.append(role)
            words.append(word)
            after = tokens[at].end()
        elif word in ("rather", "sooner") and roles[-1:] == ["would"]:
            special, after = "rather", tokens[at].end()
        elif word == "going" and following == "to" and roles[-1:] in (["be"], ["be or have"], []):
            if at + 2 >= len(tokens) or tokens[at + 2][0].lower() in ("the", "a", "an", "my", "our"):
                break
            if grammar.verbs.of_word(tokens[at + 2][0].lower()) is None and tokens[at + 2][0][:1].isupper():
                break
            special, after = "going", tokens[at + 1].end()
            at += 1
        elif word == "used" and following == "to" and not roles:
            special, after = "used", tokens[at + 1].end()
            at += 1
        elif word == "not" or word in grammar.negative:
            negated = True
            if word != "not":
                adverbs.append(word)
            elif roles[-1:] in (["be"], ["was"], ["be or have"]):
                after = tokens[at].end()
        elif word in grammar.kept:
            adverbs.append(word)
        elif word not in grammar.dropped and word != ",":
            break
        at += 1
    return _Group(tuple(roles), tuple(words), negated, tuple(adverbs), after, at, special)


def _is_main(role: str, roles: Sequence[str]) -> bool:
    """Whether "have", "had" or "do" is the verb itself after these: "I've had it", "I'll do it"."""
    if not roles or role not in ("have", "had", "do"):
        return False
    return role == "do" or roles[-1] not in ("will", "would", "should", "can")


def _readings(
    tokens: Sequence[re.Match[str]], subject: Subject, group: _Group, grammar: Grammar
) -> list[Parsed]:
    token = tokens[group.main] if group.main < len(tokens) else None
    word = "" if token is None else token[0].lower()
    end = group.after if token is None else token.end()
    verb = grammar.verbs.of_word(word)
    forms = frozenset[str]() if verb is None else verb.forms
    base = word if verb is None else verb.base

    def parsed(verb: str, word: str, tense: str, rest: int) -> Parsed:
        aux = group.words[0] if group.words else ""
        return Parsed(subject, verb, word, tense, group.negated, group.adverbs, subject.end, rest, aux)

    last = group.roles[-1] if group.roles else ""
    first = group.roles[0] if group.roles else ""
    if group.special:
        return [parsed(base, word, group.special, end)] if word.isalpha() else []
    if last == "be or have":
        last = _is_or_has(word, forms, base)
        first = last if len(group.roles) == 1 else first
    if last == "":
        return _finite(tokens[0].string, parsed, word, base, forms, subject, end)
    if last == "been":
        return _been(parsed, word, base, forms, group.after, end)
    if last in ("be", "was") and first not in ("will", "would", "can", "should", "might"):
        past = last == "was"
        copula = parsed("be", group.words[-1], "copula_past" if past else "copula", group.after)
        if "ing" in forms:
            return [parsed(base, word, "was_progressive" if past else "progressive", end), copula]
        if "participle" in forms:
            return [parsed(base, word, "was_passive" if past else "passive", end), copula]
        return [copula]
    if last in ("have", "had"):
        if word == "got" and last == "have" and not _GOT_TO.match(tokens[group.main].string, end):
            return [parsed("have", "have", "present", end)]
        if "participle" in forms:
            return [parsed(base, word, "perfect", end)]
        tense = "past" if last == "had" else "present"
        tense = first if first in ("will", "would", "can", "should") else tense
        return [parsed("have", group.words[-1], tense, group.after)]
    if last in ("do", "did"):
        tense = "past" if group.words[0] in ("did", "didn't", "didnt") else "present"
        if "base" in forms or (group.negated and word.isalpha()):
            return [parsed(base, word, tense, end)]
        return [] if group.negated else [parsed("do", group.words[-1], tense, group.after)]
    if last == "be":  # "will be"
        return [parsed("be", "be", first, group.after)]
    return [parsed(base, word, last, end)] if word.isalpha() else []


def _is_or_has(word: str, forms: frozenset[str], base: str) -> str:
    """What "'s" is before this word."""
    if word == "got" or (
        "participle" in forms
        and "ing" not in forms
        and base not in ("marry", "call", "name", "base", "retire", "engage", "divorce", "allergy", "train")
    ):
        return "have"
    return "be"


def _finite(
    clause: str, parsed: _Maker, word: str, base: str, forms: frozenset[str], subject: Subject, end: int
) -> list[Parsed]:
    """Of a clause whose verb stands alone."""
    if not word.isalpha() and "-" not in word:
        return []
    if subject.end == subject.start:  # left out: "Went to Porto", "Planning to move"
        if "ing" in forms:
            gerund = _GERUND.search(clause, end) is not None
            return [] if gerund else [parsed(base, word, "progressive", end)]
        if word in ("been",):
            return [parsed("be", word, "copula_perfect", end)]
    if "past" in forms and "base" not in forms:
        return [parsed(base, word, "past", end)]
    if subject.who in ("self", "group"):
        if forms and not forms & {"base", "past"}:
            return []
        both = {"base", "past"} <= forms
        return [parsed(base, word, "present", end), *([parsed(base, word, "past", end)] if both else [])]
    if "s" in forms or ("base" in forms and subject.who != "name"):
        return [parsed(base, word, "present", end)]
    if not forms and word.endswith("s") and len(word) > 3:
        return [parsed(word[:-1], word, "present", end)]
    return []


def _been(parsed: _Maker, word: str, base: str, forms: frozenset[str], after: int, end: int) -> list[Parsed]:
    copula = parsed("be", "been", "copula_perfect", after)
    if "ing" in forms:
        return [parsed(base, word, "been_progressive", end), copula]
    if "participle" in forms:
        return [parsed(base, word, "was_passive", end), copula]
    return [copula]
