"""Writes what agents were shown before they spoke."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import apsw

from remanence.model.ids import ItemId


class ShownWriting:
    """The part of a SqliteTransaction that storage.shown_port.ShownTransaction names."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def add_shown(self, shown: Iterable[tuple[ItemId, Sequence[ItemId]]]) -> None:
        rows = [(item_id, json.dumps(items)) for item_id, items in shown]
        self._db.executemany(self._sql["insert_shown"], rows)
