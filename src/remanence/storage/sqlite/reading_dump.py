"""Reads whole tables for an export; see storage.dump_port for what each call gives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Literal

import apsw

from remanence.model.ids import RevisionId, TextId
from remanence.storage.dump_port import REVISION
from remanence.storage.sqlite.rows import Cell, decoding, text_of


class DumpReading:
    """The part of a SqliteSnapshot that storage.dump_port.DumpSnapshot names."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def dumped(self, section: str) -> Iterator[tuple[Cell, ...]]:
        rows = self._db.execute(self._sql[f"dump_{section}"])
        if section != REVISION.name:
            yield from rows
            return
        for number, item_id, text, content, exact, *rest in rows:
            with decoding(f"revision {number}"):
                said = None if text is None else text_of(content, exact)
            yield (number, item_id, text, said, *rest)

    def row_numbers(self, *, after: int, limit: int, which: Literal["open", "all"]) -> list[RevisionId]:
        bound = {"after": after, "limit": limit, "all": which == "all"}
        return [RevisionId(number) for (number,) in self._db.execute(self._sql["select_row_numbers"], bound)]

    def last_text(self) -> TextId:
        ((number,),) = list(self._db.execute(self._sql["select_last_text"]))
        return TextId(number)

    def texts_held(self, texts: Iterable[TextId]) -> dict[TextId, str]:
        bound = {"texts": json.dumps(list(texts))}
        rows = self._db.execute(self._sql["select_texts_held"], bound)
        return {TextId(text): text_of(content, exact) for text, content, exact in rows}
