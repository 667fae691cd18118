"""A language: the folder of tables by which its utterances are read, compiled once.

A folder holds `language.toml` (guards, phrases, words) and any number of files with `[[rule]]` tables.
Asked by `statements`; `en/` says what each table means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeAlias

from remanence.model.kind import Kind

DEFAULT_LANGUAGE = "en"

Pattern: TypeAlias = re.Pattern[str]
_Table: TypeAlias = Mapping[str, object]

_MACRO = re.compile(r"\{(\w+)\}")
_PHRASE = re.compile(r"phrase(\d*)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying one thing."""

    name: str
    kind: Kind
    pattern: Pattern
    says: str  # the statement, with {speaker} and the pattern's groups
    confidence: float
    attribute: str | None = None
    value: str = "{value}"
    polarity: bool = True
    correction: bool = False  # it always corrects what was said before
    follows_denial: bool = False  # it says something only where the text before denies
    free_value: bool = False  # its value may point to what is seen or said
    default: str | None = None  # the value where the pattern names none
    value_not: Pattern | None = None
    full_not: Pattern | None = None  # sought in everything that the pattern matched
    examples: tuple[tuple[str, str], ...] = ()
    counterexamples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that reading a language takes."""

    guards: Mapping[str, Pattern]
    phrase: Mapping[str, Pattern]
    person: Mapping[str, str]
    third: Mapping[str, str]
    base: Mapping[str, str]
    rules: tuple[Rule, ...]
    single_valued: frozenset[str]


@lru_cache(maxsize=8)
def load_language(code: str = DEFAULT_LANGUAGE) -> Language:
    """The language of that folder.

    Raises FileNotFoundError where there is none, and whatever a malformed table raises: the tables are
    part of the program.
    """
    folder = files(__package__).joinpath(code)
    general = _toml(folder.joinpath("language.toml"))
    words = {name: str(text) for name, text in _table(general, "words").items()}
    rules: list[Rule] = []
    single_valued: set[str] = set()
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml") and entry.name != "language.toml":
            tables = _toml(entry)
            single_valued.update(_texts(tables.get("single_valued", [])))
            rules += [_rule(raw, words) for raw in _list(tables.get("rule", []))]
    return Language(
        guards={name: _compiled(str(text), words) for name, text in _table(general, "guards").items()},
        phrase={name: _compiled(str(text), words) for name, text in _table(general, "phrase").items()},
        person={name: str(text) for name, text in _table(general, "person").items()},
        base={name: str(text) for name, text in _table(general, "base").items()},
        third={name: str(text) for name, text in _table(general, "third").items()},
        rules=tuple(rules),
        single_valued=frozenset(single_valued),
    )


def _rule(raw: object, words: Mapping[str, str]) -> Rule:
    assert isinstance(raw, dict), raw
    return Rule(
        name=raw["name"],
        kind=Kind.parse(raw["kind"]),
        pattern=_compiled(raw["pattern"], words),
        says=raw["says"],
        confidence=float(raw["confidence"]),
        attribute=raw.get("attribute"),
        value=raw.get("value", "{value}"),
        polarity=raw.get("polarity", True),
        correction=raw.get("correction", False),
        follows_denial=raw.get("follows_denial", False),
        free_value=raw.get("free_value", False),
        default=raw.get("default"),
        value_not=_compiled(raw["value_not"], words) if "value_not" in raw else None,
        full_not=_compiled(raw["full_not"], words) if "full_not" in raw else None,
        examples=tuple((text, says) for text, says in raw["examples"]),
        counterexamples=tuple(raw["not"]),
    )


def _compiled(text: str, words: Mapping[str, str]) -> Pattern:
    """The pattern with its words in place and any white space for a blank."""
    for _ in range(5):  # words are made of words, a few deep
        text = _MACRO.sub(lambda macro: _expansion(macro, words), text)
    # In a class of characters this adds a plus sign, which does no harm.
    return re.compile(text.replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE)


def _expansion(macro: re.Match[str], words: Mapping[str, str]) -> str:
    phrase = _PHRASE.fullmatch(macro[1])
    if phrase is not None:
        return f"(?P<phrase{phrase[1]}>.+)"
    return words.get(macro[1], macro[0])  # {2,60} and the like are no words


def _toml(entry: Traversable) -> _Table:
    return tomllib.loads(entry.read_text(encoding="utf-8"))


def _table(tables: _Table, name: str) -> _Table:
    table = tables[name]
    assert isinstance(table, dict), name
    return table


def _list(value: object) -> list[object]:
    assert isinstance(value, list), value
    return value


def _texts(value: object) -> list[str]:
    return [str(text) for text in _list(value)]
