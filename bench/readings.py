"""What a cube's reader derives from utterances, seen through the public face: classes and spans.

Shared by the benches of the reader. A derived row makes one claim for each class it belongs to: that of its
kind, and those of its tags. Carrying out what was asked of the memory itself is read from the journal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
HEEDED = "heed"  # the journal's verb for a request that was carried out, on the utterance that makes it
CUBE_UTTERANCES = 1_000
JOURNAL_LINES_MAX = 10_000  # what a cube lists at a time


@dataclass(frozen=True, slots=True)
class Claim:
    """One class that a derived item belongs to, and the characters [start, end) it rests on."""

    name: str
    content: str
    start: int
    end: int


@contextmanager
def fresh_cube(folder: Path, name: str, *, owner: str | None = None, reads: bool = True) -> Iterator[Cube]:
    """An empty cube without an embedder; its file goes with it."""
    path = folder / f"{name}.cube"
    reader = "rules" if reads else None
    clock = BenchClock()
    with remanence.open(path, owner=owner, embedder=None, reader=reader, time_zone=ZONE, clock=clock) as cube:
        yield cube
    path.unlink()


def chat(text: str, *, role: str = "user", **further: str) -> dict[str, str]:
    """A message in the form that `observe` takes: further are its `name`, `timestamp`, `session`."""
    return {"role": role, "content": text, **further}


def derived_rows(cube: Cube) -> Iterator[Revision]:
    """Every row of every item that rests on another, in the order of the journal."""
    lines = cube.journal(limit=JOURNAL_LINES_MAX)
    for item_id in dict.fromkeys(line.item_id for line in reversed(lines) if line.item_id is not None):
        yield from (row for row in cube.history(item_id) if row.provenance.sources)


def claims_from(cube: Cube, utterances: Iterable[tuple[ItemId, str]]) -> dict[ItemId, list[Claim]]:
    """By utterance, the claims that rest on it; `utterances` are their ids and texts."""
    lengths = {item_id: len(text) for item_id, text in utterances}
    found: dict[ItemId, dict[Claim, None]] = defaultdict(dict)
    for line in cube.journal(limit=JOURNAL_LINES_MAX):
        if line.verb == HEEDED and line.item_id in lengths:
            text = (0, lengths[line.item_id])
            found[line.item_id][Claim(INSTRUCTION, "", *text)] = None
    for row in derived_rows(cube):
        for source in row.provenance.sources:
            if source.item_id in lengths:
                start = source.start or 0
                end = lengths[source.item_id] if source.end is None else source.end
                for name in classes_of(row):
                    found[source.item_id][Claim(name, row.content.text, start, end)] = None
    return {item_id: list(claims) for item_id, claims in found.items()}


def classes_said(folder: Path, said: Sequence[tuple[str | None, str, str]]) -> Iterator[frozenset[str]]:
    """The classes of each utterance and of what is derived from it: what came before, its speaker, its words.

    Each is observed in a session of its own, so many into a fresh cube as a journal lists at a time.
    """
    for at in range(0, len(said), CUBE_UTTERANCES):
        turns, places = [], []
        for number, (before, speaker, text) in enumerate(said[at : at + CUBE_UTTERANCES]):
            if before is not None and before.strip():
                turns.append(chat(before, name=f"before {speaker}", session=str(number)))
            places.append(len(turns))
            turns.append(chat(text, name=speaker, session=str(number)))
        with fresh_cube(folder, str(at)) as cube:
            added = cube.observe(turns).added
            utterances = [(added[place], turns[place]["content"]) for place in places]
            claims = claims_from(cube, utterances)
            for item_id, _ in utterances:
                own = {CLASS_OF_TAG[tag] for tag in cube.show(item_id).tags if tag in CLASS_OF_TAG}
                yield frozenset({*own, *(one.name for one in claims.get(item_id, ()))})


def classes_of(row: Revision) -> Sequence[str]:
    """The classes that a derived row belongs to: a commitment is no plan besides."""
    tagged = [CLASS_OF_TAG[tag] for tag in row.content.tags if tag in CLASS_OF_TAG]
    own = CLASS_OF_KIND.get(row.content.kind)
    if own is None or (own == PLAN and COMMITMENT in tagged):
        return tagged
    return [own, *tagged]
