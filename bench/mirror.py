"""Whether the mirror sees what was planted: bench/mirror.py [--topics further|third] [--scale 50000].

Each agent of bench/mirror_corpus.py is observed into a cube of its own, without reader and embedder, and then
`reflect` is asked. Figures:
- phrases: precision and recall of the recurring phrases. A finding is right when it and a planted habit share
  at least half of the words of the longer one, in order; what the agent's style repeats is not counted.
- drift: share of the drifting agents with a change found within two windows (of a week) of the planted day;
  share of the steady agents with a change (false alarms).
- contradictions: precision and recall of pairs, both statements those of one planted pair; `explained` is the
  share of the pairs found whose reason, or want of one, was told right.
- scale: CPU seconds and peak memory of `reflect` over so many utterances.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from difflib import SequenceMatcher
from pathlib import Path

import remanence
from evidence import ZONE, BenchClock
from machine import machine_line, peak_mb
from mirror_corpus import Agent, Change, Line, agents
from remanence.model.mirror import Contradiction, Portrait
from remanence.recall.analyser import words

WINDOW = timedelta(days=7)
ALIKE = 0.5
SCALE_AGENTS = 8


def say(figure: str, group: str, value: float, n: int, unit: str = "share") -> None:
    """Print one figure as a line of JSON."""
    line = {
        "bench": "mirror",
        "figure": figure,
        "group": group,
        "value": round(value, 4),
        "unit": unit,
        "n": n,
    }
    print(json.dumps(line), flush=True)


def reflected(lines: Sequence[Line]) -> Portrait:
    """What the mirror shows of these messages, by way of a cube."""
    clock = BenchClock()
    clock.time = lines[-1].said_at
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.cube"
        with remanence.open(path, embedder=None, reader=None, time_zone=ZONE, clock=clock) as cube:
            cube.observe([line.chat for line in lines])
            return cube.reflect().portrait


def is_habit(found: str, planted: str) -> bool:
    """Whether a phrase that was found is the planted one, or most of it."""
    one, other = words(found), words(planted)
    match = SequenceMatcher(None, one, other, autojunk=False)
    return sum(block.size for block in match.get_matching_blocks()) >= ALIKE * max(len(one), len(other))


def is_part(found: str, manner: str) -> bool:
    """Whether a phrase that was found is part of what the agent's style repeats, which is found rightly."""
    told = set(words(manner))
    return bool(told) and sum(word in told for word in words(found)) >= ALIKE * len(words(found))


class Tally:
    """What was found, missed and made up, over all agents."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._of: dict[str, list[bool]] = {}

    def add(self, figure: str, outcomes: Iterable[bool]) -> None:
        """Count outcomes."""
        self._of.setdefault(figure, []).extend(outcomes)

    def phrases(self, agent: Agent, shown: Portrait) -> None:
        """Habits planted against phrases found."""
        found = [one.text for one in shown.phrases if not any(is_part(one.text, it) for it in agent.manners)]
        self.add("phrases recall", (any(is_habit(f, habit) for f in found) for habit in agent.habits))
        right = [any(is_habit(f, habit) for habit in agent.habits) for f in found]
        self.add("phrases precision", right)
        self._tell(agent, "no habit", [f for f, is_right in zip(found, right, strict=True) if not is_right])
        self._tell(agent, "missed", [h for h in agent.habits if not any(is_habit(f, h) for f in found)])

    def drift(self, agent: Agent, shown: Portrait) -> None:
        """The planted change of style against those found."""
        if agent.drift is None:
            self.add("drift false alarms", [bool(shown.drifts)])
            self._tell(agent, "false alarm", [str(one) for one in shown.drifts])
            return
        near = [one for one in shown.drifts if abs(one.before - agent.drift) <= 2 * WINDOW]
        self.add("drift found", [bool(near)])
        self.add("drift extra", [len(shown.drifts) > len(near)])
        if not near:
            self._tell(agent, "no drift", [f"{agent.styles} {agent.drift}", *map(str, shown.drifts)])

    def contradictions(self, agent: Agent, shown: Portrait) -> None:
        """Planted pairs against those found."""
        met = [next((c for c in shown.contradictions if _is(c, change)), None) for change in agent.changes]
        self.add("contradictions recall", (one is not None for one in met))
        right = [any(_is(one, change) for change in agent.changes) for one in shown.contradictions]
        self.add("contradictions precision", right)
        pairs = [(one, change) for one, change in zip(met, agent.changes, strict=True) if one is not None]
        self.add("contradictions explained", (one.is_explained is change.explained for one, change in pairs))
        self._tell(
            agent,
            "missed",
            [f"{c.one} / {c.other}" for c, one in zip(agent.changes, met, strict=True) if not one],
        )
        wrong = [one for one, is_right in zip(shown.contradictions, right, strict=True) if not is_right]
        self._tell(
            agent, "no contradiction", [f"{one.sort}: {one.earlier.text} / {one.later.text}" for one in wrong]
        )
        told = [
            f"{one.later.text} ({one.explanation})" for one, c in pairs if one.is_explained is not c.explained
        ]
        self._tell(agent, "reason told wrong", told)

    def report(self) -> None:
        """Print all figures."""
        for figure, outcomes in self._of.items():
            say(figure, "all", sum(outcomes) / max(1, len(outcomes)), len(outcomes))

    def _tell(self, agent: Agent, what: str, of: Sequence[str]) -> None:
        if self._verbose:
            for one in of:
                print(f"{agent.name}, {what}: {one}", file=sys.stderr)


def _is(found: Contradiction, planted: Change) -> bool:
    one, other = planted.one.strip(), planted.other.strip()
    return found.earlier.text.strip() in one and found.later.text.strip() in other


def scale(count: int, *, seed: int) -> None:
    """What it costs to reflect on so many utterances of one agent."""
    lines: list[Line] = []
    mine = 0
    number = seed
    while mine < count:
        for agent in agents(SCALE_AGENTS, seed=number):
            for line in agent.lines:
                name = "assistant" if line.role == "assistant" else line.name
                lines.append(replace(line, name=name, session=f"{number} {line.session}"))
                mine += line.role == "assistant"
        number += 1
    lines.sort(key=lambda line: (line.session, line.said_at))
    clock = BenchClock()
    clock.time = max(line.said_at for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        with remanence.open(
            Path(folder) / "a.cube", embedder=None, reader=None, time_zone=ZONE, clock=clock
        ) as cube:
            cube.observe([line.chat for line in lines])
        with remanence.open(Path(folder) / "a.cube", embedder=None, reader=None, clock=clock) as cube:
            began = time.process_time()
            cube.reflect()
            say("reflect CPU", f"{mine} utterances", time.process_time() - began, 1, "s")
    say(
        "reflect memory",
        f"{mine} utterances",
        peak_mb(),
        1,
        "MB",
    )


def main() -> None:
    """Make the agents and print all figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agents", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--topics",
        default="contradictions",
        help="or further, or third: contradictions that no rule was written for",
    )
    parser.add_argument("--scale", type=int, default=0, metavar="N", help="only the cost over N utterances")
    parser.add_argument("--verbose", action="store_true", help="print what was missed or made up")
    given = parser.parse_args()
    if given.scale:
        scale(given.scale, seed=given.seed)
    else:
        tally = Tally(verbose=given.verbose)
        for agent in agents(given.agents, seed=given.seed, topics=given.topics):
            shown = reflected(agent.lines)
            tally.phrases(agent, shown)
            tally.drift(agent, shown)
            tally.contradictions(agent, shown)
        tally.report()
    print(machine_line("mirror"))


if __name__ == "__main__":
    main()
