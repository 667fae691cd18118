"""What a cube asks of the engine that keeps it.

A Snapshot reads one committed state. A Transaction is a Snapshot that may also write: all of it is
committed when its block ends, or nothing when the block raises. Engines know no rule of memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from remanence.model.ids import ItemId, RevisionId, TextId
from remanence.model.item import Revision, Source
from remanence.model.journal import Entry, JournalEntry
from remanence.storage.contexts_port import ContextSnapshot, ContextTransaction
from remanence.storage.dump_port import DumpSnapshot, DumpTransaction
from remanence.storage.entities_port import EntitySnapshot, EntityTransaction
from remanence.storage.imports_port import ImportSnapshot
from remanence.storage.index_port import IndexFile, IndexSnapshot
from remanence.storage.index_port import IndexRow as IndexRow
from remanence.storage.index_port import Which as Which
from remanence.storage.jobs_port import JobSnapshot, JobTransaction
from remanence.storage.life_port import LifeSnapshot
from remanence.storage.listing_port import ListingSnapshot
from remanence.storage.marks_port import MarkSnapshot, MarkTransaction
from remanence.storage.mirror_port import MirrorSnapshot
from remanence.storage.past_port import Past
from remanence.storage.receipt import Receipt as Receipt
from remanence.storage.shown_port import ShownSnapshot, ShownTransaction
from remanence.storage.slot_port import SlotReading
from remanence.storage.support_port import SupportSnapshot, SupportTransaction
from remanence.storage.units_port import UnitSnapshot, UnitTransaction
from remanence.storage.vectors_port import EmbedderName as EmbedderName
from remanence.storage.vectors_port import StoredSpan as StoredSpan
from remanence.storage.vectors_port import StoredVector as StoredVector
from remanence.storage.vectors_port import VectorSnapshot, VectorTransaction


@dataclass(frozen=True, slots=True)
class CubeFacts:
    """What a cube says of itself, fixed when it is made but for the embedder."""

    cube_id: str
    owner: str
    time_zone: str  # IANA name
    created_at: datetime
    analyser: str  # what cut its texts into terms
    embedder: EmbedderName | None


@dataclass(frozen=True, slots=True)
class NewText:
    """A text to keep, with what the analyser made of it."""

    id: TextId
    item_id: ItemId
    content: str
    salt: bytes
    terms: bytes  # uint32 little-endian [n]
    tokens: int
    flags: int
    words: str | None = None  # what the text index reads, where it is not the content itself
    wording: str | None = None  # of a statement: what is alike where the same is said again


class Turn(NamedTuple):  # made sooner than a dataclass, and a long session has thousands
    """One place of a session, with the row that was last heard there."""

    turn: int
    item_id: ItemId
    role: str
    author: str
    text: str | None  # None: erased
    said_at: datetime | None  # where the message named its own time
    message_id: str | None
    redacted: bool  # passages of the text were taken out, and blanks stand in their place


@dataclass(frozen=True, slots=True)
class Head:
    """The journal's last line."""

    sequence: int
    hash: bytes
    recorded_at: datetime | None


Counts = Mapping[str, int]


class Snapshot(
    IndexSnapshot,
    VectorSnapshot,
    Past,
    SlotReading,
    SupportSnapshot,
    ShownSnapshot,
    MarkSnapshot,
    LifeSnapshot,
    UnitSnapshot,
    DumpSnapshot,
    ImportSnapshot,
    JobSnapshot,
    EntitySnapshot,
    ContextSnapshot,
    ListingSnapshot,
    MirrorSnapshot,
    Protocol,
):
    """One committed state of the cube."""

    def head(self) -> Head:
        """The journal's last line."""
        ...

    def ids_with_prefix(self, prefix: str, *, limit: int) -> list[ItemId]:
        """Ids whose printed form begins so, in order."""
        ...

    def rows_of(self, item_ids: Sequence[ItemId], *, which: Which = "open") -> list[Revision]:
        """The rows of these items, oldest record first."""
        ...

    def revisions(self, ids: Sequence[RevisionId]) -> dict[RevisionId, Revision]:
        """These rows, by number; those that are not there are left out."""
        ...

    def rows_touched_by(self, change_set: int) -> tuple[list[Revision], list[Revision]]:
        """The rows a change set opened, and those it closed."""
        ...

    def derived_from(self, item_ids: Sequence[ItemId]) -> list[ItemId]:
        """Items with some row that names one of these as its source."""
        ...

    def rows_in_slot(self, subject: str, attribute: str) -> list[Revision]:
        """Open rows that say something of this attribute of this subject, oldest record first."""
        ...

    def last_turn(self, session: str) -> int:
        """The highest place ever given in a session, -1 for none."""
        ...

    def session_tail(self, session: str, *, limit: int, message_ids: Sequence[str] = ()) -> list[Turn]:
        """The last places of a session in order, its system turns, and those of these messages."""
        ...

    def turns_between(self, session: str, first: int, last: int) -> list[Revision]:
        """The open utterance rows at these places of a session, both ends included, in order."""
        ...

    def journal(
        self, *, after: int = 0, limit: int, item_id: ItemId | None = None, change_set: int | None = None
    ) -> list[JournalEntry]:
        """Lines in order, after a sequence; of one item or one change set if asked for."""
        ...

    def newest_journal(self, *, limit: int, item_id: ItemId | None = None) -> list[JournalEntry]:
        """The last lines, newest first."""
        ...

    def texts_matching(self, phrase: str, *, limit: int) -> list[TextId]:
        """Texts in which these words follow one another, best first."""
        ...

    def texts_containing(self, item_ids: Sequence[ItemId]) -> list[str]:
        """The texts of these items, all rows."""
        ...

    def words_beside(self, item_ids: Sequence[ItemId]) -> list[str]:
        """What else of these items an erasure takes, as it is stored: tags, metadata, slots, reasons."""
        ...

    def text_digests(self) -> Iterator[tuple[TextId, bytes]]:
        """Each text's digest, made anew from what is stored."""
        ...

    def reason_digests(self) -> Iterator[tuple[int, bytes]]:
        """Each change set's number and the digest of its reason, made anew from what is stored."""
        ...

    def overlapping_rows(self) -> list[tuple[RevisionId, RevisionId]]:
        """Pairs of open rows of one item that claim the same time; there must be none."""
        ...

    def blocked(self, item_ids: Sequence[ItemId]) -> set[tuple[ItemId, str]]:
        """The (source, method) pairs among these items that must not be derived again."""
        ...

    def authors(self) -> list[tuple[str, str]]:
        """The (author, role) pairs that occur."""
        ...

    def sessions(self) -> dict[int, str]:
        """Session names by the number that IndexRow bears."""
        ...

    def erasures(self) -> int:
        """How many erasures there were: it rises with each, and costs nothing to ask."""
        ...

    def receipts(self) -> list[Receipt]:
        """All erasures, oldest first."""
        ...

    def counts(self) -> Counts:
        """How many rows of each sort there are."""
        ...


