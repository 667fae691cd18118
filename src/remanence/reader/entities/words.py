"""The closed classes of words by which names are told from other words, a folder for each language.

Asked by everything in this room; `en/words.toml` says what each table means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from remanence.model.entity import EntityKind

LANGUAGES = ("en", "de", "es", "ru")  # the first is read where nothing tells which
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """One language's tables."""

    language: str
    function: frozenset[str]
    nouns_have_capitals: bool
    not_names: frozenset[str]
    starts: frozenset[str]
    greetings: frozenset[str]
    titles: frozenset[str]
    named: frozenset[str]
    connectors: frozenset[str]
    person_verbs: frozenset[str]
    subject_verbs: frozenset[str]
    to_person: frozenset[str]
    person_weak: frozenset[str]
    place_firm: frozenset[str]
    place_weak: frozenset[str]
    place_blockers: frozenset[str]
    organisation_firm: frozenset[str]
    organisation_weak: frozenset[str]
    organisation_ends: frozenset[str]
    organisation_starts: frozenset[str]
    place_ends: frozenset[str]
    place_starts: frozenset[str]
    shared_beginnings: frozenset[str]
    facilities: frozenset[str]
    everyday: frozenset[str]
    relation_one: frozenset[str]
    relation_several: frozenset[str]
    relation_loose: frozenset[str]  # those that go with any other: a sister may be a colleague
    relation_same: Mapping[str, str]
    relation_adjectives: tuple[str, ...]
    whose: tuple[str, ...]
    mine: str  # what a relation is shown with, in a language where that is always the same
    pets: frozenset[str]
    nouns: Mapping[str, EntityKind]
    nicknames: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def relations(self) -> frozenset[str]:
        """The nouns that say whose somebody is."""
        return self.relation_one | self.relation_several | self.relation_same.keys()


@cache
def words(language: str) -> Words:
    """A language's tables, read once."""
    table = tomllib.loads(files(__package__).joinpath(language, "words.toml").read_text(encoding="utf-8"))
    relations, nouns = _part(table, "relations"), _part(table, "nouns")
    return Words(
        language=language,
        function=_set(table, "function"),
        nouns_have_capitals=table.get("nouns_have_capitals") is True,
        not_names=_set(table, "not_names"),
        starts=_set(table, "starts"),
        greetings=_set(table, "greetings"),
        titles=_set(table, "titles"),
        named=_set(table, "named") | {"called", "named"},
        connectors=_set(table, "connectors"),
        person_verbs=_set(table, "person_verbs"),
        subject_verbs=_set(table, "subject_verbs"),
        to_person=_set(table, "to_person"),
        person_weak=_phrases(table, "person_weak"),
        place_firm=_phrases(table, "place_firm"),
        place_weak=_set(table, "place_weak"),
        place_blockers=_set(table, "place_blockers"),
        organisation_firm=_phrases(table, "organisation_firm"),
        organisation_weak=_set(table, "organisation_weak"),
        organisation_ends=_set(table, "organisation_ends"),
        organisation_starts=_set(table, "organisation_starts"),
        place_ends=_set(table, "place_ends"),
        place_starts=_set(table, "place_starts"),
        shared_beginnings=_set(table, "shared_beginnings"),
        facilities=_set(table, "facilities"),
        everyday=_set(_part(table, "everyday"), "words"),
        relation_one=_set(relations, "one"),
        relation_several=_set(relations, "several"),
        relation_loose=_set(relations, "loose"),
        relation_same=dict(_pairs(relations, "same")),
        relation_adjectives=tuple(sorted(_set(relations, "adjectives"))),
        whose=tuple(_text(relations, "whose").split() or ("my", "our")),
        mine=_text(relations, "mine"),
        pets=_set(relations, "pets"),
        nouns={noun: kind for kind in EntityKind for noun in _set(nouns, kind.value)},
        nicknames=frozenset(_pairs(_part(table, "nicknames"), "pairs")),
    )


def language_of(text: str) -> str:
    """The language whose small words the text has most of."""
    if _CYRILLIC.search(text):
        return "ru"
    found = set(text.lower().split())
    counts = [len(found & function) for function in _function_words()]
    return LANGUAGES[counts.index(max(counts))]


@cache
def _function_words() -> tuple[frozenset[str], ...]:
    """The small words of each language."""
    return tuple(words(language).function for language in LANGUAGES)


@cache
def not_names_anywhere() -> frozenset[str]:
    """What is no name in any of the languages: days, months and the like."""
    return frozenset().union(*(words(language).not_names for language in LANGUAGES))


def _text(table: _Table, key: str) -> str:
    value = table.get(key, "")
    assert isinstance(value, str), f"{key} is one text of words"
    return value


def _part(table: _Table, key: str) -> _Table:
    value = table.get(key, {})
    assert isinstance(value, Mapping), f"{key} is a table"
    return value


def _set(table: _Table, key: str) -> frozenset[str]:
    return frozenset(_text(table, key).split())


def _phrases(table: _Table, key: str) -> frozenset[str]:
    return frozenset(filter(None, (phrase.strip() for phrase in re.split(r"[|\n]", _text(table, key)))))


def _pairs(table: _Table, key: str) -> list[tuple[str, str]]:
    return [(one, other) for one, _, other in (pair.partition("=") for pair in _text(table, key).split())]
