"""A language: the folder of tables by which its utterances are read, compiled once.

A folder holds `language.toml` (guards, phrases, words), `slots.toml` (what has one value at a time) and any
number of files with `[[rule]]` tables, or with `[patterns]` for one module. Asked by `statements`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeAlias

from remanence.model.kind import Kind
from remanence.reader.remembered import remembered
from remanence.reader.rules.first_look import FirstLook
from remanence.reader.rules.needed import longest_word, matched
from remanence.reader.rules.shapes import Shapes, read_shapes

DEFAULT_LANGUAGE = "en"
CLAUSES_KEPT = 16  # whose openers are

Pattern: TypeAlias = re.Pattern[str]
Table: TypeAlias = Mapping[str, object]

_MACRO = re.compile(r"\{(\w+)\}")
_FEW_STARTS = re.compile(r"\(\?:((?:my|our|the)(?:\|(?:my|our|the))*)\) ")
# Of patterns alone: many leave it out ("dont", "thats"), and the words that come of it are no others.
_APOSTROPHE = re.compile(r"(?<=[a-z])'(?=(?:s|t|ve|m)\b)|(?<=you)'(?=re\b)|(?<=they)'(?=re\b)")
_PHRASE = re.compile(r"phrase(\d*)")


class Late:
    """A pattern of the tables that is compiled where it is first wanted: most of them seldom are."""

    def __init__(self, text: str, words: Mapping[str, str]) -> None:
        self.text = text
        self._words = words

    @cached_property
    def pattern(self) -> Pattern:
        """The pattern itself."""
        return compiled(self.text, self._words)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying one thing."""

    name: str
    kind: Kind
    form: Late
    says: str  # the statement, with {speaker} and the pattern's groups
    confidence: float
    attribute: str | None = None
    value: str = "{value}"
    was: str | None = None  # of a denial: what it says of the time before
    polarity: bool = True
    correction: bool = False  # it always corrects what was said before
    follows_denial: bool = False  # it says something only where the text before denies
    free_value: bool = False  # its value may point to what is seen or said
    event: bool = False  # it tells of a change, which happened at a time
    ending: bool = False  # it says something only of what is believed already
    topical: bool = False  # "it's V now": about what was last spoken of
    expected: bool = False  # and only where that has ended, was asked for or is denied
    starts: frozenset[str] | None = None  # the words one of which it must begin with; None for many
    default: str | None = None  # the value where the pattern names none
    value_not: Late | None = None
    full_not: Late | None = None  # sought in everything that the pattern matched
    examples: tuple[tuple[str, str], ...] = ()
    counterexamples: tuple[str, ...] = ()

    @property
    def pattern(self) -> Pattern:
        """What it matches."""
        return self.form.pattern


class Opener:
    """How a clause may begin before it says anything: "and honestly, ...". Several ask of one clause."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self.end = remembered(CLAUSES_KEPT)(self._end)  # where it ends; 0 where there is none

    def _end(self, clause: str) -> int:
        match = matched(self._pattern, clause)
        return 0 if match is None else match.end()


@dataclass(frozen=True, slots=True)
class Question:
    """A way of asking for the value of an attribute."""

    pattern: Pattern
    attribute: str


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that reading a language takes."""

    code: str  # its folder
    guards: Mapping[str, Pattern]
    opener: Opener
    phrase: Mapping[str, Pattern]
    person: Mapping[str, str]
    addressed: Mapping[str, str]
    third: Mapping[str, str]
    base: Mapping[str, str]
    begins: Mapping[str, str]  # of a clause in the first person, as another begins it
    rules: tuple[Rule, ...]
    look: FirstLook[Rule]  # at those of them that may match at a place
    topical: Mapping[int, Rule]  # those that go on a topic, by number
    questions: tuple[Question, ...]
    prompts: tuple[Question, ...]  # what leaves a value to be told: "I got a new number."
    shapes: Shapes
    patterns: Mapping[str, Mapping[str, Pattern]]  # by file and name
    cues: Mapping[str, frozenset[str]]  # by file: words without one of which its patterns match nothing

    def is_single_valued(self, attribute: str) -> bool:
        """Whether a subject has one value of it at a time."""
        return self.shapes.of(attribute) is not None


def load_language(code: str = DEFAULT_LANGUAGE, *, lower: bool = False) -> Language:
    """The language of that folder; with `lower`, for texts in small letters throughout.

    Raises FileNotFoundError where there is none, and whatever a malformed table raises: the tables are
    part of the program.
    """
    return _loaded(code, lower)  # a cache tells calls apart by how their arguments are written


