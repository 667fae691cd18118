"""Learns the weights by which a sentence is taken for one that asks for something: learnt/asking.tsv.

Usage: tools/learn_asking.py [--write]. It learns from the sentences in bench/reader/asking, a line each: "+"
begins one that asks for or proposes something, "-" another; and, counting little, from the development data
of the reader, where a sentence that tells something worth keeping is taken for one that asks for nothing. One
logistic regression over the features of `remanence.reader.rules.likely` and whether the patterns of `asking`
hold. Printed first: how well each file is told by what is learnt without it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from learn_likely import ROOT, samples, table_of, write
from remanence.reader.rules.asking import asking_features, asking_score
from remanence.reader.rules.language import load_language
from remanence.reader.rules.statements import heard

WRITTEN = ROOT / "bench" / "reader" / "asking"
TOLD = "told"  # the writer of what the reader's own development data tell
SEEN_MIN = 2  # sentences that a feature must stand in
STRENGTH = 0.5  # the inverse of the penalty
WEIGHS_MIN = 3  # hundredths; what weighs less is left out
TOLD_HEED = 0.02  # how much a sentence of TOLD counts, beside one of e-mails


class Sentence(NamedTuple):
    """A sentence's features, whether it asks for something, and who wrote it."""

    found: frozenset[str]
    asks: bool
    writer: str


def sentences() -> list[Sentence]:
    """All of them."""
    return [*(one for path in sorted(WRITTEN.glob("*.txt")) for one in _marked(path)), *_told()]


def _marked(path: Path) -> Iterator[Sentence]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield Sentence(_features(line[2:]), line.startswith("+ "), path.stem)


def _told() -> Iterator[Sentence]:
    for one in samples():
        if one.classes and "?" not in one.text:
            yield Sentence(_features(one.text), False, TOLD)


def _features(text: str) -> frozenset[str]:
    spoken = heard(text)
    return asking_features(spoken.plain, spoken.words, load_language())


def learnt(rows: Sequence[Sentence]) -> dict[str, int]:
    """What each feature weighs, in hundredths."""
    cells = table_of([one.found for one in rows], seen_min=SEEN_MIN)
    heed = np.array([TOLD_HEED if one.writer == TOLD else 1.0 for one in rows])
    weights = cells.weights(np.array([one.asks for one in rows]), heed, strength=STRENGTH)
    of = zip(cells.names, weights, strict=True)
    return {name: weight for name, weight in of if abs(weight) >= WEIGHS_MIN}


def report(rows: Sequence[Sentence]) -> None:
    """Print how well the sentences of each file are told by weights learnt from the others."""
    for writer in sorted({one.writer for one in rows}):
        weights = learnt([one for one in rows if one.writer != writer])
        said = [(asking_score(one.found, weights) > 0, one.asks) for one in rows if one.writer == writer]
        right, claimed, wanted = (
            said.count((True, True)),
            sum(one for one, _ in said),
            sum(one for _, one in said),
        )
        print(f"{writer}: {right} of {claimed} taken for asking, {wanted} of {len(said)} ask")


def main() -> None:
    """Learns, reports, and writes the weights where that is asked for."""
    rows = sentences()
    report(rows)
    weights = learnt(rows)
    print(f"{len(weights)} features")
    if "--write" in sys.argv[1:]:
        write("asking.tsv", {name: (weight,) for name, weight in weights.items()})


if __name__ == "__main__":
    main()
