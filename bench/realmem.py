"""Recall of earlier sessions on RealMemBench: bench/realmem.py PATH... [--embedding-cache FILE].

A query stands in a session and is asked when only the sessions before it are in the cube. Figures over
sessions, ranked by their first hit: share@k, the mean share of a query's gold sessions among the first k.
Groups: all, each category, and the floors bm25, dense, rrf.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cached_embedder import parse_arguments
from evidence import (
    TURN,
    Answered,
    Haystack,
    Message,
    Question,
    Report,
    answers,
    gathered,
    read_records,
    sessions_share_at,
)
from floors import floors
from machine import machine_line

KS = (5, 10, 20)
OURS = "all"


def haystacks(path: Path) -> Iterator[Haystack]:
    """The people of a file; gold is every message of a gold session that came before the query."""
    for record in read_records(path):
        messages: list[Message] = []
        places: dict[str, range] = {}
        questions: list[Question] = []
        for session in record["sessions"]:
            date = datetime.fromisoformat(session["date"]).replace(tzinfo=UTC)
            for query in session["queries"]:
                gold = [number for name in query["gold"] for number in places.get(name, ())]
                if gold:
                    text, known = session["messages"][query["turn"]]["content"], len(messages)
                    questions.append(Question(text, frozenset(gold), query["category"], "user", date, known))
            start = len(messages)
            messages += [
                Message(said["content"], said["role"], said["role"], session["id"], date + turn * TURN)
                for turn, said in enumerate(session["messages"])
            ]
            places[session["id"]] = range(start, len(messages))
        yield Haystack(str(record["person"]), tuple(messages), tuple(questions))


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("realmem")
    for name, given in answered.items():
        groups = {name: given}
        for category in sorted({question.group for question, _, _ in given}) if name == OURS else ():
            groups[category] = [one for one in given if one[0].group == category]
        for group, asked in groups.items():
            for k in KS:
                shares = (sessions_share_at(answer, question, hay, k) for question, answer, hay in asked)
                report.mean(f"share@{k}", group, shares)


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=()), **floors(embedder, ())}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("realmem"))


if __name__ == "__main__":
    main()
