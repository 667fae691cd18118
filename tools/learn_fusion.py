"""Learns the weights of recall's score from benchmark files: src/remanence/recall/data/weights.toml.

Usage: tools/learn_fusion.py --embedding-cache FILE [--write] PATH... where each file is named SET-*.json*,
and bench/SET.py reads it. Features come from the hits' own explanations, so they are what a user would get.

Which row answers is learnt question by question (softmax over the candidates, each gold message an equal
share), held to the weights by hand by an L2 penalty in units of a contribution; signs are fixed where a
feature can only help. How sure the score is, is then learnt over all questions (logistic, two numbers).
Printed for each set: weights by hand, cross-validation over haystacks, and the whole set left out.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from cached_embedder import CachedEmbedder  # noqa: E402  # bench is no package
from evidence import Haystack, Message, Question, filled_cube, say  # noqa: E402
from remanence.embedding.open import open_embedder  # noqa: E402
from remanence.embedding.port import Embedder  # noqa: E402
from remanence.recall.features import FEATURES  # noqa: E402

WEIGHTS = ROOT / "src" / "remanence" / "recall" / "data" / "weights.toml"
CANDIDATES = 300  # first hits of each question to learn from
FOLDS = 5
PENALTY = 2000.0  # the largest gain in cross-validation at which no left-out set loses more than noise
SPREAD_MIN = 0.1  # a feature that seldom moves is penalised as if it moved so much
STEPS_MAX = 40
WEAK = {"realmem": 0.3}  # share of a set's weight: gold there is every message of a session
OTHER_SESSIONS = 10  # of a LongMemEval haystack, beside those with evidence
HELPS = """
cosine dense dense_window bm25 bm25_window covered_window session speaker asker told near_time
time_words number_words name_words quoted
"""
# Alike for all rows of a question, and by hand: they tell whether anything answers, which too few questions
# here can teach (AUROC on LoCoMo's category 5: .66 without, .69 with).
OF_QUESTION = {"nearest": 2.0, "other_speaker": -2.0}
# Of a row, and by hand: what is learnt for them is weaker, and costs sets that were not learnt from, or they
# are too seldom there to be learnt.
GIVEN = {"bm25_unsaid": -1.5, "slot": 3.0, "promised": 5.5}
OF_ROW = tuple(name for name in FEATURES if name not in OF_QUESTION and name not in GIVEN)
ROW_AT = [FEATURES.index(name) for name in OF_ROW]
QUESTION_AT = [FEATURES.index(name) for name in OF_QUESTION]
BY_HAND = np.array(list(OF_QUESTION.values()))
GIVEN_AT = [FEATURES.index(name) for name in GIVEN]
GIVEN_WEIGHTS = np.array(list(GIVEN.values()))
SIGNS = np.array([1.0 if name in HELPS.split() else 0.0 for name in OF_ROW])


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its candidates: features [n, len(FEATURES)], and which of them are gold."""

    set_name: str
    haystack: int
    features: np.ndarray
    gold: np.ndarray
    gold_total: int


def read_sets(paths: Iterable[Path], embedder: Embedder) -> list[Asked]:
    """Ask every question of every file."""
    asked: list[Asked] = []
    for path in paths:
        name = path.name.partition("-")[0]
        for number, haystack in enumerate(importlib.import_module(name).haystacks(path)):
            if name == "longmemeval":
                haystack = thinned(haystack, random.Random(number))
            say(f"{name} {haystack.name}: {len(haystack.messages)} messages")
            asked += _ask_all(name, number, haystack, embedder)
    return asked


def thinned(haystack: Haystack, draw: random.Random) -> Haystack:
    """Only the sessions with evidence, and a few others."""
    gold = {number for question in haystack.questions for number in question.gold}
    sessions = dict.fromkeys(message.session for message in haystack.messages)
    kept = {haystack.messages[number].session for number in gold}
    others = [session for session in sessions if session not in kept]
    kept |= set(draw.sample(others, min(OTHER_SESSIONS, len(others))))
    messages: list[Message] = []
    moved: dict[int, int] = {}
    for number, message in enumerate(haystack.messages):
        if message.session in kept:
            moved[number] = len(messages)
            messages.append(message)
    questions = [
        Question(one.text, frozenset(moved[n] for n in one.gold), one.group, one.asker, one.asked_at)
        for one in haystack.questions
    ]
    return Haystack(haystack.name, tuple(messages), tuple(questions))


