"""Evidence recall on LoCoMo, LLM-free: bench/locomo.py PATH... [--embedding-cache FILE] [--verbatim].

Figures over messages: R@k, the mean share of a question's evidence turns among the first k; B@n, the same in
a context of n tokens (words times 1.33). Groups: all (categories 1 to 4), each category, and the floors bm25,
dense, rrf. `share in ten hits` is of a recall that is asked for ten. `AUROC category 5`: how sure it is that
something answers (a floor: the best score), answerable questions against those about the wrong speaker.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cached_embedder import opened
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
    share_at,
    share_within,
)
from floors import floors
from machine import machine_line

KS = (5, 10, 20)
BUDGETS = (1000, 2000, 5000)
ADVERSARIAL = "5"
OURS = "all"
_PLACE = re.compile(r"D:?(\d+):0*(\d+)")


def haystacks(path: Path) -> Iterator[Haystack]:
    """The conversations of a file in LoCoMo's own form."""
    for record in read_records(path):
        messages: list[Message] = []
        places: dict[tuple[int, int], int] = {}
        for session, turns in _sessions(record["conversation"]):
            time = record["conversation"][f"session_{session}_date_time"]
            start = datetime.strptime(time, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
            for turn, said in enumerate(turns):
                found = _PLACE.fullmatch(said["dia_id"])
                places[int(found[1]), int(found[2])] = len(messages)
                text = " ".join(filter(None, (said["text"], said.get("blip_caption"))))
                at = start + turn * TURN
                messages.append(Message(text, said["speaker"], "user", f"session {session}", at))
        yield Haystack(record["sample_id"], tuple(messages), tuple(_questions(record["qa"], places)))


def _sessions(conversation: dict) -> Iterator[tuple[int, list[dict]]]:
    for number in sorted(int(key[8:]) for key in conversation if re.fullmatch(r"session_\d+", key)):
        yield number, conversation[f"session_{number}"]


def _questions(records: list[dict], places: dict[tuple[int, int], int]) -> Iterator[Question]:
    for record in records:
        cited = [(int(a), int(b)) for text in record.get("evidence", ()) for a, b in _PLACE.findall(text)]
        gold = frozenset(places[place] for place in cited if place in places)
        if gold:
            yield Question(record["question"], gold, str(record["category"]))


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("locomo")
    for name, given in answered.items():
        plain = [one for one in given if one[0].group != ADVERSARIAL]
        groups = {name: plain}
        for category in sorted({question.group for question, _, _ in plain}) if name == OURS else ():
            groups[f"category {category}"] = [one for one in plain if one[0].group == category]
        for group, asked in groups.items():
            for k in KS:
                report.mean(f"R@{k}", group, (share_at(answer, question, k) for question, answer, _ in asked))
            if name == OURS:
                ten = (
                    len(question.gold & answer.of_ten) / len(question.gold) for question, answer, _ in asked
                )
                report.mean("share in ten hits", group, ten)
            for budget in BUDGETS:
                shares = (share_within(answer, question, budget) for question, answer, _ in asked)
                report.mean(f"B@{budget}", group, shares)
        wrong = [answer.sureness for question, answer, _ in given if question.group == ADVERSARIAL]
        if wrong:
            value = auroc([answer.sureness for _, answer, _ in plain], wrong)
            report.value("AUROC category 5", name, value, len(given))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbatim", action="store_true", help="without what the rule reader derives")
    paths, embedder, given = opened(parser)
    reader = None if given.verbatim else "rules"
    ours = partial(answers, embedder=embedder, budgets=BUDGETS, reader=reader)
    retrievers = {OURS: ours, **floors(embedder, BUDGETS)}
    report_figures(gathered((one for path in paths for one in haystacks(path)), retrievers))
    print(machine_line("locomo"))


if __name__ == "__main__":
    main()
