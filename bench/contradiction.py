"""Whether a cube sees that a statement contradicts a conversation: bench/contradiction.py PATH...

PATH is contradiction-dev.jsonl or a file of its form. The premise is observed turn by turn, each under its
speaker's name, into a fresh cube; then somebody else says the hypothesis. It counts as a contradiction when
`conflicts` lists a claim that rests on the hypothesis, or when a claim of the premise gave way to it.
Figures: precision, recall, F1 of group `remanence` and of the floors `negation on one side` and `always yes`;
`met`, the share of pairs in which premise and hypothesis fill one slot at all: no other pair can be settled
by slots, whatever the rules read.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from classifying import report_answers
from evidence import Report, read_records
from machine import machine_line
from readings import chat, derived_rows, fresh_cube
from remanence.cube import Cube
from remanence.model.ids import ItemId
from remanence.model.item import Revision

SPEAKER = re.compile(r"<([A-Z])>")
NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|none|neither|nor|cannot)\b|n't\b", re.IGNORECASE)
WITNESS = "witness"
OTHER = "contradiction"


def turns(premise: str) -> Iterator[tuple[str, str]]:
    """Speaker and words of each turn of a premise; what stands before the first mark is nobody's."""
    _, *parts = SPEAKER.split(premise) if SPEAKER.search(premise) else ("", "A", premise)
    for speaker, words in zip(parts[::2], parts[1::2], strict=True):
        if words.strip():
            yield f"Speaker {speaker}", words.strip()


def contradicts(cube: Cube, premise: str, hypothesis: str, *, by: str = WITNESS) -> tuple[bool, bool]:
    """Whether the cube holds that the hypothesis contradicts the premise, and whether they meet in a slot."""
    said = [chat(words, name=speaker) for speaker, words in turns(premise)]
    before = cube.observe(said, session="premise").added
    after = cube.observe([chat(hypothesis, name=by)], session="hypothesis").added
    rows = [row for row in derived_rows(cube) if row.content.slot is not None]
    told = [row for row in rows if _rests_on(row, before)]
    claimed = [row for row in rows if _rests_on(row, after)]
    met = [(one, other) for one in told for other in claimed if _place(one) == _place(other)]
    replaced = any(not one.is_open and one.content.slot != other.content.slot for one, other in met)
    disputed = any(_rests_on(row, after) for conflict in cube.conflicts() for row in conflict.claims)
    return disputed or replaced, bool(met)


def _rests_on(row: Revision, items: Sequence[ItemId]) -> bool:
    return any(source.item_id in items for source in row.provenance.sources)


def _place(row: Revision) -> tuple[str, str] | None:
    slot = row.content.slot
    return None if slot is None else (slot.subject.casefold(), slot.attribute)


def report_figures(records: Sequence[dict]) -> None:
    """Put every pair into a cube of its own, and print the figures."""
    report, found = Report("contradiction"), []
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(records):
            with fresh_cube(Path(folder), str(number)) as cube:
                found.append(contradicts(cube, one["premise"], one["hypothesis"]))
    wanted = [one["label"] == OTHER for one in records]
    answers = {
        "remanence": [said for said, _ in found],
        "negation on one side": [
            bool(NEGATION.search(one["premise"])) is not bool(NEGATION.search(one["hypothesis"]))
            for one in records
        ],
        "always yes": [True for _ in records],
    }
    for group, given in answers.items():
        report_answers(report, group, zip(given, wanted, strict=True))
    report.mean("met", "remanence", (float(met) for _, met in found))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    if len(sys.argv) < 2:
        sys.exit("usage: bench/contradiction.py PATH... (JSON Lines files of premises and hypotheses)")
    report_figures([one for path in sys.argv[1:] for one in read_records(Path(path))])
    print(machine_line("contradiction"))


if __name__ == "__main__":
    main()
