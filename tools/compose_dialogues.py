"""Composes dialogues of sayings, in bench/updates' form: tools/compose_dialogues.py SAYINGS EACH SEED >FILE.

SAYINGS is bench/sayings, a file for each writer, or one of its files; the head of first.txt tells their
form. EACH is how many dialogues each of its blocks gives. A dialogue tells a value, changes it up to
three times, and has other talk of its own block and of others between. Its questions ask for the value in
the end and before each change.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

KINDS = "=+-^~"
CHANGES = ([0, 1, 2, 3], [4, 5, 2, 1])  # how many, and how often
BETWEEN = ([0, 1, 2, 3], [4, 5, 3, 1])  # sayings between two changes
BEGIN = datetime(2025, 1, 6, 8)


@dataclass(slots=True)
class Block:
    """The sayings about one thing, by kind."""

    name: str
    questions: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    sayings: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})


def blocks_of(path: Path) -> list[Block]:
    """The blocks of a file of sayings, or of all files of a folder, named by writer and thing."""
    if path.is_dir():
        return [block for file in sorted(path.glob("*.txt")) for block in blocks_of(file)]
    found: list[Block] = []
    for line in filter(None, path.read_text("utf-8").splitlines()):
        kind, rest = line[0], line[1:].strip()
        if kind == "@":
            found.append(Block(f"{path.stem}: {rest}"))
        elif kind in "?v":
            listed = found[-1].questions if kind == "?" else found[-1].values
            listed += [one.strip() for one in rest.split("|")]
        elif kind in KINDS:
            found[-1].sayings[kind].append(rest)
    return found


def said(saying: str, value: str, before: str = "") -> str:
    """A saying with its values.

    >>> said("no {o}, {v} it is", "tea", "milk")
    'No milk, tea it is'
    """
    text = saying.replace("{v}", value).replace("{o}", before)
    return text[:1].upper() + text[1:]


@dataclass(slots=True)
class Dialogue:
    """A dialogue as it grows."""

    block: Block
    others: Sequence[Block]
    chance: random.Random
    texts: list[tuple[str, str | None]] = field(default_factory=list)  # each with the value it tells
    stages: list[tuple[str, int]] = field(default_factory=list)  # a value, and how many texts were before it
    wrong: set[str] = field(default_factory=set)

    def grow(self) -> None:
        """Tell the first value, the changes, and what lies between."""
        chance, sayings = self.chance, self.block.sayings
        values = chance.sample(self.block.values, len(self.block.values))
        decoys = chance.sample(sayings["-"], len(sayings["-"]))
        ways = [chance.choice(sayings["="])]
        ways += chance.sample(sayings["+"], min(chance.choices(*CHANGES)[0], len(sayings["+"])))
        before = ""
        for way in ways:
            value = values.pop()
            self.stages.append((value, len(self.texts)))
            self.texts.append((said(way, value, before), value))
            before = value
            for _ in range(chance.choices(*BETWEEN)[0]):
                self._talk(values, decoys)
            if not values:
                break

    def _talk(self, values: list[str], decoys: list[str]) -> None:
        kind, current = self.chance.random(), self.stages[-1][0]
        if kind < 0.5:
            self.texts.append((self._aside(), None))
        elif kind < 0.93 and decoys and values:
            value = values.pop() if len(values) > 4 else values[0]
            self.wrong.add(value)
            self.texts.append((said(decoys.pop(), value, current), None))
        elif self.block.sayings["^"]:
            self.texts.append((said(self.chance.choice(self.block.sayings["^"]), "", current), None))

    def _aside(self) -> str:
        block = self.chance.choice([self.block, self.chance.choice(self.others)])
        kind = "~" if block is self.block else self.chance.choices("~=+-", [4, 2, 2, 1])[0]
        sayings = block.sayings[kind] or block.sayings["="]
        return said(self.chance.choice(sayings), *self.chance.sample(block.values, 2))

    def record(self, name: str) -> dict[str, object]:
        """As a file of bench/updates has it."""
        days = [0]
        for _ in self.texts:
            days.append(days[-1] + self.chance.randrange(3, 25))
        times = [(BEGIN + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ") for day in days]
        messages = [
            {"role": "user", "content": text, "session": f"day {day}", "timestamp": time}
            | ({"tells": [value]} if value else {})
            for (text, value), day, time in zip(self.texts, days, times, strict=False)
        ]
        all_values = {value for value, _ in self.stages} | self.wrong
        question = self.chance.choice(self.block.questions)
        asked = [self._asked(question, times[-1], self.stages[-1][0], all_values)]
        for (value, _), (_, end) in zip(self.stages, self.stages[1:], strict=False):
            then = (BEGIN + timedelta(days=days[end] - 1)).strftime("%Y-%m-%d")
            asked.append(
                self._asked(question, times[-1], value, all_values) | {"type": "as_of", "as_of": then}
            )
        return {"id": name, "category": self.block.name, "messages": messages, "questions": asked}

    def _asked(self, question: str, at: str, value: str, all_values: set[str]) -> dict[str, object]:
        return {
            "type": "latest" if len(self.stages) > 1 else "stays",
            "question": question,
            "asked_at": at,
            "expect": [[value]],
            "wrong": sorted(all_values - {value}),
        }


def composed(blocks: Sequence[Block], each: int, chance: random.Random) -> list[dict[str, object]]:
    """So many dialogues of each block."""
    made: list[dict[str, object]] = []
    for block in blocks:
        others = [other for other in blocks if other is not block]
        for number in range(each):
            dialogue = Dialogue(block, others, chance)
            dialogue.grow()
            made.append(dialogue.record(f"{block.name}/{number}"))
    return made


def main() -> None:
    """Reads the command line and writes the dialogues."""
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    path, each, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    json.dump(composed(blocks_of(path), each, random.Random(seed)), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
