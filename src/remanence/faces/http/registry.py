"""The server's own database in its data directory: API keys, and which requests were answered how.

It is no memory: what it holds of a request is a keyed digest, and of an answer the ids that stand in it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias, cast

import apsw

from remanence.errors import InvalidInput, NotFound
from remanence.model.clock import Clock
from remanence.model.interval import from_micros, to_micros
from remanence.model.item import Json
from remanence.storage.sqlite import settings
from remanence.storage.sqlite.faults import told_as_ours

FILE = "server.sqlite"
SALT_BYTES = 32
WAIT_MS = 10_000
SETTLED_EACH = 400  # changes until the log is copied into the database: some thousand pages
_to_disk = getattr(os, "fdatasync", os.fsync)  # as SQLite does it
Bound: TypeAlias = "Mapping[str, str | int | bytes | None]"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What is kept of an API key: everything but its secret."""

    lookup: str
    name: str
    secret_hash: str
    scopes: frozenset[str]
    patterns: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Names one request that may come again: who asked, about which cube, under which key."""

    caller: str
    cube: str
    token: bytes

    @property
    def bound(self) -> dict[str, str | int | bytes | None]:
        """Its parts by name, for a statement."""
        return {"caller": self.caller, "cube": self.cube, "token": self.token}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a request: its digest, and the ids of its answer once there is one."""

    request: bytes
    answer: dict[str, Json] | None


