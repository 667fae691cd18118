"""Where memories lose facts, on MemFail: bench/memfail.py PATH... [--embedding-cache FILE].

Every part of the set goes into one cube of its own: each fact a message, told an hour after the one before.
Groups: `coexisting`, facts that look like updates and are none (share@k, all@10, and `lost`, how often a fact
asked for word for word is not in the first 5); `conditional easy`, `conditional hard` (`first`: the right
paragraph is hit 1); `chains` (all@10: every fact of a chain in the first 10); `strangers` (`AUROC`: the best
score of questions about people who are known against others). The floors bm25, dense, rrf before each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
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
    auroc,
    gathered,
    read_records,
    share_at,
)
from floors import floors
from machine import machine_line

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
KS = (5, 10)
LOST_AFTER = 5
OURS = "all"
TELLER = "Teller"
COEXISTING, WORD_FOR_WORD = "coexisting", "coexisting word for word"
CONDITIONAL = {"conditional_easy": "conditional easy", "conditional_hard": "conditional hard"}
CHAINS, KNOWN, STRANGERS = "chains", "strangers: known", "strangers: unknown"


def haystacks(path: Path) -> Iterator[Haystack]:
    """The parts of a file."""
    record = read_records(path)
    groups = record["coexisting"]
    asked = [(one["question"], one["facts"], COEXISTING) for one in groups]
    asked += [(fact, [fact], WORD_FOR_WORD) for one in groups for fact in one["facts"]]
    yield _haystack(COEXISTING, [fact for one in groups for fact in one["facts"]], asked)
    for part, name in CONDITIONAL.items():
        facts = [fact for one in record[part] for fact in one["facts"]]
        yield _haystack(name, facts, [(one["question"], one["facts"], name) for one in record[part]])
    chains = record["long_hop"]
    facts = [fact for one in chains for fact in one["facts"]]
    yield _haystack(CHAINS, facts, [(one["question"], one["facts"], CHAINS) for one in chains])
    people = record["persona"]
    asked = [
        (question["question"], one["facts"], KNOWN if question["answerable"] else STRANGERS)
        for one in people
        for question in one["questions"]
    ]
    yield _haystack("strangers", [fact for one in people for fact in one["facts"]], asked)


def _haystack(name: str, facts: Iterable[str], asked: Sequence[tuple[str, list[str], str]]) -> Haystack:
    told = {fact: number for number, fact in enumerate(dict.fromkeys(facts))}
    messages = tuple(
        Message(fact, TELLER, "user", name, BEGIN + number * timedelta(hours=1))
        for fact, number in told.items()
    )
    questions = (Question(text, frozenset(told[fact] for fact in gold), group) for text, gold, group in asked)
    return Haystack(name, messages, tuple(questions))


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("memfail")
    for name, given in answered.items():
        of: dict[str, list] = {}
        for question, answer, _ in given:
            of.setdefault(question.group, []).append((question, answer))

        def label(group: str, name: str = name) -> str:
            return group if name == OURS else f"{name} {group}"

        for k in KS:
            report.mean(f"share@{k}", label(COEXISTING), (share_at(a, q, k) for q, a in of[COEXISTING]))
        for group in (COEXISTING, CHAINS):
            report.mean("all@10", label(group), (float(share_at(a, q, 10) == 1) for q, a in of[group]))
        lost = (float(share_at(a, q, LOST_AFTER) == 0) for q, a in of[WORD_FOR_WORD])
        report.mean("lost", label(COEXISTING), lost)
        for group in CONDITIONAL.values():
            report.mean("first", label(group), (float(share_at(a, q, 1) == 1) for q, a in of[group]))
        known, unknown = ([a.sureness for _, a in of[group]] for group in (KNOWN, STRANGERS))
        report.value("AUROC", label("strangers"), auroc(known, unknown), len(known) + len(unknown))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=()), **floors(embedder, ())}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("memfail"))


if __name__ == "__main__":
    main()
