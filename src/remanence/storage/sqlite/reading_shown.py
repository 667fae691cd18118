"""Reads what agents were shown before they spoke."""

from __future__ import annotations

import apsw

from remanence.model.ids import ItemId


class ShownReading:
    """The part of a SqliteSnapshot that storage.shown_port.ShownSnapshot names."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def shown_before(self, item_id: ItemId) -> list[ItemId]:
        found = self._db.execute(self._sql["select_shown"], {"item": item_id})
        return [ItemId(shown) for (shown,) in found]
