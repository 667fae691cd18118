"""Evidence recall on BEAM, long chats with an assistant: bench/beam100k.py PATH... [--embedding-cache FILE].

Figures over messages: share@k, the mean share of a question's evidence among the first k; B@n, the share in a
context of n tokens (words times 1.33); `both sides@10`, how often a contradiction's two sides come; `update
first`, how often the newest evidence of an update stands before the oldest; `abstention AUROC`. Groups: all,
each ability, and the floors bm25, dense, rrf.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cached_embedder import parse_arguments
from evidence import (
    Answer,
    Answered,
    Haystack,
    Message,
    Question,
    Report,
    answers,
    auroc,
    gathered,
    read_records,
    share_at,
    share_within,
)
from floors import floors
from machine import machine_line

KS = (5, 10, 20)
BUDGETS = (1000, 2000, 5000)
OURS = "all"
UPDATE, CONTRADICTION, UNANSWERED = "knowledge_update", "contradiction_resolution", "abstention"


def haystacks(path: Path) -> Iterator[Haystack]:
    """The chats of a file."""
    for record in read_records(path):
        numbers = {message["id"]: number for number, message in enumerate(record["messages"])}
        messages = tuple(
            Message(
                said["content"],
                said["role"],
                said["role"],
                said["session"],
                datetime.fromisoformat(said["timestamp"]).replace(tzinfo=UTC),
            )
            for said in record["messages"]
        )
        yield Haystack(str(record["id"]), messages, tuple(_questions(record["questions"], numbers)))


def _questions(records: list[dict], numbers: dict[int, int]) -> Iterator[Question]:
    for record in records:
        unanswered = record["ability"] == UNANSWERED
        gold = frozenset(numbers[place] for place in record["evidence"] if place in numbers)
        if gold or unanswered:
            yield Question(record["question"], frozenset() if unanswered else gold, record["ability"], "user")


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("beam100k")
    for name, given in answered.items():
        found = [one for one in given if one[0].gold]
        groups = {name: found}
        for ability in sorted({question.group for question, _, _ in found}) if name == OURS else ():
            groups[ability] = [one for one in found if one[0].group == ability]
        for group, asked in groups.items():
            for k in KS:
                shares = (share_at(answer, question, k) for question, answer, _ in asked)
                report.mean(f"share@{k}", group, shares)
            for budget in BUDGETS:
                shares = (share_within(answer, question, budget) for question, answer, _ in asked)
                report.mean(f"B@{budget}", group, shares)
        sides = [one for one in found if one[0].group == CONTRADICTION]
        report.mean("both sides@10", name, (float(share_at(one[1], one[0], 10) == 1) for one in sides))
        updates = [one for one in found if one[0].group == UPDATE and len(one[0].gold) > 1]
        report.mean("update first", name, (float(_newest_first(one[1], one[0])) for one in updates))
        wrong = [answer.sureness for question, answer, _ in given if question.group == UNANSWERED]
        if wrong:
            value = auroc([answer.sureness for _, answer, _ in found], wrong)
            report.value("abstention AUROC", name, value, len(given))


def _newest_first(answer: Answer, question: Question) -> bool:
    """Whether the newest gold message stands before the oldest; one that did not come stands last."""
    places = {number: place for place, number in enumerate(answer.ranked)}
    newest, oldest = (places.get(pick(question.gold), len(places)) for pick in (max, min))
    return newest < oldest


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=BUDGETS), **floors(embedder, BUDGETS)}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("beam100k"))


if __name__ == "__main__":
    main()
