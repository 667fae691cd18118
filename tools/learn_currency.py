"""Learns which statement tells how things stand now: src/remanence/recall/data/currency.toml.

Usage: tools/learn_currency.py --embedding-cache FILE [--write] PATH... where each file is
bench/updates_dev.json, or named SET-*.json* and read by bench/SET.py. Never bench/updates: its dialogues are
what is scored.

Of each question the leader of the first hits and those that may come before it are recorded with their
features (recall/successors.py), in place of any change to the order. Which of them is right is learnt by
softmax with an L2 penalty. The dialogues are told alone, and several in one cube: what others tell must not
be taken for news. Printed for each set, of the questions that had a choice: the first hit right without the
rule and with it, cross-validated, and how often it changed the order.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import importlib
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools")]

import remanence  # noqa: E402
import updates  # noqa: E402  # bench is no package
from cached_embedder import CachedEmbedder  # noqa: E402
from evidence import ZONE, BenchClock, filled_cube, say  # noqa: E402
from learn_fusion import thinned  # noqa: E402
from measure_currency import counts  # noqa: E402
from remanence.cube import Cube  # noqa: E402
from remanence.embedding.open import open_embedder  # noqa: E402
from remanence.embedding.port import Embedder  # noqa: E402
from remanence.model.hit import Hit  # noqa: E402
from remanence.recall import currency  # noqa: E402
from remanence.recall.question import Question  # noqa: E402
from remanence.recall.successors import FEATURES, Said, Succession, chosen_of, succession  # noqa: E402

WEIGHTS = ROOT / "src" / "remanence" / "recall" / "data" / "currency.toml"
DEVELOPMENT = "updates_dev"
TOLD_TOGETHER = (1, 3, 6, 20)  # dialogues in one cube
HITS = currency.LOOKED_AT
FOLDS = 5
PENALTY = 2.0
SPREAD_MIN = 0.02
STEPS_MAX = 60
WEIGHT = defaultdict(
    lambda: 0.3, {f"told by {count}": 1.0 for count in TOLD_TOGETHER}
)  # of a question of each set
STAYS = 3.0  # times it, where nothing has changed


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that had a choice: features [n, len(FEATURES)], the leader first, and which are right."""

    set_name: str
    kind: str
    name: str
    features: np.ndarray
    right: np.ndarray


class Recorder:
    """Stands in for the choice among successors: notes what there is to choose from and leaves the order."""

    def __init__(self) -> None:
        self.seen: Succession | None = None
        currency.succession = self  # type: ignore[assignment]  # what a recall would do is what is recorded

    def __call__(self, said: Said, question: Question, vector: np.ndarray, odds: np.ndarray) -> Succession:
        """As `succession`, with the first alone to choose, twice: so nothing else is tried either."""
        self.seen = succession(said, question, vector, odds)
        return Succession(np.zeros(2, np.int64), np.zeros((2, len(FEATURES)), np.float32))

    def choices(self, recall: Callable[[], list[Hit]]) -> tuple[list[Hit], Succession | None]:
        """What a recall answers, and who might have come first."""
        self.seen = None
        return recall(), self.seen


def as_told(cube: Cube, hit: Hit) -> Hit:
    """A hit as it would be shown, had it risen."""
    if hit.item.sources and hit.item.revision.content.slot is None:
        return dataclasses.replace(hit, item=cube.show(hit.item.sources[0]))
    return hit


def told_together(dialogues: Sequence[updates.Dialogue]) -> updates.Dialogue:
    """One dialogue in which each session of several keeps its own."""
    messages = [
        updates.Message({**one.chat, "session": f"{dialogue.name}, {one.session}"}, one.tells)
        for dialogue in dialogues
        for one in dialogue.messages
    ]
    begun: dict[str, str] = {}
    for one in messages:
        begun.setdefault(one.session, one.chat["timestamp"])
    messages.sort(key=lambda one: (begun[one.session], one.session, one.chat["timestamp"]))
    return dataclasses.replace(dialogues[0], messages=tuple(messages))


def asked_of_dialogues(path: Path, count: int, embedder: Embedder, recorder: Recorder) -> Iterator[Asked]:
    """The questions of dialogues, so many of them in a cube."""
    known = list(updates.dialogues(path))
    random.Random(count).shuffle(known)
    clock = BenchClock()
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(known), count):
            group = known[start : start + count]
            cube_path = Path(folder) / f"{start}.cube"
            with remanence.open(cube_path, embedder=embedder, time_zone=ZONE, clock=clock) as cube:
                told = updates.Told(cube, clock, told_together(group))
                for dialogue in group:
                    for question in dialogue.questions:
                        if question.kind == "plural":
                            continue
                        hits, seen = recorder.choices(lambda told=told, one=question: told.hits(one))
                        if seen is not None and len(seen.rows) > 1:
                            shown = [
                                hits[row] if place == 0 else as_told(cube, hits[row])
                                for place, row in enumerate(seen.rows.tolist())
                            ]
                            right = np.array([told.is_right(hit, question) for hit in shown], float)
                            yield Asked(
                                f"told by {count}", question.kind, dialogue.name, seen.features, right
                            )
            cube_path.unlink()


