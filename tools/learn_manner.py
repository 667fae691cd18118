"""Learns how a text tells what is so now with its speaker: manner.tsv by its phrases and manner.npz by its
vector, both in src/remanence/recall/data.

Usage: tools/learn_manner.py bench/sayings_dev.txt bench/updates_dev.json EMBEDDING_CACHE. Never
bench/updates: its dialogues are what is scored.

Each saying of the first is learnt as one text with values of its own, each message of the second that states
a value: a logistic score of the phrases (recall/manner.py) that stand in several blocks or dialogues, and a
network of one hidden layer over the default embedder's vectors (recall/manner_shown.py). How well the two
kinds are told apart is printed as AUROC, by five folds over blocks and dialogues.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools")]

import updates  # noqa: E402  # bench is no package
from cached_embedder import CachedEmbedder  # noqa: E402
from compose_dialogues import blocks_of, said  # noqa: E402
from remanence.embedding.open import open_embedder  # noqa: E402
from remanence.recall.analyser import words  # noqa: E402
from remanence.recall.manner import WORDS_MAX, phrases_of  # noqa: E402
from remanence.recall.manner_shown import Network  # noqa: E402

DATA = ROOT / "src" / "remanence" / "recall" / "data"
WEIGHTS, NETWORK = DATA / "manner.tsv", DATA / "manner.npz"
FOLDS = 5
FILLED = 2  # times each saying is learnt, with other values
GROUPS_MIN = 3  # blocks or dialogues that a phrase stands in: what stands in fewer names a thing, no manner
INVERSE_PENALTY = 0.3
WEIGHT_MIN = 0.02  # log-odds: less is left out
UNITS, ROUNDS, PENALTY = 32, 20, 1.5
NETWORKS = 2  # learnt from different beginnings, and laid side by side
SPREAD_MIN = 0.2  # of the mean spread of a vector's numbers


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text, what it belongs to, and whether it tells what is so now with its speaker."""

    group: str
    text: str
    holds: bool
    weight: float


def group_of(dialogue: str) -> str:
    """What is held out together: a dialogue, or all that are composed of one block's sayings.

    >>> group_of("city/3"), group_of("party")
    ('city', 'dialogue party')
    """
    block, composed, _ = dialogue.partition("/")
    return block if composed else f"dialogue {dialogue}"


def fold_of(group: str) -> int:
    """Alike in all tools."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS


def sentences_of_blocks(path: Path) -> Iterator[Sentence]:
    """The sayings that tell a value or look like it."""
    chance = random.Random(1)
    for block in blocks_of(path):
        for kind in "=+^-":
            for saying in block.sayings[kind]:
                for _ in range(FILLED):
                    text = said(saying, *chance.sample(block.values, 2))
                    yield Sentence(block.name, text, kind != "-", 1 / FILLED)


def sentences_of_dialogues(path: Path) -> Iterator[Sentence]:
    """The messages that state a value that was asked for or another one."""
    for dialogue in updates.dialogues(path):
        asked = dialogue.questions
        expected = [value for one in asked for value in one.expect]
        values = {spelling for value in (*expected, *(one.wrong for one in asked)) for spelling in value}
        for message in dialogue.messages:
            text = message.chat["content"]
            spoken = message.chat["role"] == "user" and "?" not in text
            if spoken and updates.states(text, values):
                holds = any(_tells(message, text, one) for one in asked)
                yield Sentence(group_of(dialogue.name), text, holds, 1.0)


def _tells(message: updates.Message, text: str, question: updates.Question) -> bool:
    stated = [value for value in question.expect if updates.states(text, value)]
    unmixed = not updates.states(text, question.wrong)
    return any(unmixed or message.tells.intersection(value) for value in stated)


def learn(sentences: Sequence[Sentence]) -> dict[str, float]:
    """The weight of each phrase, and of the empty one that every text has."""
    phrases = [set(phrases_of(words(one.text)[:WORDS_MAX])) for one in sentences]
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for one, found in zip(sentences, phrases, strict=True):
        for phrase in found:
            groups[phrase].add(one.group)
    rows = [{phrase: 1 for phrase in found if len(groups[phrase]) >= GROUPS_MIN} for found in phrases]
    table = DictVectorizer(dtype=np.float32)
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=500).fit(
        table.fit_transform(rows), [one.holds for one in sentences], [one.weight for one in sentences]
    )
    weights = zip(table.get_feature_names_out(), model.coef_[0].tolist(), strict=True)
    kept = {phrase: weight for phrase, weight in weights if abs(weight) >= WEIGHT_MIN}
    return {"": float(model.intercept_[0]), **kept}


def learn_network(sentences: Sequence[Sentence], embedder: CachedEmbedder) -> Network:
    """The network over the sentences' vectors."""
    vectors = vectors_of(sentences, embedder)
    middle, spread = vectors.mean(axis=0), vectors.std(axis=0)
    spread = np.maximum(spread, SPREAD_MIN * spread.mean())
    parts = [
        MLPClassifier((UNITS,), alpha=PENALTY, max_iter=ROUNDS, batch_size=128, random_state=seed).fit(
            (vectors - middle) / spread, [one.holds for one in sentences]
        )
        for seed in range(NETWORKS)
    ]
    inner = np.concatenate([part.coefs_[0] for part in parts], axis=1) / spread[:, None]
    bias = np.concatenate([part.intercepts_[0] for part in parts]) - middle @ inner
    return Network(
        embedder=str(embedder.identity),
        inner=inner.astype(np.float32),
        inner_bias=bias.astype(np.float32),
        outer=np.concatenate([part.coefs_[1][:, 0] for part in parts]).astype(np.float32) / NETWORKS,
        outer_bias=np.float32(np.mean([part.intercepts_[1][0] for part in parts])),
    )


