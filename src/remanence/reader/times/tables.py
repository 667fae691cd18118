"""What a language's tables become: readings of a token, rules, and the grammar as a tree of patterns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Meaning: TypeAlias = Callable[..., object]  # (scene, *arguments of the grammar's line, *captured meanings)

STRONG, WEAK, EVERYDAY = 0, 1, 2  # a time by itself; in need of a cue; in need of a strong cue


class Entry(NamedTuple):
    """One reading of a token: its category, its meaning (None for a word as such), how weak it is."""

    category: str
    meaning: object
    weak: int


class Rule(NamedTuple):
    """What a complete pattern means, and what that does to its weakness."""

    category: str
    meaning: Meaning
    arguments: tuple[object, ...]
    lifts: int
    weakens: int
    closes: bool
    rank: int


@dataclass(slots=True)
class Node:
    """A place in the tree of patterns: what may come next, and the rules that end here."""

    following: dict[str, Node] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """Everything the finder knows of one language."""

    entries: Mapping[str, tuple[Entry, ...]]
    grammar: Node
    anchors: frozenset[str]  # no time expression is without one of these, or a digit
    abbreviated: frozenset[str]
    closers: frozenset[str]
    everyday: frozenset[str]
    month_first: bool
    past: frozenset[str]
    future: frozenset[str]
    past_endings: tuple[str, ...]
    future_endings: tuple[str, ...]
    put_off: frozenset[str]
    until: frozenset[str]
    onwards: frozenset[str]
