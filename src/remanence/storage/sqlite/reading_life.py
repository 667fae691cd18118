"""Reads all items in one pass, for lifecycle rules and consolidation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import apsw

from remanence.model.interval import to_micros
from remanence.storage.life_port import LifeRow, StatementRow


class LifeReading:
    """See storage.life_port.LifeSnapshot for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def life_rows(self, at: datetime) -> Iterator[LifeRow]:
        return map(LifeRow._make, self._db.execute(self._sql["select_life_rows"], {"at": to_micros(at)}))

    def statement_rows(self, at: datetime) -> Iterator[StatementRow]:
        rows = self._db.execute(self._sql["select_statement_rows"], {"at": to_micros(at)})
        return map(StatementRow._make, rows)

    def words_by_state(self) -> Mapping[str, int]:
        return dict(self._db.execute(self._sql["select_words_by_state"]))
