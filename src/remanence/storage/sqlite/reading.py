"""Reads one committed state of a cube file."""

from __future__ import annotations

import hmac
import json
from collections.abc import Hashable, Iterator, Sequence
from itertools import repeat

import apsw

from remanence.model.ids import ItemId, RevisionId, TextId, prefix_end
from remanence.model.interval import from_micros
from remanence.model.item import Revision, Source
from remanence.model.journal import GENESIS, JournalEntry, text_digest
from remanence.storage.port import (
    Counts,
    Head,
    IndexRow,
    Receipt,
    Turn,
    Which,
)
from remanence.storage.sqlite.reading_contexts import ContextReading
from remanence.storage.sqlite.reading_documents import DocumentReading
from remanence.storage.sqlite.reading_dump import DumpReading
from remanence.storage.sqlite.reading_entities import EntityReading
from remanence.storage.sqlite.reading_imports import ImportReading
from remanence.storage.sqlite.reading_jobs import JobReading
from remanence.storage.sqlite.reading_life import LifeReading
from remanence.storage.sqlite.reading_listing import ListingReading
from remanence.storage.sqlite.reading_marks import MarkReading
from remanence.storage.sqlite.reading_mirror import MirrorReading
from remanence.storage.sqlite.reading_past import PastReading
from remanence.storage.sqlite.reading_shown import ShownReading
from remanence.storage.sqlite.reading_slots import SlotReads
from remanence.storage.sqlite.reading_support import SupportReading
from remanence.storage.sqlite.reading_units import SqliteUnitSnapshot
from remanence.storage.sqlite.reading_vectors import VectorReading
from remanence.storage.sqlite.receipts import receipt_of
from remanence.storage.sqlite.rows import (
    UNREADABLE,
    Bound,
    JournalCells,
    RevisionCells,
    decoding,
    held_by_sqlite,
    journal_entry_of,
    phrase_for_search,
    revision_of,
    text_bytes,
    text_of,
)
from remanence.storage.sqlite.statements import statements

SAMENESS_BYTES = 16


