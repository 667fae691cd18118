"""What a cube's reader derives from utterances, seen through the public face: classes and spans.

Shared by the benches of the reader. A derived row makes one claim for each class it belongs to: that of its
kind, and those of its tags. Carrying out what was asked of the memory itself is read from the journal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import remanence
from evidence import ZONE, BenchClock
from remanence.cube import Cube
from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.kind import Kind

PREFERENCE, FACT, EVENT, PLAN = "preference", "fact", "event", "plan"
DECISION, COMMITMENT, CORRECTION = "decision", "commitment", "correction"
PROCEDURE, INSTRUCTION, ACTION = "procedure", "instruction", "action"
REQUEST = "request"
CLASS_OF_KIND = {
    Kind.PREFERENCE: PREFERENCE,
    Kind.FACT: FACT,
    Kind.EVENT: EVENT,
    Kind.GOAL: PLAN,
    Kind.DECISION: DECISION,
    Kind.PROCEDURE: PROCEDURE,
    Kind.ACTION: ACTION,
}
CLASS_OF_TAG = {tag: tag for tag in (COMMITMENT, CORRECTION, INSTRUCTION, REQUEST)}
JOURNAL_LINES_MAX = 10_000  # what a cube lists at a time

Chat = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """One class that a derived item belongs to, and the characters [start, end) it rests on."""

    name: str
    content: str
    start: int
    end: int


@contextmanager
def fresh_cube(folder: Path, name: str, *, reads: bool = True) -> Iterator[Cube]:
    """An empty cube without an embedder; its file goes with it."""
    path = folder / f"{name}.cube"
    reader = "rules" if reads else None
    with remanence.open(path, embedder=None, reader=reader, time_zone=ZONE, clock=BenchClock()) as cube:
        yield cube
    path.unlink()


def chat(
    text: str, *, role: str = "user", name: str | None = None, said_at: str | None = None
) -> dict[str, str]:
    """A message in the form that `observe` takes."""
    message = {"role": role, "content": text}
    named = {} if name is None else {"name": name}
    timed = {} if said_at is None else {"timestamp": said_at}
    return {**message, **named, **timed}


def claims_from(cube: Cube, utterances: Iterable[tuple[ItemId, str]]) -> dict[ItemId, list[Claim]]:
    """By utterance, the claims that rest on it; `utterances` are their ids and texts."""
    lengths = {item_id: len(text) for item_id, text in utterances}
    found: dict[ItemId, dict[Claim, None]] = defaultdict(dict)
    lines = cube.journal(limit=JOURNAL_LINES_MAX)
    for item_id in dict.fromkeys(line.item_id for line in reversed(lines) if line.item_id is not None):
        if item_id in lengths:
            continue
        for row in cube.history(item_id):
            for source in row.provenance.sources:
                if source.item_id in lengths:
                    start = source.start or 0
                    end = lengths[source.item_id] if source.end is None else source.end
                    for name in classes_of(row):
                        found[source.item_id][Claim(name, row.content.text, start, end)] = None
    return {item_id: list(claims) for item_id, claims in found.items()}


def classes_of(row: Revision) -> Sequence[str]:
    """The classes that a derived row belongs to: a commitment is no plan besides."""
    tagged = [CLASS_OF_TAG[tag] for tag in row.content.tags if tag in CLASS_OF_TAG]
    own = CLASS_OF_KIND.get(row.content.kind)
    if own is None or (own == PLAN and COMMITMENT in tagged):
        return tagged
    return [own, *tagged]
