"""Reads what slots a subject has."""

from __future__ import annotations

import apsw

from remanence.storage.sqlite.rows import held_by_sqlite


class SlotReads:
    """A part of SqliteSnapshot; see storage.slot_port for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def attributes_of(self, subject: str) -> list[str]:
        bound = {"subject": held_by_sqlite(subject)}
        return [str(name) for (name,) in self._db.execute(self._sql["select_attributes_of"], bound)]
