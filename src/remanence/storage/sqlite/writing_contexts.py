"""Writes contexts that were handed out within one transaction that is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import apsw

from remanence.model.interval import to_micros
from remanence.storage.contexts_port import CONTEXTS_MAX, HandedContext
from remanence.storage.sqlite.rows import Bound


class ContextWriting:
    """See storage.contexts_port.ContextTransaction for what each call does."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _run: Callable[[str, Bound], None]

    def add_contexts(self, contexts: Iterable[HandedContext]) -> None:
        rows = [(to_micros(one.at), json.dumps(one.given), json.dumps(one.left_out)) for one in contexts]
        self._db.executemany(self._sql["insert_context"], rows)
        self._run("delete_old_contexts", {"kept": CONTEXTS_MAX})
