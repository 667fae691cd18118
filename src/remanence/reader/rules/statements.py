"""From an utterance to the statements that its speaker makes of themselves.

Precision first: what is asked, quoted, supposed or reported gives nothing, and so does whatever points to
something said elsewhere. Asked by the cube's `observe`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from remanence.model.item import Slot
from remanence.reader.rules.clauses import Clause, asserted_clauses
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, Rule, load_language

NAME = "name"  # the attribute of what somebody is called
READ_ROLES = frozenset({"user", "assistant"})  # tools and prompts speak of nobody
VALUE_CHARS_MAX = 100  # of a phrase: a longer one is a story, not a value
VALUE_WORDS_MAX = 12

_FAVOURITE = "favourite "
# Speakers who bear no name of their own.
_UNNAMED = {"user": "the user", "assistant": "the assistant", "system": "the system"}
_WORD = re.compile(r"[\w'-]+")
_SPACE = re.compile(r"\s+")


def derive(
    text: str, *, speaker: str, role: str = "user", language: str = DEFAULT_LANGUAGE
) -> tuple[Derived, ...]:
    """The statements that follow from what `speaker` says, in the order of their words.

    `speaker` is a name, or the role where there is none ("user" is called "the user"). Other people's
    statements, other roles than READ_ROLES and text in another language give nothing. Raises nothing for
    any text.

    >>> [one.content for one in derive("I moved to Lisbon. Do I like it?", speaker="Ana")]
    ['Ana lives in Lisbon']
    """
    if role not in READ_ROLES:
        return ()
    tables = load_language(language)
    found: dict[str, Derived] = {}
    for clause in asserted_clauses(text, tables):
        for derived in _read(clause, text, speaker, tables):
            found.setdefault(derived.content, derived)
    return tuple(sorted(found.values(), key=lambda derived: (derived.start, derived.end)))


def is_single_valued(attribute: str, *, language: str = DEFAULT_LANGUAGE) -> bool:
    """Whether a subject has one value of it at a time, so that a new one ends the old."""
    return attribute in load_language(language).single_valued or attribute.startswith(_FAVOURITE)


def _read(clause: Clause, text: str, speaker: str, language: Language) -> Iterator[Derived]:
    opener = language.guards["opener"].match(clause.text)
    begin = opener.end() if opener is not None else 0
    attributes: set[str | None] = set()
    for rule in language.rules:
        if rule.follows_denial and not clause.denies:
            continue
        match = rule.pattern.match(clause.text, begin)
        if match is None:
            continue
        derived = _derived(rule, match, clause, text, speaker, language)
        if derived is None:
            continue
        attribute = derived.slot.attribute if derived.slot is not None else None
        if attribute not in attributes:  # the first rule that reads an attribute is the most exact one
            attributes.add(attribute)
            yield derived


def _derived(
    rule: Rule, match: re.Match[str], clause: Clause, text: str, speaker: str, language: Language
) -> Derived | None:
    if rule.full_not is not None and rule.full_not.search(match[0]):
        return None
    found = _groups(rule, match, clause, text, language)
    if found is None:
        return None
    groups, end = found
    if language.guards["unsure"].search(clause.text, match.start(), end):
        return None
    value = rule.value.format_map(groups)
    if rule.value_not is not None and rule.value_not.search(value):
        return None
    subject = _UNNAMED.get(speaker, speaker)
    said = rule.says.format_map({**groups, "speaker": subject})
    slot = None
    corrects = rule.correction
    if rule.attribute is not None:
        attribute = rule.attribute.format_map(groups).casefold().replace("favorite", "favourite")
        if attribute == NAME and value.casefold() in subject.casefold().split():
            return None  # "Marta's name is Marta" says nothing, and is found for every question about Marta
        slot = Slot(subject.casefold(), attribute, value)
        single = attribute in language.single_valued or attribute.startswith(_FAVOURITE)
        corrects = corrects or clause.denies or (clause.hesitates and single)
    return Derived(
        content=said[:1].upper() + said[1:],
        kind=rule.kind,
        slot=slot,
        polarity=rule.polarity,
        rule=rule.name,
        confidence=rule.confidence,
        start=clause.start + match.start(),
        end=clause.start + end,
        is_correction=corrects,
    )


def _groups(
    rule: Rule, match: re.Match[str], clause: Clause, text: str, language: Language
) -> tuple[Mapping[str, str], int] | None:
    """The words of each group as a statement has them, and where the last one ends; None if unfit."""
    groups: dict[str, str] = {"value": rule.default or ""}
    end = match.end()
    for name, span in ((name, match.span(name)) for name in match.groupdict()):
        start, stop = span
        if start < 0:
            continue
        kind = name.rstrip("0123456789")
        if kind in ("phrase", "second"):
            stop = _phrase_end(clause.text, start, language)
            contrast = language.phrase["contrast"].match(clause.text, stop) if rule.correction else None
            end = stop = contrast.end() if contrast is not None else stop
        if kind in ("phrase", "second", "first") and not _fits(clause.text[start:stop], rule, language):
            return None
        words = _SPACE.sub(" ", text[clause.start + start : clause.start + stop])
        target = (
            "value" if kind == "phrase" or (kind == "first" and "second" not in match.groupdict()) else kind
        )
        groups[target] = words if kind in ("verb", "link") else _in_third_person(words, language)
    verb = groups.get("verb", "").lower()
    base = language.base.get(verb, verb)
    groups["base"] = base
    groups["verb"] = language.third.get(base, base)
    for name in ("link", "often", "thing", "relation", "kin", "pet"):
        if name in groups:
            groups[name] = groups[name].lower()
    return groups, end


def _phrase_end(clause: str, start: int, language: Language) -> int:
    """Where a phrase that starts there ends, without what only trails along."""
    listed = language.phrase["list"].match(clause, start)
    search_from = clause.rfind(",", start, listed.end()) + 1 if listed is not None else start
    stop = language.phrase["stop"].search(clause, search_from)
    phrase = clause[start : stop.start() if stop is not None else len(clause)]
    while (trailing := language.phrase["trailing"].search(phrase)) is not None and trailing[0]:
        phrase = phrase[: trailing.start()]
    return start + len(phrase)


def _fits(phrase: str, rule: Rule, language: Language) -> bool:
    """Whether the phrase says something by itself."""
    if not 0 < len(phrase) <= VALUE_CHARS_MAX or len(_WORD.findall(phrase)) > VALUE_WORDS_MAX:
        return False
    if not any(character.isalnum() or character == "\ue000" for character in phrase):
        return False
    if rule.free_value:
        return True
    return not language.phrase["deictic"].search(phrase) and not language.phrase["definite"].search(phrase)


def _in_third_person(words: str, language: Language) -> str:
    return _WORD.sub(lambda word: language.person.get(word[0].lower(), word[0]), words)
