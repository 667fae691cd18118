"""Learns how a text tells what is so now with its speaker: by its phrases,
src/remanence/recall/data/manner.tsv, and as the default embedder reads it,
src/remanence/embedding/data/manner.npz.

Usage: tools/learn_manner.py bench/sayings bench/updates_dev.json [--write]. Never bench/updates: its
dialogues are what is scored.

Each saying of the first folder is learnt as one text with values of its own, each message of the second
that states a value: a logistic score of the phrases (recall/manner.py) that stand in several blocks or
dialogues, and a small network over the embedder's pieces (embedding/manner.py, tools/manner_network.py).
How well the two kinds are told apart is printed as AUROC for each writer, by what is learnt from the
others; the first writer's, of whom the dialogues are too, by five folds over blocks and dialogues.
"""

from __future__ import annotations

import argparse
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

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools")]

import manner_network  # noqa: E402
import updates  # noqa: E402  # bench is no package
from compose_dialogues import blocks_of, said  # noqa: E402
from remanence.embedding.manner import Network  # noqa: E402
from remanence.recall.analyser import words  # noqa: E402
from remanence.recall.manner import WORDS_MAX, phrases_of  # noqa: E402

WEIGHTS = ROOT / "src" / "remanence" / "recall" / "data" / "manner.tsv"
NETWORK = ROOT / "src" / "remanence" / "embedding" / "data" / "manner.npz"
FIRST = "first"  # the writer of bench/sayings/first.txt and of the dialogues
FOLDS = 3  # of that writer's; each other writer is one
FILLED = 2  # times each saying is learnt, with other values
GROUPS_MIN = 3  # blocks or dialogues that a phrase stands in: what stands in fewer names a thing, no manner
INVERSE_PENALTY = 0.3
WEIGHT_MIN = 0.02  # log-odds: less is left out


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text, what it belongs to, and whether it tells what is so now with its speaker."""

    group: str
    text: str
    holds: bool
    weight: float


def group_of(dialogue: str) -> str:
    """What is held out together: a dialogue, or all that are composed of one block's sayings.

    >>> group_of("work: city/3"), group_of("party")
    ('work: city', 'first: dialogue party')
    """
    block, composed, _ = dialogue.partition("/")
    return block if composed else f"{FIRST}: dialogue {dialogue}"


def fold_of(group: str) -> str:
    """Alike in all tools: the writer; of the first one, one of FOLDS parts.

    >>> fold_of("work: city")
    'work'
    """
    writer = group.partition(": ")[0]
    part = int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS
    return f"{FIRST} {part}" if writer == FIRST else writer


def sentences_of_blocks(folder: Path) -> Iterator[Sentence]:
    """The sayings that tell a value or look like it."""
    chance = random.Random(1)
    for block in blocks_of(folder):
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


def learn_network(sentences: Sequence[Sentence], pieces: manner_network.Pieces) -> Network:
    """The network over the sentences' pieces."""
    held = pieces.of([one.text for one in sentences])
    return manner_network.fitted(held, [one.holds for one in sentences], [one.weight for one in sentences])


def report(sentences: Sequence[Sentence], pieces: manner_network.Pieces) -> None:
    """Print how well held-out sentences are told apart."""
    scores = np.zeros((2, len(sentences)))
    folds = np.array([fold_of(one.group) for one in sentences])
    for fold in sorted(set(folds.tolist())):
        others = [one for one, of in zip(sentences, folds, strict=True) if of != fold]
        weights, own = learn(others), np.flatnonzero(folds == fold)
        for at in own:
            phrases = set(phrases_of(words(sentences[at].text)))
            scores[0, at] = sum(weights.get(phrase, 0.0) for phrase in phrases)
        held = pieces.of([sentences[at].text for at in own])
        scores[1, own] = manner_network.log_odds(learn_network(others, pieces), held)
    for name in sorted({_writer_of(one) for one in sentences}):
        of = [at for at, one in enumerate(sentences) if _writer_of(one) == name]
        holds = [sentences[at].holds for at in of]
        by = [f"{roc_auc_score(holds, score[of]):.3f}" for score in (*scores, scores.sum(axis=0))]
        print(f"{name}: AUROC by phrases {by[0]}, by the embedder {by[1]}, by both {by[2]}  n {len(of)}")


def _writer_of(one: Sentence) -> str:
    writer, _, group = one.group.partition(": ")
    return f"{writer}, dialogues" if group.startswith("dialogue ") else writer


def main() -> None:
    """Reads the command line, prints the report and writes the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sayings", type=Path, metavar="FOLDER")
    parser.add_argument("dialogues", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write both files")
    given = parser.parse_args()
    sentences = [*sentences_of_blocks(given.sayings), *sentences_of_dialogues(given.dialogues)]
    pieces = manner_network.Pieces()
    report(sentences, pieces)
    if not given.write:
        return
    rows = sorted(learn(sentences).items())
    head = (
        "# Phrases by which a text tells what is so now with its speaker (recall/manner.py), in log-odds.\n"
    )
    head += f"# Made by tools/learn_manner.py of {len(sentences)} sentences of our own.\n"
    WEIGHTS.write_text(head + "".join(f"{phrase}\t{weight:.2f}\n" for phrase, weight in rows), "utf-8")
    network = learn_network(sentences, pieces)
    np.savez_compressed(NETWORK, **{name: getattr(network, name) for name in Network.__slots__})


if __name__ == "__main__":
    main()