class Transaction(
    Snapshot,
    VectorTransaction,
    SupportTransaction,
    ShownTransaction,
    MarkTransaction,
    UnitTransaction,
    DumpTransaction,
    JobTransaction,
    EntityTransaction,
    ContextTransaction,
    Protocol,
):
    """A Snapshot that may write."""

    def next_revision_id(self) -> RevisionId:
        """A row number that nobody else has."""
        ...

    def next_text_id(self) -> TextId:
        """A text number that nobody else has."""
        ...

    def add_items(self, items: Iterable[tuple[ItemId, datetime]]) -> None:
        """Make identities."""
        ...

    def add_texts(self, texts: Iterable[NewText]) -> None:
        """Keep texts, and index them."""
        ...

    def add_revisions(self, rows: Iterable[Revision]) -> None:
        """Write rows; their items and texts are there."""
        ...

    def add_sources(self, sources: Iterable[tuple[RevisionId, Source]]) -> None:
        """Give rows further sources, after those they have."""
        ...

    def add_turns(self, session: str, turns: Iterable[tuple[int, ItemId, bool]]) -> None:
        """Give items their places in a session, and say whether they named their time."""
        ...

    def close_revisions(self, ids: Sequence[RevisionId], *, at: datetime, by: int) -> None:
        """End the record interval of open rows."""
        ...

    def append(
        self, entries: Sequence[Entry], *, actor: str, reason: str | None, at: datetime, change_set: int
    ) -> None:
        """Write lines of one change set at the end of the journal, chained."""
        ...

    def erase_content(self, item_ids: Sequence[ItemId]) -> None:
        """Take text, terms, vectors, tags, metadata, slots and reasons of these items out of every row."""
        ...

    def block(self, pairs: Iterable[tuple[ItemId, str]]) -> None:
        """Never derive these (source, method) pairs again."""
        ...

    def add_receipt(self, receipt: Receipt) -> None:
        """Keep the proof of an erasure."""
        ...


class Store(Protocol):
    """An open cube's engine."""

    @property
    def facts(self) -> CubeFacts:
        """What the cube says of itself."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether writing is refused."""
        ...

    def read(self) -> AbstractContextManager[Snapshot]:
        """One read transaction; blocks nobody."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """One write transaction; the cube's only one while it lasts."""
        ...

    def snapshot_to(self, path: Path) -> None:
        """Copy the committed state into a new file."""
        ...

    def scrub(self, fragments: Sequence[bytes]) -> bool:
        """Drive erased bytes out of every page; True when a scan of the files found none of the fragments.

        A fragment that a row still has is no trace. False when a reader holds old pages for longer
        than a short wait: the next writer then finishes, and settles the receipts.
        """
        ...

    def drop_pages(self) -> None:
        """Let go of the pages that connections at rest hold in memory."""
        ...

    def settle_receipts(self) -> None:
        """Mark pending erasures as finished, once `scrub` has said so."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the engine's own structures; empty when nothing is."""
        ...

    @property
    def index_file(self) -> IndexFile | None:
        """Where its memory index is kept; None for a cube that keeps none."""
        ...

    def size_bytes(self) -> int:
        """Bytes on disk, side files included."""
        ...

    def close(self) -> None:
        """End all use of the file; afterwards it is one file, with its index beside a large one."""
        ...
