"""Evidence recall on LongMemEval: bench/longmemeval.py PATH... [--embedding-cache FILE].

A fresh cube a question, messages of both roles. Figures: sessions by their first hit, `sessions any@k` and
`sessions all@k`; evidence turns, `turns all@k` and `turns share@k`; `B@n`, their share in a context of n
tokens (words times 1.33); `newest session first`, how often the newest evidence session is first of all, for
questions on updates; `abstention AUROC`, `answered` of answerable questions against the others. Groups:
all, each type of question, and the floors bm25, dense, rrf.
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
    auroc,
    gathered,
    read_records,
    sessions_share_at,
    share_at,
    share_within,
)
from floors import floors
from machine import machine_line

KS = (5, 10)
BUDGETS = (1000, 2000, 5000)
OURS = "all"
UPDATE = "knowledge-update"
UNANSWERED = "abstention"
USER = "user"


def haystacks(path: Path) -> Iterator[Haystack]:
    """One haystack a question; sessions in order of time, numbered anew."""
    for record in read_records(path):
        dated = zip(record["haystack_dates"], record["haystack_sessions"], strict=True)
        messages: list[Message] = []
        gold: set[int] = set()
        for number, (start, turns) in enumerate(
            sorted(((_time(d), t) for d, t in dated), key=lambda one: one[0])
        ):
            for turn, said in enumerate(turns):
                if said.get("has_answer"):
                    gold.add(len(messages))
                at = start + turn * TURN
                messages.append(Message(said["content"], said["role"], said["role"], f"session {number}", at))
        unanswered = record["question_id"].endswith("_abs")
        question = Question(
            str(record["question"]),
            frozenset() if unanswered else frozenset(gold),
            UNANSWERED if unanswered else record["question_type"],
            asker=USER,
            asked_at=_time(record["question_date"]),
        )
        yield Haystack(record["question_id"], tuple(messages), (question,))


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y/%m/%d (%a) %H:%M").replace(tzinfo=UTC)


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("longmemeval")
    for name, given in answered.items():
        found = [one for one in given if one[0].gold]
        groups = {name: found}
        for kind in sorted({question.group for question, _, _ in found}) if name == OURS else ():
            groups[kind] = [one for one in found if one[0].group == kind]
        for group, asked in groups.items():
            _report_group(report, group, asked)
        updates = [one for one in found if one[0].group == UPDATE]
        report.mean("newest session first", name, (float(_newest_first(*one)) for one in updates))
        wrong = [answer.sureness for question, answer, _ in given if question.group == UNANSWERED]
        if wrong:
            value = auroc([answer.sureness for _, answer, _ in found], wrong)
            report.value("abstention AUROC", name, value, len(given))


def _report_group(report: Report, group: str, asked: list) -> None:
    for k in KS:
        sessions = [sessions_share_at(answer, question, haystack, k) for question, answer, haystack in asked]
        report.mean(f"sessions any@{k}", group, (float(share > 0) for share in sessions))
        report.mean(f"sessions all@{k}", group, (float(share == 1) for share in sessions))
        turns = [share_at(answer, question, k) for question, answer, _ in asked]
        report.mean(f"turns all@{k}", group, (float(share == 1) for share in turns))
        report.mean(f"turns share@{k}", group, turns)
    for budget in BUDGETS:
        report.mean(
            f"B@{budget}", group, (share_within(answer, question, budget) for question, answer, _ in asked)
        )


def _newest_first(question: Question, answer: object, haystack: Haystack) -> bool:
    ranked = answer.ranked
    newest = haystack.messages[max(question.gold)].session
    return bool(ranked) and haystack.messages[ranked[0]].session == newest


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=BUDGETS), **floors(embedder, BUDGETS)}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("longmemeval"))


if __name__ == "__main__":
    main()
