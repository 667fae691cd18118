"""A language's tables, read once from its folder: words, holidays, and the grammar as a tree of patterns."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from itertools import product
from typing import TypeAlias

from remanence.errors import InvalidInput
from remanence.reader.times.holidays import meanings as holiday_meanings
from remanence.reader.times.meanings import MEANINGS
from remanence.reader.times.mention import Grain
from remanence.reader.times.tables import EVERYDAY, STRONG, WEAK, Entry, Language, Meaning, Node, Rule

Table: TypeAlias = Mapping[str, object]
_SILENT = ("unit", "number", "tens", "ordinal", "vague_count", "zone", "stage", "clock_name")
_LIFTS = {"+": WEAK, "++": EVERYDAY}


@lru_cache(maxsize=8)
def load(name: str) -> Language:
    """The language of this folder; InvalidInput when there is none or a line of it can't be read."""
    folder = resources.files("remanence.reader.times") / "languages" / name
    if not folder.is_dir():
        raise InvalidInput(f"there are no time tables for language {name!r}; there are for 'en'")
    words, grammar, holidays, tense = (
        tomllib.loads((folder / f"{part}.toml").read_text("utf-8"))
        for part in ("words", "grammar", "holidays", "tense")
    )
    tree = Node()
    literals = _grow(tree, grammar, MEANINGS)
    for spelling, meaning in holiday_meanings(holidays):
        for pattern in (*_expand(spelling.split(), {}), *_joined(spelling)):
            _insert(tree, pattern, Rule("hol", _constant, (meaning,), STRONG, STRONG, False, 0))
            literals.update(part[1:] for part in pattern)
    entries = _entries(words, literals, grammar["sets"])
    anchors = {word for word, found in entries.items() if any(_anchors(entry) for entry in found)}
    anchors.update(_holiday_anchors(holidays), grammar["anchors"])
    return Language(
        entries=entries,
        grammar=tree,
        anchors=frozenset(anchors),
        abbreviated=frozenset(words["abbreviated"]),
        closers=frozenset(words["closers"]),
        everyday=frozenset(words["common"]),
        month_first=words["date_order"] == "mdy",
        past=frozenset(tense["past"]),
        future=frozenset(tense["future"]),
        past_endings=tuple(tense["past_endings"]),
        future_endings=tuple(tense["future_endings"]),
        put_off=frozenset(tense["put_off"]),
        until=frozenset(tense["until"]),
        onwards=frozenset(tense["onwards"]),
    )


def _constant(_scene: object, value: object) -> object:
    return value


def _anchors(entry: Entry) -> bool:
    return entry.meaning is not None and (
        entry.category not in _SILENT or entry.category in ("unit", "clock_name")
    )


def _holiday_anchors(holidays: Table) -> Iterator[str]:
    """The rarest-looking (longest) word of each holiday's name."""
    for calendar in holidays.values():
        assert isinstance(calendar, dict)
        for spellings in calendar.values():
            for spelling in spellings:
                yield max(spelling.replace("|", " ").split(), key=len)
                yield from (parts[0][1:] for parts in _joined(spelling))


def _joined(spelling: str) -> Iterator[tuple[str, ...]]:
    """Two or three words in one, as people write "blackfriday" in a hurry."""
    words = spelling.split()
    if 1 < len(words) <= 3 and all(word.isalpha() and len(word) > 2 for word in words):
        yield ("=" + "".join(words),)


def _entries(words: Table, literals: set[str], sets: Table) -> dict[str, tuple[Entry, ...]]:
    weak = set(_strings(words["weak"]))
    found: dict[str, list[Entry]] = {word: [Entry("=" + word, None, STRONG)] for word in literals}
    for name, members in sets.items():
        for word in _strings(members):
            if " " not in word:
                found.setdefault(word, []).append(Entry("@" + name, None, STRONG))
    for category, table in words.items():
        if not isinstance(table, dict):
            continue
        for word, value in table.items():
            meaning = (
                Grain(value) if category == "unit" else tuple(value) if isinstance(value, list) else value
            )
            found.setdefault(word, []).append(Entry(category, meaning, WEAK if word in weak else STRONG))
    return {word: tuple(readings) for word, readings in found.items()}


def _strings(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(part) for part in value]


def _grow(tree: Node, grammar: Table, meanings: Mapping[str, Meaning]) -> set[str]:
    """Adds every line of the grammar to the tree; returns the literal words they use."""
    sets, rules = grammar["sets"], grammar["rules"]
    assert isinstance(sets, dict)
    assert isinstance(rules, dict)
    literals: set[str] = set()
    for category, lines in rules.items():
        for rank, line in enumerate(lines.strip().splitlines()):
            pattern, _, action = line.partition("=>")
            rule = _rule(category, action.split(), rank, meanings, line)
            for parts in _expand(pattern.split(), sets):
                _insert(tree, parts, rule)
                literals.update(part[1:] for part in parts if part.startswith("="))
    return literals


def _rule(category: str, words: list[str], rank: int, meanings: Mapping[str, Meaning], line: str) -> Rule:
    if not words or words[0] not in meanings:
        raise InvalidInput(f"the grammar's line {line!r} names no known rule; write 'pattern => rule'")
    flags = {word for word in words[1:] if word in ("+", "++", "?", ".")}
    arguments = tuple(_argument(word) for word in words[1:] if word not in flags)
    lifts = max((_LIFTS.get(flag, STRONG) for flag in flags), default=STRONG)
    weakens = WEAK if "?" in flags else STRONG
    return Rule(category, meanings[words[0]], arguments, lifts, weakens, "." in flags, rank)


def _argument(word: str) -> object:
    try:
        return float(word) if "." in word else int(word)
    except ValueError:
        return word


def _expand(parts: list[str], sets: Table) -> Iterator[tuple[str, ...]]:
    """All plain sequences of a pattern: choices taken, what is optional in and out.

    A set stays one step, whose name each of its words bears; only its phrases are written out.
    """
    choices: list[list[tuple[str, ...]]] = []
    for part in parts:
        optional = part.endswith("?") and len(part) > 1
        name = part[:-1] if optional else part
        if name.startswith("$"):
            options: list[tuple[str, ...]] = [(name[1:],)]
        elif name.startswith("@"):
            phrases = [choice.split() for choice in _strings(sets[name[1:]])]
            options = [(name,), *(tuple("=" + word for word in words) for words in phrases if len(words) > 1)]
        else:
            options = [("=" + word,) for word in name.split("|")]
        choices.append([*options, ()] if optional else options)
    for chosen in product(*choices):
        yield tuple(part for parts in chosen for part in parts)


def _insert(tree: Node, parts: tuple[str, ...], rule: Rule) -> None:
    node = tree
    for part in parts:
        following = node.following.get(part)
        if following is None:
            following = node.following[part] = Node()
        node = following
    node.rules = (*node.rules, rule)
