"""Reads what came from other stores, by the ids that it has there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import apsw

from remanence.model.ids import RevisionId
from remanence.model.item import Revision


class ImportReading:
    """The part of a SqliteSnapshot that storage.imports_port.ImportSnapshot names."""

    _db: apsw.Connection
    _sql: dict[str, str]
    revisions: Callable[[Sequence[RevisionId]], dict[RevisionId, Revision]]

    def imported_rows(self, method: str, keys: Sequence[str]) -> list[Revision]:
        bound = {"method": method, "keys": json.dumps(keys)}
        numbers = [RevisionId(n) for (n,) in self._db.execute(self._sql["select_imported_revisions"], bound)]
        rows = self.revisions(numbers)
        return [rows[number] for number in numbers]

    def sessions_of_messages(self, message_ids: Sequence[str]) -> list[tuple[str, str]]:
        bound = {"ids": json.dumps(message_ids)}
        return list(self._db.execute(self._sql["select_sessions_of_messages"], bound))
