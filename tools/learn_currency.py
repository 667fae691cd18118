"""Learns which statement tells how things stand now: src/remanence/recall/data/currency.toml.

Usage: tools/learn_currency.py --embedding-cache FILE [--write] --sayings bench/sayings PATH... where each
PATH holds dialogues in the form of bench/updates: bench/updates_dev.json, and what
tools/compose_dialogues.py makes of bench/sayings (1 of each block, seed 1); or is named SET-*.json* and
read by bench/SET.py, so that it is learnt where nothing has changed. Never bench/updates: its dialogues
are what is scored.

Of each question the first hits are recorded, in place of any change to their order, which of them are
right, which speak of a value that its dialogue asks for or names as wrong, and which of these tell one
that is right at some time. The weights are fitted to the choice among them (tools/choosing.py). Dialogues
are told one to a cube, and several together, where the others' talk stands between. The manner of each
text is judged by what was learnt from other writers (of the first writer's, from other blocks and
dialogues): else it would be trusted too much. Printed for each set: the first hit right without the rule
and with it, by how sure the rule must be, each writer held out; the first writer's dialogues and the
other sets' questions are cross-validated.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools")]

import choosing  # noqa: E402
import learn_manner  # noqa: E402
import manner_network  # noqa: E402
import remanence  # noqa: E402
import updates  # noqa: E402  # bench is no package
from cached_embedder import CachedEmbedder  # noqa: E402
from evidence import ZONE, BenchClock, filled_cube, say  # noqa: E402
from learn_manner import fold_of, group_of  # noqa: E402
from measure_currency import counts  # noqa: E402
from remanence.cube import Cube  # noqa: E402
from remanence.embedding.manner import Network  # noqa: E402
from remanence.embedding.open import open_embedder  # noqa: E402
from remanence.embedding.port import Embedder  # noqa: E402
from remanence.model.hit import Hit  # noqa: E402
from remanence.recall import currency, manner  # noqa: E402
from remanence.recall.analyser import MANNER_UNIT, words  # noqa: E402
from remanence.recall.question import Question  # noqa: E402
from remanence.recall.successors import (  # noqa: E402
    FEATURES,
    JUDGED,
    Said,
    Succession,
    chosen_of,
    succession,
)

WEIGHTS = ROOT / "src" / "remanence" / "recall" / "data" / "currency.toml"
DIALOGUES = "updates_dev.json"
SETS = frozenset({"beam100k", "factcon", "memfail", "realmem", "vehicle"})
ALONE = "dialogues by 1"  # each of them in a cube of its own
FURTHER_WEIGHT = 0.5  # of a question of dialogues that are told together, or composed
STAYS_WEIGHT = 2.0  # times it, where nothing has changed
TOLD_TOGETHER = {
    True: (1, 20),
    False: (1, 30),
}  # dialogues in one cube; composed ones have other talk in them, and 30 of them 300 messages
TRIED = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)  # how sure the rule must be


@dataclass(slots=True)
class Asked:
    """A question and its first hits: their texts as shown had they risen, which are right, which speak of a
    value of the dialogue, which tell what it asks for at any time, and what the choice is made among."""

    set_name: str
    kind: str
    group: str
    dialogue: str
    texts: list[str]
    right: np.ndarray
    speaks: np.ndarray
    said: Said
    question: Question
    odds: np.ndarray
    tells: np.ndarray
    among: Succession


class Recorder:
    """Stands in for the choice among successors: notes what there is to choose from and leaves the order."""

    def __init__(self) -> None:
        self.seen: tuple[Said, Question, np.ndarray] | None = None
        currency.succession = self  # type: ignore[assignment]  # what a recall would do is what is recorded

    def __call__(self, said: Said, question: Question, vector: np.ndarray, odds: np.ndarray) -> Succession:
        """As `succession`, with the first alone to choose, twice: so nothing else is tried either."""
        self.seen = said, question, odds
        nothing = np.zeros((2, len(FEATURES)), np.float32)
        return Succession(np.zeros(2, np.int64), nothing, np.triu(np.ones((2, 2), np.bool_), 1))


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


def asked_of(path: Path, count: int, embedder: Embedder, recorder: Recorder) -> Iterator[Asked]:
    """The questions of a file's dialogues, so many dialogues told to each cube."""
    clock, known = BenchClock(), list(updates.dialogues(path))
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(known), count):
            group = known[start : start + count]
            cube_path = Path(folder) / f"{start}.cube"
            with remanence.open(cube_path, embedder=embedder, time_zone=ZONE, clock=clock) as cube:
                told = updates.Told(cube, clock, told_together(group))
                for dialogue in group:
                    for question in dialogue.questions:
                        if question.kind != "plural":
                            yield from recorded(cube, told, dialogue, question, recorder, count)
            cube_path.unlink()
            say(f"{path.stem} by {count}: {start + len(group)}")


