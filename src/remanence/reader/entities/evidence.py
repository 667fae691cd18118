"""What stands around a capitalised run and says whether it is a name, and of what kind."""

from __future__ import annotations

import re
from functools import cache

from remanence.model.entity import EntityKind
from remanence.reader.entities.capitals import UPPER, Run
from remanence.reader.entities.found import Found
from remanence.reader.entities.words import Words, words

BEFORE_CHARS = 40
AFTER_CHARS = 60
_CLAUSE = re.compile(r"[.!?;:,()\n\"“”]")
_NEXT = re.compile(r"['’]s\s+([\w-]+)|\s+([\w'’-]+)")
_AND_A_NAME = re.compile(rf"\s(?:and|&)\s[{UPPER}]")
Kind = tuple[EntityKind, bool]  # and whether that is beyond doubt
_UNKNOWN: Kind = (EntityKind.UNKNOWN, False)


def judged(text: str, run: Run, tables: Words, *, heading: bool) -> Found:
    """The run as it may be a name: its kind, and whether it counts without being known."""
    before = _words_before(text, run.start)
    kind, firm = _kind(text, run, before, tables)
    certain = not heading and (
        _is_evident_noun(run, kind, firm, before, tables)
        if tables.nouns_have_capitals
        else not run.initial or firm or _is_evident_start(text, run, tables)
    )
    return Found(run.start, run.end, run.text, kind, firm, certain)


def _kind(text: str, run: Run, before: list[str], tables: Words) -> Kind:
    for look in (_by_itself, _by_apposition, _by_words_before, _by_words_after):
        kind, firm = look(text, run, before, tables)
        if kind is not EntityKind.UNKNOWN:
            return kind, firm
    return _UNKNOWN


def _by_itself(text: str, run: Run, before: list[str], tables: Words) -> Kind:
    """Titles before it, and what it begins or ends with."""
    if run.led_by in tables.titles or run.led_by in tables.greetings:
        return EntityKind.PERSON, True
    title = re.search(r"(\w+)\.\s$", text[max(0, run.start - 8) : run.start])
    if title is not None and title.group(1).lower() in tables.titles:
        return EntityKind.PERSON, True
    parts = run.text.lower().split()
    if len(parts) > 1:
        if parts[-1] in tables.organisation_ends or parts[0] in tables.organisation_starts:
            return EntityKind.ORGANISATION, True
        if parts[-1] in tables.place_ends or parts[0] in tables.place_starts:
            return EntityKind.PLACE, True
    return _UNKNOWN


def _by_apposition(text: str, run: Run, before: list[str], tables: Words) -> Kind:
    """From "Porto, the city ...", "Acme is a startup", and from "a dog called Rex"."""
    pattern = _apposition(tables.language)
    match = None if pattern is None else pattern.match(text, run.end, run.end + AFTER_CHARS)
    if match is not None:
        return tables.nouns[match.group(1).lower()], True
    if len(before) > 1 and before[-1] in tables.named:
        kind = tables.nouns.get(before[-2])
        if kind is not None:
            return kind, True
    return _UNKNOWN


def _by_words_before(text: str, run: Run, before: list[str], tables: Words) -> Kind:
    if not before:
        return _UNKNOWN
    last, two = before[-1], " ".join(before[-2:])
    if two in tables.organisation_firm:
        return EntityKind.ORGANISATION, True
    if two in tables.place_firm or last in tables.place_firm:
        return EntityKind.PLACE, True
    if last in tables.relations:
        return (EntityKind.THING if last in tables.pets else EntityKind.PERSON), True
    if last in tables.nouns and tables.nouns[last] is EntityKind.PERSON:
        return EntityKind.PERSON, False
    if last in tables.place_weak:
        blocked = len(before) > 1 and before[-2] in tables.place_blockers
        return _UNKNOWN if blocked else (EntityKind.PLACE, False)
    if last in tables.organisation_weak:
        return EntityKind.ORGANISATION, False
    if last in tables.to_person or two in tables.person_weak:
        return EntityKind.PERSON, False
    return _UNKNOWN


def _by_words_after(text: str, run: Run, before: list[str], tables: Words) -> Kind:
    owned, following = _next_words(text, run.end)
    if owned in tables.relations or following in tables.person_verbs:
        return EntityKind.PERSON, False
    return _UNKNOWN


def _is_evident_start(text: str, run: Run, tables: Words) -> bool:
    """Of a run that begins a sentence: whether more than its place speaks for a name."""
    if " " in run.text or any(map(str.isupper, run.text[1:])):
        return True
    word = run.text.lower()
    if word in tables.everyday or word.endswith("ing"):
        return False
    owned, following = _next_words(text, run.end)
    if not tables.person_verbs:
        return False
    if owned or following in tables.person_verbs or _AND_A_NAME.match(text, run.end):
        return True
    return following in tables.subject_verbs and word not in tables.everyday and _stands_inside(text, run)


def _is_evident_noun(run: Run, kind: EntityKind, firm: bool, before: list[str], tables: Words) -> bool:
    """Where every noun has a capital: only what a title, a relation or a verb says is a name."""
    return firm or (bool(before) and before[-1] in tables.named)


def _stands_inside(text: str, run: Run) -> bool:
    """Whether the word has its capital inside a sentence of the same text too."""
    return bool(re.search(rf"[a-z,] {re.escape(run.text)}\b", text))


def _words_before(text: str, start: int) -> list[str]:
    """The words of the same clause that lead up to a place, in lower case."""
    window = _CLAUSE.split(text[max(0, start - BEFORE_CHARS) : start])[-1]
    return window.lower().replace("’", "'").split()


def _next_words(text: str, end: int) -> tuple[str, str]:
    """What is the run's ("Ana's flat" has "flat"), and else the word after it."""
    match = _NEXT.match(text, end)
    if match is None:
        return "", ""
    return (match.group(1) or "").lower(), (match.group(2) or "").lower()


@cache
def _apposition(language: str) -> re.Pattern[str] | None:
    nouns = words(language).nouns
    if not nouns:
        return None
    listed = "|".join(map(re.escape, sorted(nouns, key=len, reverse=True)))
    return re.compile(
        rf"(?:,\s(?:which\s(?:is|was)\s|who\s(?:is|was)\s)?|\s(?:is|was)\s)(?:an?|the|my|our|his|her)\s"
        rf"(?:(?!of\b|in\b|and\b)[\w-]+\s){{0,2}}?({listed})\b",
        re.IGNORECASE,
    )