def _ask_all(name: str, number: int, haystack: Haystack, embedder: Embedder) -> Iterator[Asked]:
    with filled_cube(haystack, embedder) as filled:
        for question in haystack.questions:
            hits = filled.at(question).recall(question.text, k=CANDIDATES, asker=question.asker)
            features = np.zeros((len(hits), len(FEATURES)))
            for row, hit in enumerate(hits):
                for part in hit.why:
                    if part.name in FEATURES:
                        features[row, FEATURES.index(part.name)] = part.value
            wrong = name == "locomo" and question.group == "5"  # its evidence misleads: nothing answers
            gold = frozenset() if wrong else question.gold
            found = np.array(
                [bool(gold.intersection(filled.messages_of(hit.item))) for hit in hits], np.bool_
            )
            yield Asked(name, number, features, found, len(gold))


def scores_of(one: Asked, order: np.ndarray) -> np.ndarray:
    """What orders the candidates of a question: the learnt weights, and those that are given."""
    return one.features[:, ROW_AT] @ order + one.features[:, GIVEN_AT] @ GIVEN_WEIGHTS


def weights_of_questions(asked: Sequence[Asked]) -> np.ndarray:
    """A set counts by the root of its questions, so that a large one doesn't drown the others."""
    counts = Counter(one.set_name for one in asked)
    raw = np.array([WEAK.get(one.set_name, 1.0) / np.sqrt(counts[one.set_name]) for one in asked])
    return raw * len(asked) / raw.sum()


