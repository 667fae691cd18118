"""Writes documents within one transaction that is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import apsw

from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId
from remanence.storage.sqlite.rows import Bound


class DocumentWriting:
    """See storage.documents_port.DocumentTransaction for what each call does."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _number_of: Callable[[ItemId], int]
    _run: Callable[[str, Bound], None]

    def add_document_versions(self, versions: Iterable[DocumentVersion]) -> None:
        rows = [
            (
                one.name,
                one.format,
                json.dumps([self._number_of(item_id) for item_id in one.items]),
                one.unit_id,
                one.digest,
                one.opened_by,
            )
            for one in versions
        ]
        self._db.executemany(self._sql["insert_document"], rows)

    def close_document_versions(self, numbers: Sequence[int], *, by: int) -> None:
        self._run("close_documents", {"numbers": json.dumps(numbers), "by": by})
        assert self._db.changes() == len(numbers), "a version of a document was closed twice"

    def erase_document_words(self, name: str, *, by: int) -> None:
        self._run("erase_document_words", {"name": name, "by": by})
