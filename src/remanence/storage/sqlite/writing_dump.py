"""Writes the rows of an export into a new cube; see storage.dump_port for what each call does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

import apsw

from remanence.model.ids import TextId
from remanence.storage.dump_port import REVISION
from remanence.storage.sqlite.rows import Bound, Cell

ROWS_AT_A_TIME = 1_000
CONTENT = [column.name for column in REVISION.columns].index("content")
# What is written beside a section's own row, where the cell at this place is there.
BESIDE = {
    "item": (("load_item_turn", 2), ("load_item_blocked", 5)),
    "revision": (("load_revision_sources", 31),),
}


class DumpWriting:
    """The part of a SqliteTransaction that storage.dump_port.DumpTransaction names."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _run: Callable[[str, Bound], None]

    def load(self, section: str, rows: Iterable[tuple[Cell, ...]]) -> None:
        rest = iter(rows)
        while batch := list(islice(rest, ROWS_AT_A_TIME)):
            if section == REVISION.name:  # its content is a text's, and may be what SQLite can't hold
                batch = [(*row[:CONTENT], None, *row[CONTENT + 1 :]) for row in batch]
            self._write_rows(f"load_{section}", batch)
            for statement, place in BESIDE.get(section, ()):
                self._write_rows(statement, [row for row in batch if row[place] is not None])

    def set_last_text(self, number: TextId) -> None:
        self._run("delete_text_sequence", {})
        self._run("insert_text_sequence", {"number": number})

    def _write_rows(self, statement: str, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Bind each row's cells as far as the statement asks for them."""
        sql = self._sql[statement]
        asked = 1 + max(number for number in range(64) if f"?{number + 1}" in sql)
        self._db.executemany(sql, [row[:asked] for row in rows])
