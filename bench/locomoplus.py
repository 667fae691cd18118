"""Cues that a later remark implies, on LoCoMo-Plus: bench/locomoplus.py PATH... [--embedding-cache FILE].

A cue of two messages is dealt between the sessions of a conversation, twenty to each, and the remark is
asked; either message counts. The conversations are LoCoMo's: locomo-dev.json beside PATH, or
`--conversations FILE`. Figures: hit@k. Groups: all, each relation, and the floors bm25, dense, rrf.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import locomo
from cached_embedder import opened
from evidence import TURN, Answered, Haystack, Message, Question, Report, answers, gathered, read_records
from floors import floors
from machine import machine_line

CUES = 20  # to a conversation
KS = (5, 10, 20)
OURS = "all"
CONVERSATIONS = "locomo-dev.json"
AFTER = timedelta(hours=2)  # after the session before it, a cue is told
_SPEAKER = re.compile(r"^([AB]):\s*", re.MULTILINE)


def haystacks(path: Path, conversations: Path) -> Iterator[Haystack]:
    """Conversations with cues in them; the last ones may have fewer."""
    records = read_records(path)
    for number, haystack in enumerate(locomo.haystacks(conversations)):
        dealt = records[number * CUES : (number + 1) * CUES]
        if dealt:
            yield _with_cues(haystack, dealt)


def _with_cues(haystack: Haystack, records: list[dict]) -> Haystack:
    sessions = list(dict.fromkeys(message.session for message in haystack.messages))
    speakers = sorted({message.name for message in haystack.messages})
    messages: list[Message] = []
    questions: list[Question] = []
    dealt = 0
    for place, session in enumerate(sessions, 1):
        messages += [message for message in haystack.messages if message.session == session]
        while dealt < len(records) * place // len(sessions):
            told, first = messages[-1].said_at + AFTER, len(messages)
            for turn, (who, text) in enumerate(_messages(records[dealt]["cue"])):
                name = speakers[who == "B"]
                messages.append(Message(text, name, "user", f"cue {dealt}", told + turn * TURN))
            ((who, text), *_) = _messages(records[dealt]["trigger"])
            gold = frozenset(range(first, len(messages)))
            questions.append(Question(text, gold, records[dealt]["relation"], speakers[who == "B"]))
            dealt += 1
    return Haystack(haystack.name, tuple(messages), tuple(questions))


def _messages(text: str) -> list[tuple[str, str]]:
    """("A" or "B", what was said) of each message of a text."""
    _, *parts = _SPEAKER.split(text)
    return [(who, said.strip()) for who, said in zip(parts[::2], parts[1::2], strict=True)]


def report_figures(answered: Answered) -> None:
    """Print every figure of every retriever."""
    report = Report("locomoplus")
    for name, given in answered.items():
        groups = {name: given}
        for relation in sorted({question.group for question, _, _ in given}) if name == OURS else ():
            groups[relation] = [one for one in given if one[0].group == relation]
        for group, asked in groups.items():
            for k in KS:
                found = (float(bool(question.gold & set(answer.ranked[:k]))) for question, answer, _ in asked)
                report.mean(f"hit@{k}", group, found)


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=Path, metavar="FILE")
    paths, embedder, given = opened(parser)
    retrievers = {OURS: partial(answers, embedder=embedder, budgets=()), **floors(embedder, ())}
    found = (
        one for path in paths for one in haystacks(path, given.conversations or path.parent / CONVERSATIONS)
    )
    report_figures(gathered(found, retrievers))
    print(machine_line("locomoplus"))


if __name__ == "__main__":
    main()
