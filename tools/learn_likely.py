"""Learns the weights by which sentences are classed that no rule reads: learnt/weights.tsv beside the rules.

Usage: tools/learn_likely.py [--write]. It learns from sentences written for the rules and never scored: the
files in bench/reader/development, the judged sentences in tests/reader/rules, and the tables' own examples.
One logistic regression a class, over the features of `remanence.reader.rules.likely`. Printed first: how well
the classes of each writer's sentences are told by what is learnt without that writer, of the weighing alone,
without the rules. Beside the weights it writes learnt/doubted.tsv: the rules that were too often wrong in
what writers wrote whom the rules had not seen; how often each was right, of how many times.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from marked import read_marked  # noqa: E402  # bench is no package
from reader import read_utterances  # noqa: E402
from remanence.model.kind import Kind  # noqa: E402
from remanence.reader.rules.derived import CORRECTION, Derived  # noqa: E402
from remanence.reader.rules.language import load_language  # noqa: E402
from remanence.reader.rules.likely import (  # noqa: E402
    BIAS,
    CLASSES,
    LIKELY_MIN,
    features,
    likeliest,
    likelihoods,
    sum_of,
)
from remanence.reader.rules.packed import packed  # noqa: E402
from remanence.reader.rules.sentences import Earlier, plainly, sentences  # noqa: E402
from remanence.reader.rules.statements import heard, read_by_rules  # noqa: E402

TABLES = ROOT / "src" / "remanence" / "reader" / "rules" / "en"
LEARNT = TABLES / "learnt"
WRITTEN = ROOT / "bench" / "reader" / "development"  # a file holds what one writer might write
RULES = "rules"  # the writer of what was written with the rules, which is never scored
JUDGED = ROOT / "tests" / "reader" / "rules"
SEEN_MIN = 2  # sentences that a feature must stand in
STRENGTH = 1.0  # the inverse of the penalty
FOLDS = 5
STEPS_MAX = 500
WEIGHS_MIN = 5  # hundredths; what weighs less for every class is left out
EVENT, TELL_EVENTS = (
    "event",
    frozenset({RULES, "first", "happened", "choosing", "telling_apart"}),
)  # whose events are marked
SEEN_BY_RULES = frozenset(  # the rules were written with these in sight
    {RULES, "first", "likings", "phone", "desk", "elders", "whole", "aloud", "lookalikes"}
)
RIGHT_MIN = 0.5  # of what a rule read; one that is wrong more often than right, and at least
WRONG_MIN = 3  # so many times, is doubted
JUDGED_KINDS = {
    Kind.FACT: "fact",
    Kind.PREFERENCE: "preference",
    Kind.GOAL: "plan",
    Kind.DECISION: "decision",
}
INTENTIONS = frozenset({"plan", "commitment", "decision"})  # of which one for another is no false claim
LIKED = ("likes", "prefers", "favourite", "own new favourite")  # attributes of preferences


class Sample(NamedTuple):
    """A sentence, the turn that it answers, its classes, and who wrote it."""

    before: str | None
    text: str
    classes: frozenset[str]
    writer: str = RULES

    @property
    def earlier(self) -> Earlier | None:
        """That turn as it is weighed."""
        return None if self.before is None else Earlier(self.before)


def samples() -> list[Sample]:
    """All of them, each text once."""
    every = [
        *_judged(),
        *_examples(),
        *(one for path in sorted(WRITTEN.glob("*.txt")) for one in _marked(path)),
    ]
    return list({(one.before, one.text): one for one in every}.values())


def _marked(path: Path) -> Iterator[Sample]:
    for record in read_marked(path):
        text = record["text"]
        spans = [
            (text.find(one["quote"]), text.find(one["quote"]) + len(one["quote"]), one["class"])
            for one in record["labels"]
        ]
        for start, sentence in sentences(plainly(text)):
            end = start + len(sentence)
            held = {name for begin, stop, name in spans if begin < end and start < stop}
            yield Sample(record["before"] if start == 0 else None, sentence, frozenset(held), path.stem)


def _judged() -> Iterator[Sample]:
    for name in ("broad", "broad_too"):
        for text, *labels in _table(name)["said"]:
            yield _sample(None, text, {part.split()[0] for label in labels for part in label.split("|")})
    notes, acts, changes = _table("notes"), _table("acts"), _table("changes")
    for before, text, *classes in notes["said"]:
        yield _sample(before, text, set(classes))
    for before, text in acts["correction"]:
        yield _sample(before, text, {"correction"})
    for before, text in [*notes["nothing"], *acts["nothing"]]:
        yield _sample(before, text, set())
    for text, *labels in _table("labelled")["said"]:
        yield _sample(None, text, set(map(_class_of, labels)))
    for before, text, *labels in changes["told"]:
        yield _sample(before, text, set(map(_class_of, labels)))
    for text in changes["silent"]:
        yield _sample(None, text, set())


def _examples() -> Iterator[Sample]:
    """What the tables' own examples are; what they say is none, where no rule reads it otherwise."""
    for path in [*TABLES.glob("*.toml"), *(TABLES / "grammar").glob("*.toml")]:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for one in (each for name in ("rule", "predicate", "idiom", "note") for each in table.get(name, ())):
            kind = "commitment" if "commitment" in one.get("tags", ()) else one["kind"]
            for text, _ in one.get("examples", ()):
                yield _sample(None, text, {kind})
            for text in one.get("not", ()):
                if not read_by_rules(heard(text), "Noor", load_language(), role="user", before=None):
                    yield _sample(None, text, set())


