"""Writes a cube as JSON Lines: all of it, in an order that is its own, or the rows that filters let pass.

A complete export says the same as the file: `jsonl_load` makes a cube of it that answers alike. A partial
one holds the rows that were asked for, and says in its head that no cube can be made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import BinaryIO, TypeAlias

from remanence.model.interval import to_micros
from remanence.model.item import Json
from remanence.storage.dump_port import REVISION, SECTIONS, VECTOR, Cell
from remanence.storage.port import CubeFacts, Snapshot
from remanence.vault.lines import fields_of, line_of, time_text
from remanence.vault.progress import Told
from remanence.vault.selection import Selection
from remanence.verbs.setting import Setting

FORMAT = "remanence export"
VERSION = 1  # rises when a reader of the last one would read the new one wrongly
HEADER, END = "header", "end"
COUNTED = ("sessions", "items", "revisions", "journal lines")  # most of the lines
Cells: TypeAlias = tuple[Cell, ...]
Taken: TypeAlias = Callable[[str, Cells], bool]  # whether a section's row goes into the export


@dataclass(slots=True)
class _Page:
    """The file as it grows: its lines are counted and hashed as they are written."""

    file: BinaryIO
    told: Told
    expected: int  # lines, roughly: for whoever is told how far it is
    lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, record: str, fields: dict[str, Json]) -> None:
        line = line_of(record, fields)
        self.file.write(line)
        self.hash.update(line)
        self.lines += 1
        if record not in (HEADER, END):
            self.counts[record] = self.counts.get(record, 0) + 1
        self.told(self.lines, max(self.lines, self.expected))


def write_jsonl(
    setting: Setting, file: BinaryIO, selection: Selection, *, vectors: bool, told: Told
) -> dict[str, int]:
    """Write the export into a file, from one state of the cube; returns how many lines of each record."""
    facts = setting.store.facts
    with setting.store.read() as snapshot:
        counts = snapshot.counts()
        page = _Page(file, told, expected=sum(counts[name] for name in COUNTED) + 2)
        facts = replace(facts, embedder=snapshot.embedder())
        page.write(HEADER, _header(facts, snapshot, selection, vectors=vectors))
        taken: Taken = _everything if selection.is_everything else _part(snapshot, selection)
        for section in SECTIONS:
            if section is VECTOR and not vectors:
                continue
            for cells in snapshot.dumped(section.name):
                if taken(section.name, cells):
                    page.write(section.name, fields_of(section, cells))
    lines = page.lines + 1
    counted: dict[str, Json] = dict(page.counts)
    page.write(END, {"lines": lines, "counts": counted, "sha256": page.hash.hexdigest()})
    return page.counts


def _everything(section: str, cells: Cells) -> bool:
    return True


def _part(snapshot: Snapshot, selection: Selection) -> Taken:
    """Of the rows that pass: themselves, their items, sessions and vectors, and nothing else."""
    rows: set[int] = set()
    texts: set[int] = set()
    items: set[str] = set()
    sessions: set[str | None] = set()
    for row in selection.rows(snapshot):
        rows.add(row.id)
        texts.add(row.text_id)
        items.add(row.item_id)
        sessions.add(row.provenance.session)
    wanted: dict[str, Collection[Cell]] = {
        "session": sessions,
        "item": items,
        REVISION.name: rows,
        VECTOR.name: texts,
    }
    return lambda section, cells: section in wanted and cells[0] in wanted[section]


def _header(facts: CubeFacts, snapshot: Snapshot, selection: Selection, *, vectors: bool) -> dict[str, Json]:
    embedder: Json = None
    if facts.embedder is not None:
        named = facts.embedder
        embedder = {"name": named.name, "revision": named.revision, "dims": named.dims}
    cube: dict[str, Json] = {
        "id": facts.cube_id,
        "owner": facts.owner,
        "time_zone": facts.time_zone,
        "created_at": time_text(to_micros(facts.created_at)),
        "analyser": facts.analyser,
        "embedder": embedder,
        "last_text": snapshot.last_text(),
        "journal_head": snapshot.head().hash.hex(),
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        "complete": selection.is_everything,
        "filters": selection.as_json(),
        "vectors": vectors,
        "cube": cube,
    }