class _Choice:
    """The chance of each candidate by softmax within its question, the loss of gold, and its derivatives."""

    def __init__(self, asked: Sequence[Asked], prior: np.ndarray, penalty: float) -> None:
        asked = [one for one in asked if one.gold.any()]
        self._lengths = [len(one.gold) for one in asked]
        self._starts = np.concatenate(([0], np.cumsum(self._lengths)[:-1]))
        self._rows = np.concatenate([one.features[:, ROW_AT] for one in asked])
        self._given = np.concatenate([one.features[:, GIVEN_AT] @ GIVEN_WEIGHTS for one in asked])
        self._share = np.concatenate([one.gold / one.gold.sum() for one in asked])
        self._weight = weights_of_questions(asked)
        self._each = np.repeat(self._weight, self._lengths)
        spread = np.sqrt(np.mean([one.features[:, ROW_AT].var(axis=0) for one in asked], axis=0))
        self._prior, self._penalties = prior, penalty * np.maximum(spread, SPREAD_MIN) ** 2

    def chances(self, weights: np.ndarray) -> np.ndarray:
        scores = self._rows @ weights + self._given
        scores = np.exp(scores - np.repeat(np.maximum.reduceat(scores, self._starts), self._lengths))
        return scores / np.repeat(np.add.reduceat(scores, self._starts), self._lengths)

    def loss(self, weights: np.ndarray) -> float:
        told = (self._each * self._share * np.log(np.maximum(self.chances(weights), 1e-30))).sum()
        return float(0.5 * (self._penalties * (weights - self._prior) ** 2).sum() - told)

    def slope_and_curve(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chance = self.chances(weights)
        slope = self._rows.T @ (self._each * (chance - self._share))
        slope += self._penalties * (weights - self._prior)
        means = np.add.reduceat(self._rows * chance[:, None], self._starts)
        curve = (self._rows * (self._each * chance)[:, None]).T @ self._rows
        return slope, curve - (means * self._weight[:, None]).T @ means + np.diag(self._penalties)


def learn_order(asked: Sequence[Asked], prior: np.ndarray, penalty: float) -> np.ndarray:
    """Weights of OF_ROW that put gold first: damped Newton, weights at the wrong side of 0 held there."""
    choice = _Choice(asked, prior, penalty)
    weights, free = prior.copy(), np.ones(len(prior), np.bool_)
    for _ in range(STEPS_MAX):
        slope, curve = choice.slope_and_curve(weights)
        free |= SIGNS * -slope > 0
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        size, before = 1.0, choice.loss(weights)
        while True:
            moved = weights - size * step
            moved[SIGNS * moved < 0] = 0
            if choice.loss(moved) <= before or size < 1e-3:
                break
            size /= 2
        free &= ~((moved == 0) & (SIGNS != 0))
        change, weights = np.abs(moved - weights).max(), moved
        if change < 1e-3:
            break
    return weights


def learn_sureness(asked: Sequence[Asked], order: np.ndarray) -> tuple[float, float]:
    """The scale of the row weights, and the bias: logistic over all candidates of all questions.

    Sets whose labels are weak say nothing of how sure one can be, and are left out.
    """
    asked = [one for one in asked if one.set_name not in WEAK]
    scores = np.concatenate([scores_of(one, order) for one in asked])
    rows = np.column_stack([scores, np.ones(len(scores))])
    given = np.concatenate([one.features[:, QUESTION_AT] @ BY_HAND for one in asked])
    gold = np.concatenate([one.gold for one in asked]).astype(float)
    weights = np.array([1.0, -8.0])
    for _ in range(STEPS_MAX):
        chance = 1 / (1 + np.exp(-(rows @ weights + given)))
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows
        step = np.linalg.solve(curve, rows.T @ (chance - gold))
        weights = weights - step
        if np.abs(step).max() < 1e-6:
            break
    return float(weights[0]), float(weights[1])


def shares(asked: Sequence[Asked], order: np.ndarray, k: int) -> np.ndarray:
    """For each question with gold, the share of it among the first k by these weights."""
    found = []
    for one in asked:
        if one.gold_total:
            first = np.argsort(-scores_of(one, order), kind="stable")[:k]
            found.append(one.gold[first].sum() / one.gold_total)
    return np.array(found)


def report(asked: Sequence[Asked], prior: np.ndarray, penalty: float) -> None:
    """Print, for each set, shares at 5, 10 and 20 by hand, cross-validated, and with the set left out."""
    folds = [
        learn_order([one for one in asked if one.haystack % FOLDS != fold], prior, penalty)
        for fold in range(FOLDS)
    ]
    for name in dict.fromkeys(one.set_name for one in asked):
        own = [one for one in asked if one.set_name == name]
        left_out = learn_order([one for one in asked if one.set_name != name], prior, penalty)
        lines = {"by hand": [prior], "cross-validated": folds, "set left out": [left_out]}
        for label, orders in lines.items():
            figures = []
            for k in (5, 10, 20):
                values = np.concatenate(
                    [
                        shares(
                            [one for one in own if len(orders) == 1 or one.haystack % FOLDS == fold], order, k
                        )
                        for fold, order in enumerate(orders)
                    ]
                )
                figures.append(f"{values.mean():.3f} ± {1.96 * values.std() / np.sqrt(len(values)):.3f}")
            print(f"{name:12} {label:16} share@5/10/20  {'  '.join(figures)}  n {len(values)}")
    _report_sureness(asked, folds)


def _report_sureness(asked: Sequence[Asked], folds: Sequence[np.ndarray]) -> None:
    said, right = [], []
    for fold, order in enumerate(folds):
        scale, bias = learn_sureness([one for one in asked if one.haystack % FOLDS != fold], order)
        for one in asked:
            if one.haystack % FOLDS == fold and one.set_name not in WEAK:
                score = scores_of(one, order) * scale + one.features[:, QUESTION_AT] @ BY_HAND
                said.append(1 / (1 + np.exp(-(score + bias))))
                right.append(one.gold)
    said_all, right_all = np.concatenate(said), np.concatenate(right)
    for low, high in ((0.02, 0.1), (0.1, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        inside = (said_all >= low) & (said_all < high)
        if inside.any():
            print(f"said {said_all[inside].mean():.2f}  was {right_all[inside].mean():.2f}  n {inside.sum()}")


def toml_of(asked: Sequence[Asked], hand: dict[str, float], order: np.ndarray) -> str:
    """The data file: weights, those by hand, and what they were learnt from."""
    scale, bias = learn_sureness(asked, order)
    given = {name: weight * scale for name, weight in GIVEN.items()}
    weights = dict(zip(OF_ROW, order * scale, strict=True)) | OF_QUESTION | given
    counts = Counter(one.set_name for one in asked)
    lines = [
        "# The weights of recall's score: log-odds for each unit of a feature (recall/features.py).",
        "# Made by tools/learn_fusion.py from the sets below; the data itself is not part of this package.",
        'identity = "learnt-3"',
        f"bias = {bias:.4f}",
        f"penalty = {PENALTY}",
        "",
        "[questions]  # how many of each set it was learnt from",
        *(f"{name} = {count}" for name, count in counts.items()),
        "",
        "[weight]",
        *(f"{name} = {weights[name]:.4f}" for name in FEATURES),
        "",
        "[hand]  # the weights by hand that the learning was held to, before it scaled them",
        *(f"{name} = {hand[name]}" for name in OF_ROW),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Reads the files named on the command line; prints the report, and writes the weights with --write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--embedding-cache", type=Path, required=True, metavar="FILE")
    parser.add_argument("--penalty", type=float, default=PENALTY)
    parser.add_argument("--write", action="store_true", help="write weights.toml")
    given = parser.parse_args()
    inner = open_embedder("minilm")
    assert inner is not None
    asked = read_sets(given.paths, CachedEmbedder(inner, given.embedding_cache))
    raw = tomllib.loads(WEIGHTS.read_text("utf-8"))
    hand = raw.get("hand", raw["weight"])
    prior = np.array([hand[name] for name in OF_ROW])
    report(asked, prior, given.penalty)
    order = learn_order(asked, prior, given.penalty)
    text = toml_of(asked, hand, order)
    if given.write:
        WEIGHTS.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
