"""Measures what putting the newest of its kind first does: tools/measure_currency.py PATH...

Usage: as tools/learn_fusion.py, each file named SET-*.json* and read by bench/SET.py; --embedding-cache FILE.
Printed for each set, as JSON lines: how often the first of HITS hits is a gold message, as recalled (`with`),
and without what `hit.why` names "newer of its kind" (`without`). A LongMemEval haystack is thinned as for the
learning; of FactConsolidation the questions of one hop count, of LoCoMo those that have an answer.
"""

from __future__ import annotations

import importlib
import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools")]

from cached_embedder import parse_arguments  # noqa: E402  # bench is no package
from evidence import Haystack, Question, Report, filled_cube, say  # noqa: E402
from learn_fusion import thinned  # noqa: E402
from remanence.embedding.port import Embedder  # noqa: E402
from remanence.model.hit import Hit  # noqa: E402

HITS = 20
PART = "newer of its kind"


def odds_without(hit: Hit) -> float:
    """The log-odds that a hit would have had, had its age not counted."""
    moved = sum(part.contribution for part in hit.why if part.name == PART)
    return math.log(hit.score / (1 - hit.score)) - moved


def counts(name: str, question: Question) -> bool:
    """Whether a question asks for something that a single message answers."""
    left_out = {"locomo": "5", "factcon": "multi"}.get(name)
    return bool(question.gold) and (left_out is None or not question.group.startswith(left_out))


def firsts(name: str, haystack: Haystack, embedder: Embedder) -> Iterator[tuple[bool, bool]]:
    """For each question, whether the first hit is gold: without, and with."""
    with filled_cube(haystack, embedder) as filled:
        for question in haystack.questions:
            if counts(name, question):
                hits = filled.at(question).recall(question.text, k=HITS, asker=question.asker)
                best = (max(hits, key=odds_without), hits[0]) if hits else ()
                gold = [not question.gold.isdisjoint(filled.messages_of(hit.item)) for hit in best]
                yield (gold[0], gold[1]) if gold else (False, False)


def main() -> None:
    """Reads the files named on the command line and prints both figures of each."""
    paths, embedder = parse_arguments(__doc__)
    report = Report("currency")
    for path in paths:
        name = path.name.partition("-")[0]
        found: list[tuple[bool, bool]] = []
        for number, haystack in enumerate(importlib.import_module(name).haystacks(path)):
            if name == "longmemeval":
                haystack = thinned(haystack, random.Random(number))
            found += firsts(name, haystack, embedder)
            say(f"{name} {haystack.name}: {len(found)} questions")
        for group, values in zip(("without", "with"), zip(*found, strict=True), strict=True):
            report.mean("first hit", f"{name} {group}", map(float, values))


if __name__ == "__main__":
    main()
