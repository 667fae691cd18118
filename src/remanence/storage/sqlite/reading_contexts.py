"""Reads contexts that were handed out, and the rows that promises are read from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import apsw

from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import from_micros, to_micros
from remanence.model.item import Revision
from remanence.storage.contexts_port import HandedContext, Replacement
from remanence.storage.sqlite.rows import Bound, decoding, phrase_for_search


class ContextReading:
    """See storage.contexts_port.ContextSnapshot for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]
    revisions: Callable[[Sequence[RevisionId]], dict[RevisionId, Revision]]

    def contexts(self) -> Iterator[HandedContext]:
        with decoding("a context"):
            for at, given, left_out in self._db.execute(self._sql["select_contexts"]):
                yield HandedContext(from_micros(at), tuple(json.loads(given)), tuple(json.loads(left_out)))

    def promise_rows(self, *, holding_at: datetime | None = None) -> list[Revision]:
        name = "select_promise_rows" if holding_at is None else "select_holding_goals"
        bound = {} if holding_at is None else {"at": to_micros(holding_at)}
        numbers = [RevisionId(n) for (n,) in self._db.execute(self._sql[name], bound)]
        rows = self.revisions(numbers)
        return [rows[number] for number in numbers]

    def replacements(self, at: datetime) -> list[Replacement]:
        return self._pairs("select_replacements", {"at": to_micros(at)})

    def doubted_rows(self) -> list[Replacement]:
        return self._pairs("select_doubted_rows", {})

    def messages_saying(
        self, phrase: str, *, after: datetime, limit: int, role: str | None
    ) -> list[Revision]:
        bound: Bound = {
            "phrase": phrase_for_search(phrase),
            "after": to_micros(after),
            "limit": limit,
            "role": role,
        }
        numbers = [RevisionId(n) for (n,) in self._db.execute(self._sql["select_messages_saying"], bound)]
        rows = self.revisions(numbers)
        return [rows[number] for number in numbers]

    def rows_with_text_of(self, item_ids: Iterable[ItemId]) -> list[RevisionId]:
        bound = {"ids": json.dumps(list(item_ids))}
        return [RevisionId(n) for (n,) in self._db.execute(self._sql["select_rows_with_text"], bound)]

    def _pairs(self, name: str, bound: Bound) -> list[Replacement]:
        rows = self._db.execute(self._sql[name], bound)
        return [Replacement(RevisionId(old), RevisionId(new)) for old, new in rows]
