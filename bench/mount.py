"""One recall over several cubes against one cube: bench/mount.py PATH... [--embedding-cache FILE].

The sessions of each conversation of a LoCoMo file are put into one cube, and into several in turn. Figures:
R@10 and B@2000 (see bench/locomo.py) of the whole, of the cubes mounted as one memory, and of the hits of
each cube's own recall put in one order by score, which is what mounting would be without a common measure.
`R@10 uneven` and `B@2000 uneven`: the first cube holds one session alone, the second two, the last the rest.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import remanence
from cached_embedder import opened
from evidence import LATER, ZONE, BenchClock, Haystack, Question, Report, say
from locomo import ADVERSARIAL, haystacks
from machine import machine_line
from remanence.embedding.port import Embedder
from remanence.model.item import Item

K, BUDGET_TOKENS, HITS = 10, 2000, 50
WHOLE, MOUNTED, BY_SCORE = "whole", "mounted", "by each cube's own score"


class Split:
    """One conversation in one cube, and its sessions spread over several."""

    def __init__(self, haystack: Haystack, folder: Path, embedder: Embedder, shares: Sequence[int]) -> None:
        self._clock = BenchClock()
        self._embedder = embedder
        self._number_of = {message.text: number for number, message in enumerate(haystack.messages)}
        self._texts = [message.text for message in haystack.messages]
        paths = {f"part{place}": folder / f"part{place}.cube" for place in range(max(shares) + 1)}
        self.whole = self._open(folder / "whole.cube")
        parts = {name: self._open(path) for name, path in paths.items()}
        sessions = list(dict.fromkeys(message.session for message in haystack.messages))
        for at, session in enumerate(sessions):
            said = [message for message in haystack.messages if message.session == session]
            self._clock.time = said[-1].said_at
            chat = [
                {
                    "role": one.role,
                    "name": one.name,
                    "content": one.text,
                    "timestamp": one.said_at.isoformat(),
                }
                for one in said
            ]
            self.whole.observe(chat, session=session)
            parts[f"part{shares[at % len(shares)]}"].observe(chat, session=session)
        for cube in parts.values():
            cube.close()
        self._clock.time = haystack.messages[-1].said_at + LATER
        self.memory = remanence.mount(paths, embedder=embedder, clock=self._clock)

    def _open(self, path: Path) -> remanence.Cube:
        return remanence.open(path, embedder=self._embedder, time_zone=ZONE, clock=self._clock)

    def close(self) -> None:
        """End all use of the files."""
        self.whole.close()
        self.memory.close()

    def ranked(self, way: str, question: str) -> list[int]:
        """The messages that the hits are, or were derived from, best first."""
        if way == BY_SCORE:
            parts = [self.memory.cube(name) for name in self.memory.mounts]
            found = [(hit, cube) for cube in parts for hit in cube.recall(question, k=HITS)]
            found.sort(key=lambda pair: -pair[0].score)
        elif way == MOUNTED:
            hits = self.memory.recall(question, k=HITS)
            found = [(hit, self.memory.cube(hit.mount)) for hit in hits]
        else:
            found = [(hit, self.whole) for hit in self.whole.recall(question, k=HITS)]
        return list(dict.fromkeys(number for hit, cube in found for number in self._messages(hit.item, cube)))

    def within(self, way: str, question: str) -> set[int]:
        """The messages in a context."""
        if way == MOUNTED:
            items = self.memory.context(question, budget=BUDGET_TOKENS).items
            found = [(item, self.memory.cube(item.mount)) for item in items]
        else:
            found = [(item, self.whole) for item in self.whole.context(question, budget=BUDGET_TOKENS).items]
        return {number for item, cube in found for number in self._messages(item, cube)}

    def _messages(self, item: Item, cube: remanence.Cube) -> list[int]:
        texts = [item.content] if item.kind == "utterance" else [cube.show(i).content for i in item.sources]
        return [self._number_of[text] for text in texts if text in self._number_of]


def measure(
    haystack: Haystack, embedder: Embedder, shares: Sequence[int], add: Callable[[str, str, float], None]
) -> None:
    """Ask all questions of a conversation in each way."""
    with tempfile.TemporaryDirectory() as folder:
        split = Split(haystack, Path(folder), embedder, shares)
        for question in asked(haystack):
            for way in (WHOLE, MOUNTED, BY_SCORE):
                first = split.ranked(way, question.text)[:K]
                add(f"R@{K}", way, len(question.gold.intersection(first)) / len(question.gold))
                if way != BY_SCORE:
                    held = split.within(way, question.text)
                    add(f"B@{BUDGET_TOKENS}", way, len(question.gold & held) / len(question.gold))
        split.close()


def asked(haystack: Haystack) -> Iterator[Question]:
    """The questions that have an answer."""
    return (question for question in haystack.questions if question.group != ADVERSARIAL)


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mounts", type=int, default=3, help="how many cubes a conversation is spread over")
    parser.add_argument(
        "--conversations", type=int, default=None, help="as many of each file; all by default"
    )
    paths, embedder, given = opened(parser)
    values: dict[tuple[str, str], list[float]] = {}
    for haystack in (one for path in paths for one in list(haystacks(path))[: given.conversations]):
        sessions = len({message.session for message in haystack.messages})
        say(f"{haystack.name}: {len(haystack.messages)} messages in {sessions} sessions")
        uneven = [min(at.bit_length() - 1, given.mounts - 1) for at in range(1, sessions + 1)]
        for note, shares in (("", list(range(given.mounts))), (" uneven", uneven)):

            def add(figure: str, group: str, value: float, note: str = note) -> None:
                values.setdefault((figure + note, group), []).append(value)

            measure(haystack, embedder, shares, add)
    report = Report("mount")
    for (figure, group), found in values.items():
        report.mean(figure, group, found)
    print(machine_line("mount"))


if __name__ == "__main__":
    main()
