"""A bottom-up chart parser: all readings of a run of tokens by a tree of patterns, from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from remanence.reader.times.language import EVERYDAY, Entry, Node, Rule

READINGS_MAX = 3  # of one category over the same tokens; more than that never led to another answer
GOAL = "time"


class Reading(NamedTuple):
    """A meaning over tokens, how weak it is, and the place of its rule in the grammar."""

    meaning: object
    weak: int
    rank: int


class _Edge(NamedTuple):
    node: Node
    start: int
    captured: tuple[object, ...]
    weak: int


class _Part(NamedTuple):
    category: str
    start: int
    end: int
    meaning: object
    weak: int
    rank: int


class Chart:
    """The parts found so far over one run of tokens."""

    __slots__ = ("_counts", "_grammar", "_phrase_ends", "_scene", "_waiting", "found")

    def __init__(self, grammar: Node, scene: object, phrase_ends: Sequence[bool]) -> None:
        self._grammar = grammar
        self._scene = scene
        self._phrase_ends = phrase_ends  # whether the phrase may end after so many tokens
        self._waiting: list[list[_Edge]] = [[] for _ in phrase_ends]
        self._counts: dict[tuple[str, int, int], int] = {}
        self.found: dict[tuple[int, int], Reading] = {}

    def take(self, position: int, entries: Sequence[Entry]) -> None:
        """Reads the token at this position, and everything that it completes."""
        agenda = [_Part(c, position, position + 1, m, w, 0) for c, m, w in entries]
        while agenda:
            part = agenda.pop()
            if part.meaning is not None and not self._admit(part):
                continue
            roots = _Edge(self._grammar, part.start, (), 0)
            for edge in (roots, *self._waiting[part.start]):
                node = edge.node.following.get(part.category)
                if node is not None:
                    self._advance(edge, node, part, agenda)

    def _admit(self, part: _Part) -> bool:
        key = part.category, part.start, part.end
        count = self._counts.get(key, 0)
        if count >= READINGS_MAX:
            return False
        self._counts[key] = count + 1
        if part.category == GOAL:
            best = self.found.get(key[1:])
            if best is None or (part.weak, part.rank) < (best.weak, best.rank):
                self.found[key[1:]] = Reading(part.meaning, part.weak, part.rank)
        return True

    def _advance(self, edge: _Edge, node: Node, part: _Part, agenda: list[_Part]) -> None:
        captured = edge.captured if part.meaning is None else (*edge.captured, part.meaning)
        weak = max(edge.weak, part.weak)
        if node.following:
            self._waiting[part.end].append(_Edge(node, edge.start, captured, weak))
        for rule in node.rules:
            meaning = self._mean(rule, captured)
            if meaning is not None:
                agenda.append(
                    _Part(
                        rule.category,
                        edge.start,
                        part.end,
                        meaning,
                        self._weakness(rule, weak, part.end),
                        rule.rank,
                    )
                )

    def _mean(self, rule: Rule, captured: tuple[object, ...]) -> object:
        try:
            return rule.meaning(self._scene, *rule.arguments, *captured)
        except (OverflowError, ValueError):
            return None  # no such day, or none in the years 1 to 9999

    def _weakness(self, rule: Rule, weak: int, end: int) -> int:
        if weak <= rule.lifts:
            weak = 0
        if rule.closes and not self._phrase_ends[end]:
            return EVERYDAY
        return max(weak, rule.weakens)
