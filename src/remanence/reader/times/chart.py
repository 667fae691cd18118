"""A bottom-up chart parser: all readings of a run of tokens by a tree of patterns, from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from remanence.reader.times.tables import EVERYDAY, Entry, Node, Rule

READINGS_MAX = 3  # of one category over the same tokens; more than that never led to another answer
GOAL = "time"


class Reading(NamedTuple):
    """A meaning over tokens, how weak it is, and the place of its rule in the grammar."""

    meaning: object
    weak: int
    rank: int


# Plain tuples, since thousands are made a second: a pattern begun (its node, where it began, what it captured
# so far, how weak), and a part found (category, start, end, meaning, how weak, rank).
_Edge: TypeAlias = tuple[Node, int, tuple[object, ...], int]
_Part: TypeAlias = tuple[str, int, int, object, int, int]


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
        waiting, first_nodes = self._waiting, self._grammar.following
        agenda: list[_Part] = [(c, position, position + 1, m, w, 0) for c, m, w in entries]
        while agenda:
            category, start, end, meaning, weak, rank = agenda.pop()
            if meaning is not None and not self._admit(category, start, end, meaning, weak, rank):
                continue
            node = first_nodes.get(category)
            if node is not None:
                captured: tuple[object, ...] = () if meaning is None else (meaning,)
                if node.following:
                    waiting[end].append((node, start, captured, weak))
                if node.rules:
                    self._complete(node, start, end, captured, weak, agenda)
            for before, began, captured_before, weak_before in waiting[start]:
                node = before.following.get(category)
                if node is not None:
                    captured = captured_before if meaning is None else (*captured_before, meaning)
                    weaker = weak if weak > weak_before else weak_before
                    if node.following:
                        waiting[end].append((node, began, captured, weaker))
                    if node.rules:
                        self._complete(node, began, end, captured, weaker, agenda)

    def _admit(self, category: str, start: int, end: int, meaning: object, weak: int, rank: int) -> bool:
        key = category, start, end
        count = self._counts.get(key, 0)
        if count >= READINGS_MAX:
            return False
        self._counts[key] = count + 1
        if category == GOAL:
            best = self.found.get((start, end))
            if best is None or (weak, rank) < (best.weak, best.rank):
                self.found[start, end] = Reading(meaning, weak, rank)
        return True

    def _complete(
        self, node: Node, start: int, end: int, captured: tuple[object, ...], weak: int, agenda: list[_Part]
    ) -> None:
        for rule in node.rules:
            try:
                meaning = rule.meaning(self._scene, *rule.arguments, *captured)
            except (OverflowError, ValueError):
                continue  # no such day, or none in the years 1 to 9999
            if meaning is not None:
                agenda.append(
                    (rule.category, start, end, meaning, self._weakness(rule, weak, end), rule.rank)
                )

    def _weakness(self, rule: Rule, weak: int, end: int) -> int:
        if weak <= rule.lifts:
            weak = 0
        if rule.closes and not self._phrase_ends[end]:
            return EVERYDAY
        return max(weak, rule.weakens)
