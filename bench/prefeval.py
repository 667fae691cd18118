"""Preferences that questions don't name, on PrefEval: bench/prefeval.py PATH... [--embedding-cache FILE].

Group `explicit`: each preference is a message of its own among all others; `implicit`: it was shown in a
short dialogue, a session of its own, and any of its messages counts. Figures: hit@k, how often one of the
first k is of the preference that the question was written for; several may fit, so hit@k understates. The
floors bm25, dense, rrf before each group.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cached_embedder import parse_arguments
from evidence import TURN, Answered, Haystack, Message, Question, Report, answers, gathered, read_records
from floors import floors
from machine import machine_line

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
KS = (1, 5, 10)
OURS = "all"
USER = "user"


def haystacks(path: Path) -> Iterator[Haystack]:
    """The file twice: what was said outright, and what was shown."""
    records = read_records(path)
    said = [[{"role": USER, "content": record["preference"]}] for record in records]
    yield _haystack("explicit", records, said)
    shown = [record for record in records if record["implicit"]]
    yield _haystack("implicit", shown, [record["implicit"] for record in shown])


def _haystack(name: str, records: list[dict], dialogues: list[list[dict]]) -> Haystack:
    messages: list[Message] = []
    questions: list[Question] = []
    for number, (record, dialogue) in enumerate(zip(records, dialogues, strict=True)):
        first, begin = len(messages), BEGIN + number * timedelta(hours=1)
        messages += [
            Message(said["content"], said["role"], said["role"], f"session {number}", begin + turn * TURN)
            for turn, said in enumerate(dialogue)
        ]
        questions.append(Question(record["question"], frozenset(range(first, len(messages))), name, USER))
    return Haystack(name, tuple(messages), tuple(questions))


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("prefeval")
    for name, given in answered.items():
        for group in dict.fromkeys(question.group for question, _, _ in given):
            asked = [(question, answer) for question, answer, _ in given if question.group == group]
            label = group if name == OURS else f"{name} {group}"
            for k in KS:
                report.mean(f"hit@{k}", label, (float(bool(q.gold & set(a.ranked[:k]))) for q, a in asked))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=()), **floors(embedder, ())}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("prefeval"))


if __name__ == "__main__":
    main()