class SqliteSnapshot(
    VectorReading,
    PastReading,
    SlotReads,
    SupportReading,
    ShownReading,
    MarkReading,
    LifeReading,
    ListingReading,
    DumpReading,
    SqliteUnitSnapshot,
    DocumentReading,
    ImportReading,
    JobReading,
    EntityReading,
    ContextReading,
    MirrorReading,
):
    """One read transaction over a cube file; see storage.port.Snapshot for what each call gives."""

    def __init__(self, db: apsw.Connection, *, sameness_key: bytes) -> None:
        self._db = db
        self._sameness_key = sameness_key
        self._sql = statements()

    def state(self) -> Hashable | None:
        # The connection itself stands for its place in the process: a number could come again.
        return (self._db, self._db.pragma("data_version"))

    def head(self) -> Head:
        for sequence, line_hash, recorded_at in self._db.execute(self._sql["select_head"]):
            with decoding("the journal's last line"):
                return Head(sequence, line_hash, from_micros(recorded_at))
        return Head(0, GENESIS, None)

    def ids_with_prefix(self, prefix: str, *, limit: int) -> list[ItemId]:
        bound = {"low": prefix, "high": prefix_end(prefix), "limit": limit}
        return [
            ItemId(item_id) for (item_id,) in self._db.execute(self._sql["select_ids_with_prefix"], bound)
        ]

    def rows_of(self, item_ids: Sequence[ItemId], *, which: Which = "open") -> list[Revision]:
        bound: Bound = {"ids": json.dumps(item_ids), "all": which == "all"}
        return self._revisions_from("select_rows_of_items", bound)

    def revisions(self, ids: Sequence[RevisionId]) -> dict[RevisionId, Revision]:
        return {row.id: row for row in self._revisions_from("select_revisions", {"ids": json.dumps(ids)})}

    def rows_touched_by(self, change_set: int) -> tuple[list[Revision], list[Revision]]:
        bound = {"change_set": change_set}
        opened = [n for (n,) in self._db.execute(self._sql["select_revisions_opened_by"], bound)]
        closed = [n for (n,) in self._db.execute(self._sql["select_revisions_closed_by"], bound)]
        rows = self.revisions([*opened, *closed])
        return [rows[number] for number in opened], [rows[number] for number in closed]

    def derived_from(self, item_ids: Sequence[ItemId]) -> list[ItemId]:
        bound = {"ids": json.dumps(item_ids)}
        return [ItemId(item_id) for (item_id,) in self._db.execute(self._sql["select_derived_items"], bound)]

    def rows_in_slot(self, subject: str, attribute: str) -> list[Revision]:
        bound = {"subject": held_by_sqlite(subject), "attribute": held_by_sqlite(attribute)}
        numbers = [n for (n,) in self._db.execute(self._sql["select_rows_in_slot"], bound)]
        return sorted(self.revisions(numbers).values(), key=lambda row: row.id)

    def rows_saying(self, wording: str) -> list[Revision]:
        found = self._db.execute(self._sql["select_rows_saying"], {"sameness": self.sameness(wording)})
        return sorted(self.revisions([n for (n,) in found]).values(), key=lambda row: row.id)

    def last_turn(self, session: str) -> int:
        ((turn,),) = list(self._db.execute(self._sql["select_last_turn"], {"session": session}))
        return int(turn)

    def session_tail(self, session: str, *, limit: int, message_ids: Sequence[str] = ()) -> list[Turn]:
        bound: Bound = {"session": session, "limit": limit, "message_ids": json.dumps(message_ids)}
        with decoding(f"a turn of {session!r}"):
            rows = list(self._db.execute(self._sql["select_session_tail"], bound))
            turns = list(map(tuple.__new__, repeat(Turn), rows))
            for place, (turn, item_id, role, author, text, said_at, message_id, redacted) in enumerate(rows):
                exact = text if isinstance(text, bytes) else None
                if said_at is not None or exact is not None:  # few: the other cells are what they are
                    text = text if exact is None else text_of(None, exact)
                    at = None if said_at is None else from_micros(said_at)
                    turns[place] = Turn(turn, ItemId(item_id), role, author, text, at, message_id, redacted)
        return turns

    def turns_between(self, session: str, first: int, last: int) -> list[Revision]:
        bound: Bound = {"session": session, "first": first, "last": last}
        return self._revisions_from("select_turns_between", bound)

    def journal(
        self, *, after: int = 0, limit: int, item_id: ItemId | None = None, change_set: int | None = None
    ) -> list[JournalEntry]:
        name = "select_journal"
        if item_id is not None:
            name = "select_journal_of_item"
        elif change_set is not None:
            name = "select_journal_of_change_set"
        bound = {"after": after, "limit": limit, "item_id": item_id, "change_set": change_set}
        return self._entries(name, bound)

    def newest_journal(self, *, limit: int, item_id: ItemId | None = None) -> list[JournalEntry]:
        if item_id is None:
            return self._entries("select_newest_journal", {"limit": limit})
        return self._entries("select_newest_journal_of_item", {"limit": limit, "item_id": item_id})

    def items_changed_after(self, sequence: int) -> list[int]:
        bound = {"sequence": sequence}
        return [item for (item,) in self._db.execute(self._sql["select_items_changed_after"], bound)]

    def index_rows(self, *, which: Which, items: Sequence[int] | None = None) -> Iterator[IndexRow]:
        if items is None:
            rows = self._db.execute(self._sql["select_index_rows"], {"all": which == "all"})
        else:
            bound = {"all": which == "all", "items": json.dumps(items)}
            rows = self._db.execute(self._sql["select_index_rows_of_items"], bound)
        return map(tuple.__new__, repeat(IndexRow), rows)  # a fifth of the time that _make takes

    def texts_matching(self, phrase: str, *, limit: int) -> list[TextId]:
        bound: Bound = {"phrase": phrase_for_search(phrase), "limit": limit}
        return [TextId(text) for (text,) in self._db.execute(self._sql["select_texts_matching"], bound)]

    def texts_containing(self, item_ids: Sequence[ItemId]) -> list[str]:
        bound = {"ids": json.dumps(item_ids)}
        rows = self._db.execute(self._sql["select_texts_of_items"], bound)
        return [text_of(content, exact) for content, exact in rows]

    def words_beside(self, item_ids: Sequence[ItemId]) -> list[str]:
        bound = {"ids": json.dumps(item_ids)}
        return [words for (words,) in self._db.execute(self._sql["select_words_of_items"], bound)]

    def text_digests(self) -> Iterator[tuple[TextId, bytes]]:
        for text, salt, content, exact in self._db.execute(self._sql["select_all_texts"]):
            yield TextId(text), _digest(salt, content, exact)

    def reason_digests(self) -> Iterator[tuple[int, bytes]]:
        for change_set, salt, content in self._db.execute(self._sql["select_all_reasons"]):
            yield change_set, _digest(salt, content, None)

    def overlapping_rows(self) -> list[tuple[RevisionId, RevisionId]]:
        rows = self._db.execute(self._sql["select_overlapping_rows"])
        return [(RevisionId(first), RevisionId(second)) for first, second in rows]

    def blocked(self, item_ids: Sequence[ItemId]) -> set[tuple[ItemId, str]]:
        bound = {"ids": json.dumps(item_ids)}
        return {
            (ItemId(item), method) for item, method in self._db.execute(self._sql["select_blocked"], bound)
        }

    def authors(self) -> list[tuple[str, str]]:
        return [(author, role) for author, role in self._db.execute(self._sql["select_authors"])]

    def sessions(self) -> dict[int, str]:
        return dict(self._db.execute(self._sql["select_sessions"]))

    def erasures(self) -> int:
        ((number,),) = list(self._db.execute(self._sql["select_last_receipt"]))
        return int(number)

    def receipts(self) -> list[Receipt]:
        rows = self._db.execute(self._sql["select_receipts"])
        with decoding("a receipt"):
            return [receipt_of(content, pending=bool(pending)) for content, pending in rows]

    def counts(self) -> Counts:
        waiting, parked = self.job_counts()
        queue = {"messages to read": waiting, "messages parked": parked}
        return dict(self._db.execute(self._sql["select_counts"])) | queue

    def sameness(self, text: str) -> bytes:
        """A keyed digest by which equal texts are known within this cube."""
        return hmac.digest(self._sameness_key, text_bytes(text), "sha256")[:SAMENESS_BYTES]

    def _revisions_from(self, name: str, bound: Bound) -> list[Revision]:
        cells = [RevisionCells._make(row) for row in self._db.execute(self._sql[name], bound)]
        derived = [row.revision for row in cells if row.method not in _WITHOUT_SOURCES]
        sources: dict[int, list[Source]] = {}
        if derived:
            found = self._db.execute(self._sql["select_sources"], {"revisions": json.dumps(derived)})
            for revision, item_id, start, end, text, echo in found:
                read = None if text is None else TextId(text)
                source = Source(ItemId(item_id), start, end, read, echo=bool(echo))
                sources.setdefault(revision, []).append(source)
        return [revision_of(row, tuple(sources.get(row.revision, ()))) for row in cells]

    def _entries(self, name: str, bound: Bound) -> list[JournalEntry]:
        return [journal_entry_of(JournalCells._make(row)) for row in self._db.execute(self._sql[name], bound)]


def _digest(salt: bytes, content: str, exact: bytes | None) -> bytes:
    """The digest of a text; b"", which no journal line names, where its cells make none."""
    try:
        return text_digest(salt, text_of(content, exact))
    except UNREADABLE:
        return b""


_WITHOUT_SOURCES = frozenset({"observed"})
