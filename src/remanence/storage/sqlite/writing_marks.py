"""Writes marks within one transaction that is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import apsw

from remanence.model.ids import ItemId
from remanence.model.interval import to_micros
from remanence.model.mark import Mark
from remanence.storage.sqlite.rows import Bound


class MarkWriting:
    """See storage.marks_port.MarkTransaction for what each call does."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _number_of: Callable[[ItemId], int]
    _run: Callable[[str, Bound], None]

    def add_marks(self, marks: Iterable[Mark]) -> None:
        rows = [
            (self._number_of(mark.item_id), mark.sort.value, to_micros(mark.at), mark.opened_by)
            for mark in marks
        ]
        self._db.executemany(self._sql["insert_mark"], rows)

    def close_marks(self, numbers: Sequence[int], *, by: int) -> None:
        self._run("close_marks", {"numbers": json.dumps(numbers), "by": by})
        assert self._db.changes() == len(numbers), "a mark was closed twice"