def _sample(before: str | None, text: str, classes: set[str]) -> Sample:
    named = frozenset("plan" if one == "goal" else one for one in classes)
    return Sample(before or None, plainly(text), named)


def _class_of(label: str) -> str:
    return "preference" if label.startswith(LIKED) else "fact"


def _table(name: str) -> dict:
    return tomllib.loads((JUDGED / f"{name}.toml").read_text(encoding="utf-8"))


def learnt(rows: Sequence[Sample]) -> dict[str, tuple[int, ...]]:
    """The weights of each feature that is seen often enough, in hundredths."""
    cells = table_of([features(one.text, one.earlier) for one in rows], seen_min=SEEN_MIN)
    columns = []
    for name in CLASSES:
        told = np.array([name in one.classes for one in rows])
        heed = np.array([1.0 if name != EVENT or one.writer in TELL_EVENTS else 0.0 for one in rows])
        columns.append(cells.weights(told, heed, strength=STRENGTH))
    rows_of = zip(cells.names, zip(*columns, strict=True), strict=True)
    return {name: row for name, row in rows_of if name == BIAS or max(map(abs, row)) >= WEIGHS_MIN}


class Table(NamedTuple):
    """Which of the features each sentence has: a row a sentence, a column a feature."""

    names: list[str]  # of the columns, and of the constant
    matrix: csr_matrix

    def weights(self, told: np.ndarray, heed: np.ndarray, *, strength: float) -> list[int]:
        """What each feature weighs for what is told in some of the sentences, in hundredths."""
        model = LogisticRegression(C=strength, max_iter=STEPS_MAX, solver="liblinear")
        model.fit(self.matrix, told, heed)
        return [round(100 * float(one)) for one in (*model.coef_[0], model.intercept_[0])]


def table_of(found: Sequence[frozenset[str]], *, seen_min: int) -> Table:
    """The table of these sentences' features, without those that are seen too seldom."""
    seen = Counter(name for one in found for name in one)
    kept = sorted(name for name, count in seen.items() if count >= seen_min and name != BIAS)
    column = {name: number for number, name in enumerate(kept)}
    cells = [(row, column[name]) for row, one in enumerate(found) for name in sorted(one) if name in column]
    places = np.array(cells, dtype=np.int32).T
    matrix = csr_matrix((np.ones(len(cells)), (places[0], places[1])), shape=(len(found), len(kept)))
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return Table([*kept, BIAS], matrix)


def doubted(writers: Collection[str]) -> dict[str, tuple[int, int]]:
    """The rules that were right too seldom in what these wrote: how often, of how many times."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for writer in sorted(writers):
        for one in read_utterances([WRITTEN / f"{writer}.txt"]):
            before = None if one.before is None else Earlier(one.before)
            for read in read_by_rules(
                heard(one.text), one.speaker, load_language(), role=one.role, before=before
            ):
                if read.kind in JUDGED_KINDS and not read.is_correction and CORRECTION not in read.tags:
                    every[read.rule] += 1
                    right[read.rule] += any(
                        label.start < read.end and read.start < label.end and _is_right(read, label.name)
                        for label in one.labels
                    )
    return {
        rule: (right[rule], count)
        for rule, count in sorted(every.items())
        if count - right[rule] >= WRONG_MIN and right[rule] < RIGHT_MIN * count
    }


def _is_right(read: Derived, name: str) -> bool:
    """Whether a label of this name is no false claim, as the bench counts."""
    kind = JUDGED_KINDS[read.kind]
    return name in (kind, "correction") or {name, kind} <= INTENTIONS


def report(rows: Sequence[Sample]) -> None:
    """Print how well the classes of each writer's sentences are told by weights learnt from the others."""
    right = false = missed = 0
    writers = sorted({one.writer for one in rows} - SEEN_BY_RULES)
    for held in (set(writers[fold::FOLDS]) for fold in range(FOLDS)):
        of = learnt([one for one in rows if one.writer not in held])
        weights = {name: packed(row) for name, row in of.items()}
        for one in (one for one in rows if one.writer in held):
            found = likeliest(likelihoods(sum_of(features(one.text, one.earlier), weights)))
            claimed = {found} if found is not None else set()
            wanted = one.classes & LIKELY_MIN.keys()
            right += len(claimed & wanted)
            missed += len(wanted - claimed)
            false += len(claimed - wanted) if not (claimed <= INTENTIONS and wanted & INTENTIONS) else 0
    print(f"{len(rows)} sentences, {len(writers)} writers held out in {FOLDS} folds: ", end="")
    print(f"precision {right / (right + false):.3f} recall {right / (right + missed):.3f}")


def write(name: str, table: Mapping[str, Sequence[int]]) -> None:
    """Write a table of what is learnt beside the rules."""
    lines = ("\t".join([first, *map(str, row)]) for first, row in table.items())
    (LEARNT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {(LEARNT / name).relative_to(ROOT)}")


def main() -> None:
    """Learns, reports, and writes the weights where that is asked for."""
    rows = samples()
    report(rows)
    weights = learnt(rows)
    print(f"{len(weights)} features")
    rules = doubted({one.writer for one in rows} - SEEN_BY_RULES)
    print(f"{len(rules)} rules are doubted")
    if "--write" in sys.argv[1:]:
        for name, table in (("weights.tsv", weights), ("doubted.tsv", rules)):
            write(name, table)


if __name__ == "__main__":
    main()
