"""Can it say that nothing answers? bench/abstention.py PATH... [--embedding-cache FILE] (files SET-*.json*).

Questions with evidence are asked of their own haystacks; so are those that the set knows to have no answer
("traps": about the wrong speaker, about what was never said), and questions of other haystacks ("strangers").
Figures by set, group and threshold .5 of `hits.answered`: AUROC of `answered` (and of the best score alone),
precision and recall of "nothing answers", and `wrongly silent`, the share of answerable questions that it
would leave unanswered. Precision depends on how many of each kind are asked: n says so.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import beam100k
import locomo
import longmemeval
import memfail
from cached_embedder import parse_arguments
from evidence import FilledCube, Haystack, Question, Report, auroc, filled_cube, say
from machine import machine_line
from remanence.embedding.port import Embedder
from remanence.recall.answering import SIGNS

ANSWERED_MIN = 0.5
STRANGERS_MAX = 40  # of other haystacks, asked of each
STRANGERS_MIN = 2
TRAPS = {
    "locomo": locomo.ADVERSARIAL,
    "longmemeval": longmemeval.UNANSWERED,
    "beam100k": beam100k.UNANSWERED,
    "memfail": memfail.STRANGERS,
}
Sort = Literal["answerable", "trap", "stranger"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was answered: how likely at all, the best score, and the signs in order of SIGNS."""

    set_name: str
    group: str
    sort: Sort
    answered: float
    best_score: float
    signs: tuple[float, ...]


def ask_all(paths: Iterable[Path], embedder: Embedder) -> Iterator[Asked]:
    """Every question of every file, and some of other haystacks."""
    for path in paths:
        name = path.name.partition("-")[0]
        haystacks = list(importlib.import_module(name).haystacks(path))
        for number, haystack in enumerate(haystacks):
            say(f"{name} {haystack.name}: {len(haystack.messages)} messages")
            with filled_cube(haystack, embedder) as filled:
                for question in haystack.questions:
                    sort = _sort_of(name, question)
                    if sort is not None:
                        yield _ask(name, sort, filled, question)
                for question in _strangers(haystacks, haystack, random.Random(number)):
                    yield _ask(name, "stranger", filled, question)


def _sort_of(name: str, question: Question) -> Sort | None:
    if question.group == TRAPS.get(name):
        return "trap"
    return "answerable" if question.gold else None


def _strangers(haystacks: list[Haystack], haystack: Haystack, draw: random.Random) -> Iterator[Question]:
    own = {question.text for question in haystack.questions}
    others = [
        question
        for other in haystacks
        if other is not haystack
        for question in other.questions
        if question.text not in own
    ]
    wanted = max(STRANGERS_MIN, min(STRANGERS_MAX, len(haystack.questions)))
    for question in draw.sample(others, min(wanted, len(others))):
        yield Question(question.text, frozenset(), "stranger", question.asker)


def _ask(name: str, sort: Sort, filled: FilledCube, question: Question) -> Asked:
    told = filled.at(question).explain(question.text, k=1, asker=question.asker)
    signs = {part.name: part.value for part in told.signs}
    best = told.hits[0].hit.score if told.hits else 0.0
    values = tuple(signs.get(sign, 0.0) for sign in SIGNS)
    return Asked(name, question.group, sort, told.answered, best, values)


def report_figures(asked: list[Asked]) -> None:
    """Print every figure of every set."""
    report = Report("abstention")
    for name in dict.fromkeys(one.set_name for one in asked):
        own = [one for one in asked if one.set_name == name]
        for sort in ("trap", "stranger"):
            wrong = [one for one in own if one.sort == sort]
            right = [one for one in own if one.sort == "answerable" and _beside(name, sort, one)]
            if not wrong or not right:
                continue
            group, n = f"{name} {sort}", len(wrong) + len(right)
            silent = [one for one in wrong if one.answered < ANSWERED_MIN]
            wrongly = [one for one in right if one.answered < ANSWERED_MIN]
            sure, best = (
                [[getattr(one, field) for one in kind] for kind in (right, wrong)]
                for field in ("answered", "best_score")
            )
            report.value("AUROC", group, auroc(*sure), n)
            report.value("AUROC of the best score", group, auroc(*best), n)
            if silent or wrongly:
                report.value("precision", group, len(silent) / (len(silent) + len(wrongly)), n)
            report.value("recall", group, len(silent) / len(wrong), len(wrong))
            report.value("wrongly silent", group, len(wrongly) / len(right), len(right))


def _beside(name: str, sort: str, one: Asked) -> bool:
    """MemFail's questions about strangers stand beside those about people who are known."""
    return name != "memfail" or sort != "trap" or one.group == memfail.KNOWN


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    report_figures(list(ask_all(paths, embedder)))
    print(machine_line("abstention"))


if __name__ == "__main__":
    main()
