"""Whether the reader tells commitments in meetings: bench/commitment.py PATH... (commitment-dev.jsonl.gz).

Each utterance is observed after the turn before it, in a session of its own; it counts as a commitment when a
derived item with the tag `commitment` rests on it. Figures: precision, recall, F1 of group `remanence`, of
`any intention` (a plan, a decision or a commitment was derived) and of the floor `keywords`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifying import report_answers
from evidence import Report, read_records
from machine import machine_line
from readings import COMMITMENT, DECISION, PLAN, classes_said

FLOOR = re.compile(r"\b(?:i'll|i will|we'll|we will|let me|going to|gonna)\b", re.IGNORECASE)
INTENTIONS = frozenset({COMMITMENT, DECISION, PLAN})


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said after what, and whether it commits its speaker."""

    before: str | None
    speaker: str
    text: str
    commits: bool


def utterances(path: Path) -> Iterator[Utterance]:
    """The utterances of a file, in order."""
    for record in read_records(path):
        yield Utterance(record["before"], record["speaker"], record["text"], record["commitment"])


def report_figures(said: Sequence[Utterance]) -> None:
    """Read all, and print the figures."""
    report = Report("commitment")
    with tempfile.TemporaryDirectory() as folder:
        turns = [(one.before, one.speaker, one.text) for one in said]
        classes = list(classes_said(Path(folder), turns))
    wanted = [one.commits for one in said]
    answers = {
        "remanence": [COMMITMENT in found for found in classes],
        "any intention": [bool(found & INTENTIONS) for found in classes],
        "keywords": [bool(FLOOR.search(one.text)) for one in said],
    }
    for group, given in answers.items():
        report_answers(report, group, zip(given, wanted, strict=True))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    if len(sys.argv) < 2:
        sys.exit("usage: bench/commitment.py PATH... (files of utterances, .jsonl or .jsonl.gz)")
    report_figures([one for path in sys.argv[1:] for one in utterances(Path(path))])
    print(machine_line("commitment"))


if __name__ == "__main__":
    main()
