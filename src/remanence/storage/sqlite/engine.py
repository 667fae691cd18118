"""A cube file that is open: its connections, its one writer at a time, its end."""

from __future__ import annotations

import contextlib
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import apsw

from remanence.errors import CubeClosed, CubeError, CubeReadOnly, NotACube, WrongKey
from remanence.storage.index_port import IndexFile
from remanence.storage.port import CubeFacts, Snapshot, Transaction
from remanence.storage.sqlite import index_file, opening, scrubbing
from remanence.storage.sqlite.checking import structural_faults
from remanence.storage.sqlite.faults import told_as_ours
from remanence.storage.sqlite.index_file import SqliteIndexFile
from remanence.storage.sqlite.migrate import newest_version
from remanence.storage.sqlite.opening import Access, CubeMeta
from remanence.storage.sqlite.reading import SqliteSnapshot
from remanence.storage.sqlite.settling import Settler
from remanence.storage.sqlite.statements import statements
from remanence.storage.sqlite.writing import SqliteTransaction

IDLE_READERS_MAX = 8  # connections kept for the next reader; more are closed after use


class SqliteStore:
    """One cube file, used from any number of threads; see storage.port.Store for what each call does."""

    def __init__(self, access: Access, meta: CubeMeta, writer: apsw.Connection | None) -> None:
        self._access = access
        self._meta = meta
        self._writer = writer
        self._writing = threading.RLock()
        self._readers: list[apsw.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._held_up = False  # whether a reader kept the last erasure from its end
        self._settler = Settler(lambda: opening.open_settler(access), self._writing)
        if writer is not None:
            self._settler.watch(writer)

    @classmethod
    def open(cls, access: Access, *, new: CubeFacts) -> SqliteStore:
        """Open the file, or make it as `new` describes; raises the CubeError that fits what is wrong."""
        try:
            with told_as_ours(str(access.path)):
                writer, meta = opening.open_writer(access, new)
        except NotACube as error:
            if access.key is not None and isinstance(error.__cause__, apsw.NotADBError):
                raise WrongKey(f"{access.path}: the key does not open it") from error
            raise
        return cls(access, meta, writer)

    @property
    def facts(self) -> CubeFacts:
        with self.read() as snapshot:
            return replace(self._meta.facts, embedder=snapshot.embedder())

    @property
    def read_only(self) -> bool:
        return self._writer is None

    @contextlib.contextmanager
    def read(self) -> Iterator[Snapshot]:
        with told_as_ours(str(self._access.path)):
            db = self._borrow_reader()
            try:
                db.execute("BEGIN")
                try:
                    yield SqliteSnapshot(db, sameness_key=self._meta.sameness_key)
                finally:
                    if db.in_transaction:  # a disk that fails makes SQLite roll back by itself
                        db.execute("ROLLBACK")
            finally:
                self._return_reader(db)

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        with self._writing, told_as_ours(str(self._access.path)):
            db = self._open_writer()
            assert not db.in_transaction, "a write transaction inside another"
            self._finish_erasures(db)
            db.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(db, sameness_key=self._meta.sameness_key)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # a full disk makes SQLite roll back by itself
                    db.execute("ROLLBACK")
                raise

    def snapshot_to(self, path: Path) -> None:
        if path.exists():
            raise CubeError(f"{path} exists already; name a new file for the snapshot")
        with told_as_ours(str(path)):
            source = self._borrow_reader()
            try:
                opening.copy_database(source, self._access, path)
            finally:
                self._return_reader(source)

    def scrub(self, fragments: Sequence[bytes]) -> bool:
        with self._writing, self._settler.held(), told_as_ours(str(self._access.path)):
            self._close_idle_readers()
            clean = scrubbing.scrub(self._open_writer(), self._access, fragments)
            self._held_up = not clean
            return clean

    def drop_pages(self) -> None:
        self._close_idle_readers()
        if self._writer is not None and self._writing.acquire(blocking=False):  # else it is not at rest
            try:
                if not self._closed:
                    self._writer.release_memory()
            finally:
                self._writing.release()

    def settle_receipts(self) -> None:
        with self._writing, told_as_ours(str(self._access.path)):
            self._open_writer().execute(statements()["settle_receipts"])

    def check(self) -> list[str]:
        with told_as_ours(str(self._access.path)):
            self._return_reader(self._borrow_reader())  # raises where the cube is closed
            # A connection that has looked before takes a text index merged since for a broken one.
            db = opening.open_reader(self._access)
            try:
                return structural_faults(db)
            finally:
                db.close()

    @property
    def index_file(self) -> IndexFile | None:
        if self._access.key is not None:
            return None  # numbers tell of words too: beside an encrypted cube nothing lies in the open
        facts = self._meta.facts
        rows = zlib.crc32(statements()["select_index_rows"].encode())
        of = f"{facts.cube_id} {facts.analyser} {newest_version()} {rows:08x}"
        return SqliteIndexFile(self._access.path, of=of, read_only=self.read_only)

    def size_bytes(self) -> int:
        files = sum(path.stat().st_size for path in scrubbing.files_of(self._access.path) if path.exists())
        return files + index_file.size_bytes(self._access.path)

    def close(self) -> None:
        with self._writing, self._lock:
            if self._closed:
                return
            self._closed = True
            self._settler.end()
            for db in self._readers:
                db.close()
            self._readers.clear()
            if self._writer is None:
                with told_as_ours(str(self._access.path)):
                    opening.leave_one_file(self._access)
            else:
                with told_as_ours(str(self._access.path)):
                    try:
                        if self._held_up:
                            self._finish_erasures(self._writer)
                    finally:
                        self._writer.close()

    def _open_writer(self) -> apsw.Connection:
        if self._closed:
            raise CubeClosed(f"{self._access.path} was closed; open it again")
        if self._writer is None:
            raise CubeReadOnly(f"{self._access.path} is open for reading only; nothing was changed")
        return self._writer

    def _finish_erasures(self, db: apsw.Connection) -> None:
        """Finish what readers held up; the caller is the one writer, outside of a transaction."""
        if list(db.execute(statements()["select_pending_receipts"])) and scrubbing.finish(db, self._access):
            db.execute(statements()["settle_receipts"])
            self._held_up = False

    def _borrow_reader(self) -> apsw.Connection:
        with self._lock:
            if self._closed:
                raise CubeClosed(f"{self._access.path} was closed; open it again")
            if self._readers:
                return self._readers.pop()
        return opening.open_reader(self._access)

    def _return_reader(self, db: apsw.Connection) -> None:
        with self._lock:
            if not self._closed and len(self._readers) < IDLE_READERS_MAX:
                self._readers.append(db)
                return
        db.close()

    def _close_idle_readers(self) -> None:
        with self._lock:
            for db in self._readers:
                db.close()
            self._readers.clear()