def recorded(
    cube: Cube,
    told: updates.Told,
    dialogue: updates.Dialogue,
    question: updates.Question,
    recorder: Recorder,
    count: int,
) -> Iterator[Asked]:
    """The question with what a recall saw, if there was anything to choose."""
    recorder.seen = None
    hits = told.hits(question)
    if recorder.seen is None:
        return
    said, read, odds = recorder.seen
    shown = [as_told(cube, hit) for hit in hits[: len(odds)]]
    if len(shown) < len(odds):
        return
    assert read.vector is not None
    group = group_of(dialogue.name)
    values = {
        spelling for one in dialogue.questions for value in (*one.expect, one.wrong) for spelling in value
    }
    yield Asked(
        set_name=f"{_told_of(group)} by {count}",
        kind=question.kind,
        group=group,
        dialogue=dialogue.name,
        texts=[hit.item.content for hit in shown],
        right=np.array([told.is_right(hit, question) for hit in shown], np.bool_),
        speaks=np.array([updates.states(hit.item.content, values) for hit in shown], np.bool_),
        said=said,
        question=read,
        odds=odds,
        tells=np.zeros(0, np.bool_),
        among=succession(said, read, read.vector, odds),
    )


def _told_of(group: str) -> str:
    writer, _, thing = group.partition(": ")
    return "dialogues" if thing.startswith("dialogue ") else writer


def asked_of_set(path: Path, embedder: Embedder, recorder: Recorder) -> Iterator[Asked]:
    """The questions of another development set."""
    name = path.name.partition("-")[0]
    for haystack in importlib.import_module(name).haystacks(path):
        with filled_cube(haystack, embedder) as filled:
            for question in haystack.questions:
                if not counts(name, question):
                    continue
                cube, recorder.seen = filled.at(question), None
                hits = cube.recall(question.text, k=currency.LOOKED_AT, asker=question.asker)
                if recorder.seen is None or len(hits) < len(recorder.seen[2]):
                    continue
                said, read, odds = recorder.seen
                assert read.vector is not None
                shown = [as_told(cube, hit) for hit in hits[: len(odds)]]
                gold = [not question.gold.isdisjoint(filled.messages_of(hit.item)) for hit in shown]
                right = np.array(gold, np.bool_)
                among = succession(said, read, read.vector, odds)
                texts = [hit.item.content for hit in shown]
                yield Asked(
                    name,
                    name,
                    f"{learn_manner.FIRST}: {question.text}",
                    name,
                    texts,
                    right,
                    right,
                    said,
                    read,
                    odds,
                    right,
                    among,
                )
        say(f"{name} {haystack.name}")


def mark_what_tells(asked: Sequence[Asked]) -> None:
    """A text tells a value if it is right for any question of its dialogue, at any time."""
    telling: defaultdict[str, set[str]] = defaultdict(set)
    for one in asked:
        telling[one.dialogue].update(text for text, right in zip(one.texts, one.right, strict=True) if right)
    for one in asked:
        one.tells = np.array([text in telling[one.dialogue] for text in one.texts], np.bool_)
        one.speaks |= one.tells


def judge(
    asked: Sequence[Asked], weights: dict[str, float], network: Network, pieces: manner_network.Pieces
) -> None:
    """Give the texts the manner that such weights of phrases, and such a network, give them."""
    shipped = manner.phrase_weights
    manner.phrase_weights = lambda: weights  # type: ignore[assignment]
    try:
        for one in asked:
            levels = np.array([manner.manner_of(words(text)) for text in one.texts], np.int64)
            flags = one.said.flags % MANNER_UNIT + levels * MANNER_UNIT
            shown = manner_network.log_odds(network, pieces.of(one.texts))
            one.said = dataclasses.replace(one.said, flags=flags, shown=shown)
            assert one.question.vector is not None
            one.among = succession(one.said, one.question, one.question.vector, one.odds)
    finally:
        manner.phrase_weights = shipped


def learn(asked: Sequence[Asked]) -> np.ndarray:
    """The weights of FEATURES for each of JUDGED."""
    return choosing.fitted([choice_of(one) for one in asked if len(one.among.rows) > 1])