class Registry:
    """The open database of a data directory, which is made where there is none; any thread may use it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InvalidInput(f"{folder} can't be made a folder of cubes: {error.strerror}") from error
        path = folder / FILE
        self._path = str(path)
        self._lock = threading.Lock()
        self._keyed = False
        self._looking = threading.Lock()  # a look never waits for the disk, as a write does
        with told_as_ours(self._path):
            self._db = apsw.Connection(self._path)
            settings.wait_for_others(self._db, WAIT_MS)
            settings.write_ahead(self._db)
            settings.flush_acknowledged(self._db)
            settings.wipe_deleted(self._db)
            path.chmod(0o600)
            with self._writing() as db:
                for name in ("create_api_key", "create_repeat", "create_repeat_begun_at", "create_salt"):
                    _do(db, name)
                _do(db, "insert_salt", {"value": clock.random_bits(8 * SALT_BYTES).to_bytes(SALT_BYTES)})
            ((salt,),) = _rows(self._db, "select_salt")
            self._unflushed, self._settler = (self._unflushed_connection() for _ in range(2))
            self._reader = apsw.Connection(self._path, flags=apsw.SQLITE_OPEN_READONLY)
            settings.wait_for_others(self._reader, WAIT_MS)
        self._log = open(f"{self._path}-wal", "r+b", buffering=0)  # noqa: SIM115  # until `close`
        self._flushing = threading.Lock()
        self._settling = threading.Lock()
        self._begun = self._flushed = self._settled = 0  # requests
        self.salt = cast("bytes", salt)

    def _unflushed_connection(self) -> apsw.Connection:
        db = apsw.Connection(self._path)
        settings.wait_for_others(db, WAIT_MS)
        settings.flush_later(db)
        settings.wipe_deleted(db)
        db.wal_autocheckpoint(0)  # see `_settle`
        return db

    def close(self) -> None:
        """End all use of it."""
        self._log.close()
        self._reader.close()
        self._settler.close()
        self._unflushed.close()
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def key(self, lookup: str) -> KeyRow | None:
        """The key of this lookup id, revoked and expired ones too."""
        with self._reading() as db:
            rows = _rows(db, "select_api_key", {"lookup": lookup})
        return _key_of(rows[0]) if rows else None

    def keys(self) -> list[KeyRow]:
        """All keys, oldest first."""
        with self._reading() as db:
            return [_key_of(row) for row in _rows(db, "select_api_keys")]

    def has_keys(self) -> bool:
        """Whether a key was ever made: then nobody is let in without one."""
        if not self._keyed:  # no row of a key ever goes
            with self._reading() as db:
                self._keyed = bool(_rows(db, "select_any_api_key"))
        return self._keyed

    def add_key(self, key: KeyRow) -> None:
        """Keep a key; raises InvalidInput where its name is taken, also by one that was revoked."""
        bound: Bound = {
            "lookup": key.lookup,
            "name": key.name,
            "secret_hash": key.secret_hash,
            "scopes": json.dumps(sorted(key.scopes)),
            "patterns": json.dumps(key.patterns),
            "created_at": to_micros(key.created_at),
            "expires_at": None if key.expires_at is None else to_micros(key.expires_at),
        }
        with self._writing() as db:
            if _rows(db, "select_api_key_named", {"name": key.name}):
                raise InvalidInput(f"there is a key {key.name!r} already, or was; give another name")
            _do(db, "insert_api_key", bound)

    def revoke_key(self, name: str, *, time: datetime) -> None:
        """Take a key's worth, by its name or lookup id; raises NotFound where no valid one has it."""
        with self._writing() as db:
            if not _rows(db, "revoke_api_key", {"name": name, "revoked_at": to_micros(time)}):
                raise NotFound(f"no valid key is named {name!r}; `remanence keys list` shows them")

    def begin(self, repeat: Repeat, request: bytes, *, time: datetime, known_since: datetime) -> Told | None:
        """Note that a request begins, on disk; what is known of it where it came before."""
        with self._writing(self._unflushed) as db:
            _do(db, "delete_repeats_before", {"time": to_micros(known_since)})
            for digest, answer in _rows(db, "select_repeat", repeat.bound):
                told = None if answer is None else json.loads(cast("str", answer))
                return Told(cast("bytes", digest), told)
            _do(db, "insert_repeat", {**repeat.bound, "request": request, "begun_at": to_micros(time)})
        self._flush()
        self._settle()
        return None

    def finish(self, repeat: Repeat, answer: Mapping[str, Json]) -> None:
        """Note the ids of the answer.

        Not flushed: after a power cut the same request is told that its outcome is unknown.
        """
        with self._writing(self._unflushed) as db:
            _do(db, "update_repeat_answer", {**repeat.bound, "answer": json.dumps(answer)})

    def drop(self, repeat: Repeat) -> None:
        """Forget a request that changed nothing."""
        with self._writing() as db:
            _do(db, "delete_repeat", repeat.bound)

    def erase(self, cube: str, items: Iterable[str]) -> None:
        """Forget what was asked and answered where one of these items is named; that it was, stays."""
        with self._writing() as db:
            _do(db, "clear_repeats_naming", {"cube": cube, "items": json.dumps(list(items))})
        with self._lock, told_as_ours(self._path):
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def _flush(self) -> None:
        """Have on disk what was committed, as a full commit would, but one flush for all who wait.

        Nobody holds the database meanwhile: with several processes SQLite's own waiting takes up to 0.1 s.
        """
        with self._lock:
            self._begun += 1
            mine = self._begun
        with self._flushing:
            if self._flushed < mine:
                upto = self._begun
                _to_disk(self._log.fileno())
                self._flushed = upto

    def _settle(self) -> None:
        """Copy the log into the database now and then, at the cost of one request and of no other."""
        if self._begun - self._settled < SETTLED_EACH or not self._settling.acquire(blocking=False):
            return
        try:
            self._settled = self._begun
            with told_as_ours(self._path), suppress(apsw.BusyError):  # another process does it now
                self._settler.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        finally:
            self._settling.release()

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        with self._looking, told_as_ours(self._path):
            yield self._reader

    @contextmanager
    def _writing(self, db: apsw.Connection | None = None) -> Iterator[apsw.Connection]:
        with self._lock, told_as_ours(self._path):
            db = db or self._db
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


def _rows(db: apsw.Connection, name: str, bound: Bound | None = None) -> list[tuple[object, ...]]:
    return list(db.execute(_statements()[name], bound or {}))


def _do(db: apsw.Connection, name: str, bound: Bound | None = None) -> None:
    _rows(db, name, bound)


def _key_of(row: tuple[object, ...]) -> KeyRow:
    lookup, name, secret_hash, scopes, patterns, created, expires, revoked = row
    return KeyRow(
        lookup=cast("str", lookup),
        name=cast("str", name),
        secret_hash=cast("str", secret_hash),
        scopes=frozenset(json.loads(cast("str", scopes))),
        patterns=tuple(json.loads(cast("str", patterns))),
        created_at=from_micros(cast("int", created)),
        expires_at=None if expires is None else from_micros(cast("int", expires)),
        revoked_at=None if revoked is None else from_micros(cast("int", revoked)),
    )


@cache
def _statements() -> dict[str, str]:
    text = files("remanence.faces.http").joinpath("registry.sql").read_text(encoding="utf-8")
    found = {}
    for block in text.split("-- name: ")[1:]:
        name, _, sql = block.partition("\n")
        found[name.strip()] = sql.strip()
    return found