@lru_cache(maxsize=8)
def _loaded(code: str, lower: bool) -> Language:
    folder = files(__package__).joinpath(code)
    general = table_of(folder.joinpath("language.toml"))
    words = word_table(code)
    if lower:
        words |= _texts_of(general, "words_lower")
    slots = table_of(folder.joinpath("slots.toml"))
    shapes = read_shapes(slots, lambda text: compiled(text, words))
    words["thing"] = shapes.heads
    words["affair"] = shapes.affairs
    rules: list[Rule] = []
    questions: list[Question] = []
    prompts: list[Question] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml") and entry.name not in ("language.toml", "slots.toml"):
            tables = table_of(entry)
            rules += [_rule(raw, words) for raw in _list(tables.get("rule", []))]
            questions += [_question(raw, words) for raw in _list(tables.get("question", []))]
            prompts += [_question(raw, words) for raw in _list(tables.get("prompt", []))]
    patterns, cues = _patterns_of(code)
    guards = {name: compiled(text, words) for name, text in _texts_of(general, "guards").items()}
    return Language(
        code=code,
        guards=guards,
        opener=Opener(guards["opener"]),
        phrase={name: compiled(text, words) for name, text in _texts_of(general, "phrase").items()},
        person=_texts_of(general, "person"),
        addressed=_texts_of(general, "addressed"),
        base=_texts_of(general, "base"),
        begins=_texts_of(general, "begins"),
        third=_texts_of(general, "third"),
        rules=tuple(rules),
        look=FirstLook([(rule.form.text, rule) for rule in rules], words),
        topical={number: rule for number, rule in enumerate(rules) if rule.topical},
        questions=tuple(questions),
        prompts=tuple(prompts),
        shapes=shapes,
        patterns=patterns,
        cues=cues,
    )


def word_table(code: str) -> dict[str, str]:
    """What patterns of that language may be made of, by name."""
    return _texts_of(table_of(files(__package__).joinpath(code).joinpath("language.toml")), "words")


def _rule(raw: object, words: Mapping[str, str]) -> Rule:
    assert isinstance(raw, dict), raw
    return Rule(
        name=raw["name"],
        kind=Kind.parse(raw["kind"]),
        form=Late(raw["pattern"], words),
        says=raw["says"],
        confidence=float(raw["confidence"]),
        attribute=raw.get("attribute"),
        value=raw.get("value", "{value}"),
        was=raw.get("was"),
        polarity=raw.get("polarity", True),
        correction=raw.get("correction", False),
        follows_denial=raw.get("follows_denial", False),
        free_value=raw.get("free_value", False),
        event=raw.get("event", False),
        ending=raw.get("ending", False),
        topical=raw.get("topical", False),
        expected=raw.get("expected", False),
        starts=_starts(raw["pattern"]),
        default=raw.get("default"),
        value_not=Late(raw["value_not"], words) if "value_not" in raw else None,
        full_not=Late(raw["full_not"], words) if "full_not" in raw else None,
        examples=tuple((text, says) for text, says in raw["examples"]),
        counterexamples=tuple(raw["not"]),
    )


@lru_cache(maxsize=8)
def _patterns_of(code: str) -> tuple[Mapping[str, Mapping[str, Pattern]], Mapping[str, frozenset[str]]]:
    """The tables of patterns and of cues, by file: the same for a text in small letters."""
    folder = files(__package__).joinpath(code)
    words = _texts_of(table_of(folder.joinpath("language.toml")), "words")
    patterns: dict[str, Mapping[str, Pattern]] = {}
    cues: dict[str, frozenset[str]] = {}
    for entry in folder.iterdir():
        tables = table_of(entry) if entry.name.endswith(".toml") else {}
        name = entry.name.removesuffix(".toml")
        if "patterns" in tables:
            patterns[name] = _patterns(tables, words)
        if "cues" in tables:
            cues |= {
                f"{name}.{cue}": frozenset(longest_word(word) for word in text.split())
                for cue, text in _texts_of(tables, "cues").items()
            }
    return patterns, cues


def _patterns(tables: Table, words: Mapping[str, str]) -> Mapping[str, Pattern]:
    """The patterns of a file, with words of its own, which may name those before them."""
    known = dict(words)
    for name, text in (_texts_of(tables, "words") if "words" in tables else {}).items():
        known[name] = _MACRO.sub(lambda macro: known.get(macro[1], macro[0]), text)
    found = _texts_of(tables, "patterns")
    known = {name: _APOSTROPHE.sub("'?", text) for name, text in known.items()}
    return {name: compiled(_APOSTROPHE.sub("'?", text), known) for name, text in found.items()}


def _starts(pattern: str) -> frozenset[str] | None:
    """The few words that a pattern begins with, where it plainly does: what begins otherwise is not tried."""
    begin = _FEW_STARTS.match(pattern)
    return None if begin is None else frozenset(begin[1].split("|"))


def _question(raw: object, words: Mapping[str, str]) -> Question:
    assert isinstance(raw, dict), raw
    return Question(compiled(raw["pattern"], words), str(raw["attribute"]))


def compiled(text: str, words: Mapping[str, str]) -> Pattern:
    """The pattern with its words in place and any white space for a blank."""
    for _ in range(8):  # words are made of words, a few deep
        text = _MACRO.sub(lambda macro: _expansion(macro, words), text)
    # In a class of characters this adds a plus sign, which does no harm.
    return re.compile(text.replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE)


def _expansion(macro: re.Match[str], words: Mapping[str, str]) -> str:
    phrase = _PHRASE.fullmatch(macro[1])
    if phrase is not None:
        return f"(?P<phrase{phrase[1]}>.+)"
    return words.get(macro[1], macro[0])  # {2,60} and the like are no words


def table_of(entry: Traversable) -> Table:
    """A file of a language's folder, read."""
    return tomllib.loads(entry.read_text(encoding="utf-8"))


def _texts_of(tables: Table, name: str) -> dict[str, str]:
    table = tables[name]
    assert isinstance(table, dict), name
    return {key: str(text) for key, text in table.items()}


def _list(value: object) -> list[object]:
    assert isinstance(value, list), value
    return value
