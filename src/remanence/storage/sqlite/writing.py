"""Writes to a cube file within one transaction that is held already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from secrets import token_bytes

import apsw

from remanence.model.ids import ItemId, RevisionId, TextId
from remanence.model.interval import to_micros
from remanence.model.item import Revision, Source
from remanence.model.journal import Entry, chain_hash, numbers_text, text_digest
from remanence.storage.port import NewText, Receipt
from remanence.storage.sqlite.erasable import CLEARINGS
from remanence.storage.sqlite.reading import SqliteSnapshot
from remanence.storage.sqlite.receipts import receipt_text
from remanence.storage.sqlite.rows import Bound, cells_of, held_by_sqlite, json_text, text_bytes
from remanence.storage.sqlite.writing_contexts import ContextWriting
from remanence.storage.sqlite.writing_documents import DocumentWriting
from remanence.storage.sqlite.writing_dump import DumpWriting
from remanence.storage.sqlite.writing_entities import EntityWriting
from remanence.storage.sqlite.writing_jobs import JobWriting
from remanence.storage.sqlite.writing_marks import MarkWriting
from remanence.storage.sqlite.writing_shown import ShownWriting
from remanence.storage.sqlite.writing_support import SupportWriting
from remanence.storage.sqlite.writing_units import SqliteUnitTransaction
from remanence.storage.sqlite.writing_vectors import VectorWriting

SALT_BYTES = 16


class SqliteTransaction(
    SqliteSnapshot,
    VectorWriting,
    SupportWriting,
    ShownWriting,
    MarkWriting,
    DumpWriting,
    SqliteUnitTransaction,
    DocumentWriting,
    JobWriting,
    EntityWriting,
    ContextWriting,
):
    """One write transaction; see storage.port.Transaction for what each call does."""

    def __init__(self, db: apsw.Connection, *, sameness_key: bytes) -> None:
        super().__init__(db, sameness_key=sameness_key)
        ((self._revision, self._text, self._item),) = db.execute(self._sql["select_last_numbers"])
        self._items: dict[ItemId, int] = {}
        self._sessions: dict[str, int] = {}

    def state(self) -> None:
        return None  # its own writes leave `data_version` as it is

    def next_revision_id(self) -> RevisionId:
        self._revision += 1
        return RevisionId(self._revision)

    def next_text_id(self) -> TextId:
        self._text += 1
        return TextId(self._text)

    def add_items(self, items: Iterable[tuple[ItemId, datetime]]) -> None:
        rows = []
        for item_id, created_at in items:
            self._item += 1
            self._items[item_id] = self._item
            rows.append({"item": self._item, "id": item_id, "created_at": to_micros(created_at)})
        self._db.executemany(self._sql["insert_item"], rows)

    def add_texts(self, texts: Iterable[NewText]) -> None:
        rows, words, statements = [], [], []
        for text in texts:
            held = held_by_sqlite(text.content)
            read = None if text.words is None else held_by_sqlite(text.words)
            rows.append(
                (
                    text.id,
                    self._number_of(text.item_id),
                    held,
                    None if held == text.content else text_bytes(text.content),
                    read,
                    text.salt,
                    self.sameness(text.content),
                    text.terms,
                    text.tokens,
                    text.flags,
                )
            )
            words.append((text.id, held if read is None else read))
            if text.wording is not None:
                statements.append((text.id, self.sameness(text.wording)))
        self._db.executemany(self._sql["insert_text"], rows)
        self._db.executemany(self._sql["insert_text_index"], words)
        self._db.executemany(self._sql["insert_statement"], statements)

    def add_revisions(self, rows: Iterable[Revision]) -> None:
        cells, sources = [], []
        for row in rows:
            session = row.provenance.session
            cells.append(
                cells_of(
                    row,
                    self._number_of(row.item_id),
                    None if session is None else self._session_number(session),
                )
            )
            for place, source in enumerate(row.provenance.sources):
                number = self._number_of(source.item_id)
                sources.append((row.id, place, number, *_place_of(source)))
        self._db.executemany(self._sql["insert_revision"], cells)
        self._db.executemany(self._sql["insert_source"], sources)

    def add_sources(self, sources: Iterable[tuple[RevisionId, Source]]) -> None:
        rows = [(row, self._number_of(source.item_id), *_place_of(source)) for row, source in sources]
        self._db.executemany(self._sql["insert_further_source"], rows)

    def add_turns(self, session: str, turns: Iterable[tuple[int, ItemId, bool]]) -> None:
        number = self._session_number(session)
        rows = [(number, turn, self._number_of(item_id), timed) for turn, item_id, timed in turns]
        self._db.executemany(self._sql["insert_turn"], rows)

    def close_revisions(self, ids: Sequence[RevisionId], *, at: datetime, by: int) -> None:
        bound: Bound = {"ids": json.dumps(ids), "at": to_micros(at), "by": by}
        self._run("close_revisions", bound)
        assert self._db.changes() == len(ids), "a row was closed twice"

    def append(
        self, entries: Sequence[Entry], *, actor: str, reason: str | None, at: datetime, change_set: int
    ) -> None:
        reason_digest = None
        if reason is not None:
            salt = token_bytes(SALT_BYTES)
            reason_digest = text_digest(salt, reason)
            self._run("insert_reason", {"change_set": change_set, "content": reason, "salt": salt})
        head = self.head()
        sequence, previous, recorded_at = head.sequence, head.hash, to_micros(at)
        lines = []
        for entry in entries:
            sequence += 1
            line_hash = chain_hash(
                entry,
                sequence=sequence,
                change_set=change_set,
                recorded_at=at,
                actor=actor,
                reason_digest=reason_digest,
                previous=previous,
            )
            lines.append(
                (
                    sequence,
                    change_set,
                    recorded_at,
                    actor,
                    entry.verb.value,
                    entry.item_id,
                    numbers_text(entry.opened),
                    numbers_text(entry.closed),
                    b"".join(entry.digests),
                    json_text(entry.detail) or "{}",
                    reason_digest,
                    previous,
                    line_hash,
                )
            )
            previous = line_hash
        self._db.executemany(self._sql["insert_journal"], lines)

    def erase_content(self, item_ids: Sequence[ItemId]) -> None:
        bound = {"ids": json.dumps(item_ids)}
        for clearing in CLEARINGS:
            self._run(clearing.statement, bound)

    def block(self, pairs: Iterable[tuple[ItemId, str]]) -> None:
        rows = [(self._number_of(item_id), method) for item_id, method in pairs]
        self._db.executemany(self._sql["insert_blocked"], rows)

    def add_receipt(self, receipt: Receipt) -> None:
        bound: Bound = {
            "change_set": receipt.change_set,
            "content": receipt_text(receipt),
            "pending": receipt.pending,
        }
        self._run("insert_receipt", bound)

    def _run(self, name: str, bound: Bound) -> None:
        for _ in self._db.execute(self._sql[name], bound):
            pass

    def _number_of(self, item_id: ItemId) -> int:
        number = self._items.get(item_id)
        if number is None:
            ((number,),) = list(self._db.execute(self._sql["select_item_number"], {"id": item_id}))
            self._items[item_id] = number
        return number

    def _session_number(self, name: str) -> int:
        number = self._sessions.get(name)
        if number is None:
            self._run("insert_session", {"name": name})
            ((number,),) = list(self._db.execute(self._sql["select_session"], {"name": name}))
            self._sessions[name] = number
        return number


def _place_of(source: Source) -> tuple[int | None, int | None, TextId | None, bool]:
    """The columns of a source behind its item's number."""
    return source.start, source.end, source.text_id, source.echo