def vectors_of(sentences: Sequence[Sentence], embedder: CachedEmbedder) -> np.ndarray:
    """A unit vector of each: they are short, and of one span."""
    return embedder.passages([one.text for one in sentences]).vectors


def report(sentences: Sequence[Sentence], embedder: CachedEmbedder) -> None:
    """Print how well held-out sentences are told apart."""
    scores = np.zeros((2, len(sentences)))
    vectors = vectors_of(sentences, embedder)
    folds = np.array([fold_of(one.group) for one in sentences])
    for fold in range(FOLDS):
        others = [one for one, of in zip(sentences, folds, strict=True) if of != fold]
        weights, own = learn(others), np.flatnonzero(folds == fold)
        for at in own:
            phrases = set(phrases_of(words(sentences[at].text)))
            scores[0, at] = sum(weights.get(phrase, 0.0) for phrase in phrases)
        scores[1, own] = learn_network(others, embedder).log_odds(vectors[own])
    for name, chosen in (("sayings", False), ("dialogues", True)):
        of = [at for at, one in enumerate(sentences) if one.group.startswith("dialogue ") is chosen]
        holds = [sentences[at].holds for at in of]
        by = [f"{roc_auc_score(holds, score[of]):.3f}" for score in (*scores, scores.sum(axis=0))]
        print(f"{name}: AUROC by phrases {by[0]}, by vector {by[1]}, by both {by[2]}  n {len(of)}")


def main() -> None:
    """Reads the command line, prints the report and writes the weights."""
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    inner = open_embedder("minilm")
    assert inner is not None
    embedder = CachedEmbedder(inner, Path(sys.argv[3]))
    sentences = [*sentences_of_blocks(Path(sys.argv[1])), *sentences_of_dialogues(Path(sys.argv[2]))]
    report(sentences, embedder)
    rows = sorted(learn(sentences).items())
    head = (
        "# Phrases by which a text tells what is so now with its speaker (recall/manner.py), in log-odds.\n"
    )
    head += f"# Made by tools/learn_manner.py of {len(sentences)} sentences of our own.\n"
    WEIGHTS.write_text(head + "".join(f"{phrase}\t{weight:.2f}\n" for phrase, weight in rows), "utf-8")
    network = learn_network(sentences, embedder)
    np.savez_compressed(
        NETWORK,
        embedder=np.array(network.embedder),
        inner=network.inner.astype(np.float16),
        inner_bias=network.inner_bias,
        outer=network.outer,
        outer_bias=network.outer_bias,
    )


if __name__ == "__main__":
    main()
