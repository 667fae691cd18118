"""Evidence recall on VehicleMemBench, LLM-free: bench/vehicle.py PATH... [--embedding-cache FILE].

Figures over messages: share@k, the mean share of a question's gold messages among the first k; all@10, how
often all of them are; B@n, the share in a context of n tokens (words times 1.33). Groups: all, each type of
question, and the floors bm25, dense, rrf.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cached_embedder import parse_arguments
from evidence import (
    Answered,
    Haystack,
    Message,
    Question,
    Report,
    answers,
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


def haystacks(path: Path) -> Iterator[Haystack]:
    """The histories of a file; a day is a session."""
    for record in read_records(path):
        numbers = {message["id"]: number for number, message in enumerate(record["messages"])}
        yield Haystack(
            str(record["id"]),
            tuple(_message(message) for message in record["messages"]),
            tuple(_questions(record["questions"], numbers)),
        )


def _message(message: dict) -> Message:
    said_at = datetime.fromisoformat(message["timestamp"]).replace(tzinfo=UTC)
    return Message(message["content"], message["name"], "user", said_at.date().isoformat(), said_at)


def _questions(records: list[dict], numbers: dict[int, int]) -> Iterator[Question]:
    for record in records:
        gold = frozenset(numbers[line["message"]] for line in record["gold"] if line["message"] is not None)
        if gold:
            yield Question(record["query"], gold, record["type"])


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("vehicle")
    for name, given in answered.items():
        groups = {name: given}
        for kind in sorted({question.group for question, _, _ in given}) if name == OURS else ():
            groups[kind] = [one for one in given if one[0].group == kind]
        for group, asked in groups.items():
            for k in KS:
                shares = (share_at(answer, question, k) for question, answer, _ in asked)
                report.mean(f"share@{k}", group, shares)
            whole = (float(share_at(answer, question, 10) == 1) for question, answer, _ in asked)
            report.mean("all@10", group, whole)
            for budget in BUDGETS:
                shares = (share_within(answer, question, budget) for question, answer, _ in asked)
                report.mean(f"B@{budget}", group, shares)


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=BUDGETS), **floors(embedder, BUDGETS)}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("vehicle"))


if __name__ == "__main__":
    main()
