"""Reads documents and their versions."""

from __future__ import annotations

import hmac
import json

import apsw

from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId
from remanence.model.unit import UnitId
from remanence.storage.sqlite.rows import Bound, decoding


class DocumentReading:
    """See storage.documents_port.DocumentSnapshot for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _sameness_key: bytes

    def documents(self) -> list[DocumentVersion]:
        return self._documents("select_documents", {})

    def document_named(self, name: str) -> DocumentVersion | None:
        return next(iter(self._documents("select_document_named", {"name": name})), None)

    def document_of_digest(self, digest: bytes) -> DocumentVersion | None:
        return next(iter(self._documents("select_document_of_digest", {"digest": digest})), None)

    def items_of_document(self, name: str) -> tuple[ItemId, ...]:
        found = self._db.execute(self._sql["select_items_of_document"], {"name": name})
        return tuple(ItemId(item_id) for (item_id,) in found)

    def has_topic_named(self, name: str) -> bool:
        return any(True for _ in self._db.execute(self._sql["select_topic_named"], {"name": name}))

    def keyed_digest(self, digest: bytes) -> bytes:
        return hmac.digest(self._sameness_key, b"document" + digest, "sha256")

    def document_versions_touched_by(
        self, change_set: int
    ) -> tuple[list[DocumentVersion], list[DocumentVersion]]:
        bound: Bound = {"change_set": change_set}
        opened = self._documents("select_documents_opened_by", bound)
        return opened, self._documents("select_documents_closed_by", bound)

    def _documents(self, statement: str, bound: Bound) -> list[DocumentVersion]:
        with decoding("a document"):
            return [
                DocumentVersion(
                    number=number,
                    name=name,
                    format=form,
                    items=tuple(map(ItemId, json.loads(items))),
                    unit_id=UnitId(unit),
                    digest=digest,
                    opened_by=opened_by,
                    closed_by=closed_by,
                )
                for number, name, form, unit, digest, opened_by, closed_by, items in self._db.execute(
                    self._sql[statement], bound
                )
            ]