def asked_of_haystacks(path: Path, embedder: Embedder, recorder: Recorder) -> Iterator[Asked]:
    """The questions of another development set."""
    name = path.name.partition("-")[0]
    for number, haystack in enumerate(importlib.import_module(name).haystacks(path)):
        if name == "longmemeval":
            haystack = thinned(haystack, random.Random(number))
        with filled_cube(haystack, embedder) as filled:
            for question in haystack.questions:
                if not counts(name, question):
                    continue
                cube = filled.at(question)
                hits, seen = recorder.choices(
                    lambda cube=cube, one=question: cube.recall(one.text, k=HITS, asker=one.asker)
                )
                if seen is not None and len(seen.rows) > 1:
                    gold = [
                        not question.gold.isdisjoint(filled.messages_of(hits[row].item))
                        for row in seen.rows.tolist()
                    ]
                    yield Asked(name, name, question.text, seen.features, np.array(gold, float))
        say(f"{name} {haystack.name}")


class _Choice:
    """The chance of each choice by softmax, the loss of the right ones, and its derivatives."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        asked = [one for one in asked if one.right.any()]
        most = max(len(one.right) for one in asked)
        self._features = np.zeros((len(asked), most, len(FEATURES)))
        self._absent = np.full((len(asked), most), -1e9)
        self._share = np.zeros((len(asked), most))
        for at, one in enumerate(asked):
            self._features[at, : len(one.right)] = one.features
            self._absent[at, : len(one.right)] = 0
            self._share[at, : len(one.right)] = one.right / one.right.sum()
        self._weight = np.array(
            [WEIGHT[one.set_name] * (STAYS if one.kind == "stays" else 1.0) for one in asked]
        )
        spread = np.concatenate([one.features for one in asked]).std(axis=0)
        self._penalties = PENALTY * np.maximum(spread, SPREAD_MIN) ** 2

    def chances(self, weights: np.ndarray) -> np.ndarray:
        scores = self._features @ weights + self._absent
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def loss(self, weights: np.ndarray) -> float:
        told = (self._share * np.log(np.maximum(self.chances(weights), 1e-30))).sum(axis=1) @ self._weight
        return float(0.5 * (self._penalties * weights**2).sum() - told)

    def slope_and_curve(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chance = self.chances(weights)
        wrong = (chance - self._share) * self._weight[:, None]
        slope = np.einsum("qnf,qn->f", self._features, wrong) + self._penalties * weights
        means = np.einsum("qnf,qn->qf", self._features, chance)
        squares = np.einsum(
            "qnf,qn,qng->fg", self._features, chance * self._weight[:, None], self._features, optimize=True
        )
        return slope, squares - (means * self._weight[:, None]).T @ means + np.diag(self._penalties)


def learn(asked: Sequence[Asked]) -> np.ndarray:
    """The weights of FEATURES: damped Newton."""
    choice, weights = _Choice(asked), np.zeros(len(FEATURES))
    for _ in range(STEPS_MAX):
        slope, curve = choice.slope_and_curve(weights)
        step, size, before = np.linalg.solve(curve, slope), 1.0, choice.loss(weights)
        while choice.loss(weights - size * step) > before and size > 1e-4:
            size /= 2
        weights = weights - size * step
        if np.abs(size * step).max() < 1e-4:
            break
    return weights


def fold_of(one: Asked) -> int:
    """Alike for all questions of a dialogue, however it is told."""
    return int(hashlib.sha256(one.name.encode()).hexdigest(), 16) % FOLDS


def report(asked: Sequence[Asked]) -> None:
    """Print the first right without the rule and with it, of the questions that had a choice."""
    orders = [learn([one for one in asked if fold_of(one) != fold]) for fold in range(FOLDS)]
    found: defaultdict[tuple[str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    for one in asked:
        best = chosen_of(one.features, orders[fold_of(one)])
        found[one.set_name, one.kind].append((bool(one.right[0]), bool(one.right[best]), best > 0))
    for (name, kind), figures in found.items():
        before, after, changed = np.mean(figures, axis=0)
        print(f"{name:12} {kind:12} {before:.3f} -> {after:.3f}  changed {changed:.3f}  n {len(figures)}")


def toml_of(asked: Sequence[Asked]) -> str:
    """The data file: the weights, and what they were learnt from."""
    weights = learn(asked)
    return "\n".join(
        [
            "# The weights by which a later statement comes before an earlier one (recall/successors.py).",
            "# Made by tools/learn_currency.py from the sets below; the data itself does not ship.",
            f"penalty = {PENALTY}",
            "",
            "[questions]  # how many of each set had a choice",
            *(f'"{name}" = {count}' for name, count in Counter(one.set_name for one in asked).items()),
            "",
            "[weight]",
            *(f'"{name}" = {weight:.4f}' for name, weight in zip(FEATURES, weights, strict=True)),
            "",
        ]
    )


def main() -> None:
    """Reads the files named on the command line; prints the report, and writes the weights with --write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--embedding-cache", type=Path, required=True, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write currency.toml")
    given = parser.parse_args()
    if any(path.resolve().is_relative_to(updates.SHIPPED.resolve()) for path in given.paths):
        parser.error(f"{updates.SHIPPED}: what is scored is not learnt from")
    inner = open_embedder("minilm")
    assert inner is not None
    embedder, recorder = CachedEmbedder(inner, given.embedding_cache), Recorder()
    asked: list[Asked] = []
    for path in given.paths:
        if path.stem == DEVELOPMENT:
            for count in TOLD_TOGETHER:
                asked += asked_of_dialogues(path, count, embedder, recorder)
        else:
            asked += asked_of_haystacks(path, embedder, recorder)
    report(asked)
    text = toml_of(asked)
    if given.write:
        WEIGHTS.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