def choice_of(one: Asked) -> choosing.Choice:
    """What there was to choose, and how much it counts."""
    rows = one.among.rows
    weight = 1.0 if one.set_name in {ALONE, *SETS} else FURTHER_WEIGHT
    weight *= STAYS_WEIGHT if one.kind == "stays" else 1.0
    return choosing.Choice(one.among, one.right[rows], one.speaks[rows], one.tells[rows], weight)


def judge_apart(asked: Sequence[Asked], sentences: Sequence[learn_manner.Sentence]) -> None:
    """Give each text the manner that is learnt from the other folds, and those of the other sets from all."""
    pieces = manner_network.Pieces()
    for fold in sorted({fold_of(one.group) for one in asked if one.kind != one.set_name}):
        others = [one for one in sentences if fold_of(one.group) != fold]
        network = learn_manner.learn_network(others, pieces)
        own = [one for one in asked if fold_of(one.group) == fold and one.kind != one.set_name]
        judge(own, learn_manner.learn(others), network, pieces)
    network = learn_manner.learn_network(sentences, pieces)
    judge([one for one in asked if one.kind == one.set_name], learn_manner.learn(sentences), network, pieces)


def report(asked: Sequence[Asked]) -> None:
    """Print the first right without the rule, and with it by how sure it must be."""
    folds = [fold_of(one.group) for one in asked]
    orders = {
        fold: learn([one for one, of in zip(asked, folds, strict=True) if of != fold])
        for fold in sorted(set(folds))
    }
    found: defaultdict[tuple[str, str], list[list[bool]]] = defaultdict(list)
    for one, fold in zip(asked, folds, strict=True):
        chosen = [int(one.among.rows[chosen_of(one.among, orders[fold], sure=sure)]) for sure in TRIED]
        found[one.set_name, one.kind].append([bool(one.right[place]) for place in (0, *chosen)])
    print(f"{'':10} {'':8} before, then when sure by {TRIED}")
    for (name, kind), figures in sorted(found.items()):
        shares = "  ".join(f"{share:.3f}" for share in np.mean(figures, axis=0))
        print(f"{name:10} {kind:8} {shares}  n {len(figures)}")


def toml_of(asked: Sequence[Asked]) -> str:
    """The data file: the weights, and what they were learnt from."""
    counted = sorted(Counter(one.set_name for one in asked if len(one.among.rows) > 1).items())
    tables = zip(JUDGED, learn(asked).T, strict=True)
    return "\n".join(
        [
            "# The weights by which a later statement comes before an earlier one (recall/successors.py).",
            "# Made by tools/learn_currency.py from the sets below; the data itself does not ship.",
            "",
            "[questions]  # how many of each set had a choice",
            *(f'"{name}" = {count}' for name, count in counted),
            "",
            *(line for name, column in tables for line in table_of(name, column)),
        ]
    )


def table_of(name: str, weights: np.ndarray) -> list[str]:
    """The lines of one judgement."""
    lines = [f'"{feature}" = {weight:.4f}' for feature, weight in zip(FEATURES, weights, strict=True)]
    return [f"[{name}]", *lines, ""]


def main() -> None:
    """Reads the files named on the command line; prints the report, and writes the weights with --write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--sayings", type=Path, required=True, metavar="FILE")
    parser.add_argument("--embedding-cache", type=Path, required=True, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write currency.toml")
    given = parser.parse_args()
    if any(path.resolve().is_relative_to(updates.SHIPPED.resolve()) for path in given.paths):
        parser.error(f"{updates.SHIPPED}: what is scored is not learnt from")
    inner = open_embedder("minilm")
    assert inner is not None
    embedder, recorder = CachedEmbedder(inner, given.embedding_cache, judging=False), Recorder()
    asked: list[Asked] = []
    sentences = list(learn_manner.sentences_of_blocks(given.sayings))
    for path in given.paths:
        if path.name.partition("-")[0] in SETS:
            asked += asked_of_set(path, embedder, recorder)
            continue
        for count in TOLD_TOGETHER[path.name == DIALOGUES]:
            asked += asked_of(path, count, embedder, recorder)
        own = learn_manner.sentences_of_dialogues(path)
        sentences += [one for one in own if _told_of(one.group) == "dialogues"]
    mark_what_tells([one for one in asked if one.kind != one.set_name])
    judge_apart(asked, sentences)
    report(asked)
    text = toml_of(asked)
    if given.write:
        WEIGHTS.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
