"""Learns the weights of "does anything here answer?": writes src/remanence/recall/data/answered.toml.

Usage: tools/learn_answered.py --embedding-cache FILE [--write] PATH... where each file is named SET-*.json*,
read and asked as bench/abstention.py does. Logistic over all questions, held to weights by hand by an L2
penalty; each set counts alike, and in it questions with an answer as much as those without. Signs are fixed:
what can only help never counts against an answer. Printed for each set: AUROC, and precision and recall of
"nothing answers" at one half, with the set among those that were learnt from and with it left out.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

import memfail  # noqa: E402  # bench is no package
from abstention import Asked, ask_all  # noqa: E402
from cached_embedder import CachedEmbedder  # noqa: E402
from evidence import auroc  # noqa: E402
from remanence.embedding.open import open_embedder  # noqa: E402
from remanence.recall.answering import SIGNS  # noqa: E402

WEIGHTS = ROOT / "src" / "remanence" / "recall" / "data" / "answered.toml"
HAND = {"best": 0.3, "nearest": 5.0, "lead": 0.7, "elsewhere": -2.0, "absent": -1.0}
DIRECTION = np.array([1.0, 1.0, 1.0, -1.0, -1.0])  # of SIGNS
PENALTY = 10.0  # in questions: what so many of them say against a weight by hand moves it half the way
STEPS_MAX = 50
COUNTED_MAX = 100  # questions of one kind and set, beyond which more of them say no more


def shares(asked: Sequence[Asked]) -> np.ndarray:
    """How much each question counts; they sum to their number."""
    counts = Counter((one.set_name, one.sort) for one in asked)
    kinds = Counter(name for name, sort in counts if sort != "answerable")
    raw = np.array(
        [
            min(counts[one.set_name, one.sort], COUNTED_MAX)
            / counts[one.set_name, one.sort]
            / (1 if one.sort == "answerable" else kinds[one.set_name])
            for one in asked
        ]
    )
    return raw * len(asked) / raw.sum()


def learn(asked: Sequence[Asked]) -> np.ndarray:
    """Weights of SIGNS and the bias: damped Newton on the penalised logistic loss."""
    rows = np.array([(*one.signs, 1.0) for one in asked])
    right = np.array([one.sort == "answerable" for one in asked], float)
    counted = shares(asked)
    spread = np.append(rows[:, :-1].var(axis=0), 0.0)
    prior = np.append([HAND[sign] for sign in SIGNS], 0.0)
    weights = prior.copy()
    for _ in range(STEPS_MAX):
        chance = 1 / (1 + np.exp(-(rows @ weights)))
        slope = rows.T @ (counted * (chance - right)) + PENALTY * spread * (weights - prior)
        curve = (rows * (counted * chance * (1 - chance))[:, None]).T @ rows + np.diag(PENALTY * spread)
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(weights)), slope)
        weights = weights - step
        weights[:-1] = np.where(weights[:-1] * DIRECTION < 0, 0.0, weights[:-1])
        if np.abs(step).max() < 1e-6:
            break
    return weights


def report(asked: Sequence[Asked], label: str, name: str, weights: np.ndarray) -> None:
    """Print how well these weights tell a set's questions apart."""
    own = [one for one in asked if one.set_name == name]
    for sort in ("trap", "stranger"):
        wrong = [one for one in own if one.sort == sort]
        right = [
            one
            for one in own
            if one.sort == "answerable"
            and (name != "memfail" or sort != "trap" or one.group == memfail.KNOWN)
        ]
        if not wrong or not right:
            continue
        yes, no = (np.array([(*one.signs, 1.0) for one in kind]) @ weights for kind in (right, wrong))
        silent, wrongly = int((no < 0).sum()), int((yes < 0).sum())
        print(
            f"{name:12} {sort:9} {label:9} AUROC {auroc(yes.tolist(), no.tolist()):.3f}  "
            f"precision {silent / max(1, silent + wrongly):.2f}  recall {silent / len(no):.2f}  "
            f"wrongly silent {wrongly / len(yes):.2f}  n {len(yes)} + {len(no)}"
        )


def toml_of(asked: Sequence[Asked], weights: np.ndarray) -> str:
    """The data file: weights, and what they were learnt from."""
    counts = Counter((one.set_name, one.sort) for one in asked)
    lines = [
        "# The weights of `answered`: log-odds for each unit of a sign (recall/answering.py).",
        "# Made by tools/learn_answered.py from the sets below; the data itself is not part of this package.",
        'identity = "answered-1"',
        f"bias = {weights[-1]:.4f}",
        "",
        "[questions]  # how many of each set and sort it was learnt from",
        *(f'"{name} {sort}" = {count}' for (name, sort), count in sorted(counts.items())),
        "",
        "[weight]",
        *(f"{sign} = {weight:.4f}" for sign, weight in zip(SIGNS, weights[:-1], strict=True)),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Reads the files named on the command line; prints the report, and writes the weights with --write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--embedding-cache", type=Path, required=True, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write answered.toml")
    given = parser.parse_args()
    inner = open_embedder("minilm")
    assert inner is not None
    asked = list(ask_all(given.paths, CachedEmbedder(inner, given.embedding_cache)))
    weights = learn(asked)
    for name in dict.fromkeys(one.set_name for one in asked):
        report(asked, "learnt", name, weights)
        report(asked, "left out", name, learn([one for one in asked if one.set_name != name]))
    text = toml_of(asked, weights)
    if given.write:
        WEIGHTS.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
