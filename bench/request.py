"""Whether the reader tells requests in e-mails: bench/request.py PATH... (request-dev.jsonl).

Each sentence is observed in a session of its own; it counts as a request or a proposal when its item has the
tag `request`, or a derived item with the tag `request` or `instruction` rests on it. Figures: precision,
recall, F1 of group `remanence` and of the floor `keywords`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from classifying import report_answers
from evidence import Report, read_records
from machine import machine_line
from readings import INSTRUCTION, REQUEST, classes_said

FLOOR = re.compile(
    r"\?|\b(?:please|(?:can|could|would|will) you|let me know|let us|let's|send me|shall we|need you to)\b",
    re.IGNORECASE,
)
ASKING = frozenset({INSTRUCTION, REQUEST})


def report_figures(records: Sequence[dict]) -> None:
    """Read all sentences, and print the figures."""
    report = Report("request")
    texts, wanted = [one["text"] for one in records], [one["request"] for one in records]
    with tempfile.TemporaryDirectory() as folder:
        classes = list(classes_said(Path(folder), [(None, "sender", text) for text in texts]))
    answers = {
        "remanence": [bool(found & ASKING) for found in classes],
        "keywords": [bool(FLOOR.search(text)) for text in texts],
    }
    for group, given in answers.items():
        report_answers(report, group, zip(given, wanted, strict=True))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    if len(sys.argv) < 2:
        sys.exit("usage: bench/request.py PATH... (JSON Lines files of sentences)")
    report_figures([one for path in sys.argv[1:] for one in read_records(Path(path))])
    print(machine_line("request"))


if __name__ == "__main__":
    main()
