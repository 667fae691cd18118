"""What is current among facts that override each other: bench/factcon.py PATH... [--embedding-cache FILE].

FactConsolidation: facts in order, each told an hour after the one before; later ones override. Right is a hit
in whose text one of the answers occurs (the set's own, lenient measure). Figures: `hit 1`, how often the
first hit is right; `hit@5`, one of the first five; `B@500`, in a context of 500 tokens (words times 1.33).
Groups: single and multi (one question or several hops), each with its size, and the floors bm25, dense, rrf.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cached_embedder import parse_arguments
from evidence import Answered, Haystack, Message, Question, Report, answers, gathered, read_records
from floors import floors
from machine import machine_line

BUDGETS = (500,)
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
HOPS = ("single", "multi")
OURS = "all"
TELLER = "Teller"


def haystacks(path: Path) -> Iterator[Haystack]:
    """One haystack a size; gold is every fact in which an answer occurs."""
    for record in read_records(path):
        facts = record["facts"]
        messages = tuple(
            Message(text, TELLER, "user", "facts", BEGIN + number * timedelta(hours=1))
            for number, text in enumerate(facts)
        )
        questions = []
        for hops in HOPS:
            for asked in record[hops]:
                wanted = [answer.casefold() for answer in asked["answers"]]
                holds = (any(one in text.casefold() for one in wanted) for text in facts)
                gold = frozenset(number for number, right in enumerate(holds) if right)
                if gold:
                    questions.append(Question(asked["question"], gold, f"{hops} {record['size']}"))
        yield Haystack(str(record["size"]), messages, tuple(questions))


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("factcon")
    for name, given in answered.items():
        for group in dict.fromkeys(question.group for question, _, _ in given):
            asked = [(question, answer) for question, answer, _ in given if question.group == group]
            label = group if name == OURS else f"{name} {group}"
            for figure, k in (("hit 1", 1), ("hit@5", 5)):
                right = (float(not q.gold.isdisjoint(a.ranked[:k])) for q, a in asked)
                report.mean(figure, label, right)
            for budget in BUDGETS:
                right = (float(not q.gold.isdisjoint(a.within[budget])) for q, a in asked)
                report.mean(f"B@{budget}", label, right)


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=BUDGETS), **floors(embedder, BUDGETS)}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("factcon"))


if __name__ == "__main__":
    main()
