"""Opens a cube file: is it one, whole, ours to read, and set as it must be?"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes

import apsw

from remanence.errors import CubeDamaged, CubeOutdated, NotACube, WrongKey
from remanence.model.interval import from_micros, to_micros
from remanence.storage.port import CubeFacts, EmbedderName
from remanence.storage.sqlite import raw_file, settings
from remanence.storage.sqlite.migrate import migrate, newest_version, refuse_newer, schema_version
from remanence.storage.sqlite.rows import decoding
from remanence.storage.sqlite.statements import statements

SQLITE_HEADER = b"SQLite format 3\x00"
HEADER_BYTES = 100  # https://sqlite.org/fileformat.html, 1.3
SAMENESS_KEY_BYTES = 32
BACKUP_PAGES = 1024  # a step: 4 MiB, then others may write


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the file: where, with which key, for how long to wait, through which file system."""

    path: Path
    key: str | None = None
    read_only: bool = False
    wait_ms: int = 30_000
    vfs: str | None = None  # an apsw VFS by name: tests cut the power through one


@dataclass(frozen=True, slots=True)
class CubeMeta:
    """What the table `meta` says."""

    facts: CubeFacts
    sameness_key: bytes


def open_writer(access: Access, new: CubeFacts) -> tuple[apsw.Connection | None, CubeMeta]:
    """The connection that writes (None when the file can only be read) and what the cube says of itself."""
    _refuse_what_is_no_cube(access)
    if access.read_only or _only_readable(access.path):
        db = open_reader(access)
        try:
            return None, _meta_of(db)
        finally:
            db.close()
    db = _connect(access, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        _is_fresh(db)  # before anything is set: a file that is not ours stays as it is
        settings.write_ahead(db)
        settings.flush_acknowledged(db)
        settings.keep_references(db)
        settings.wipe_deleted(db)
        _bring_up_to_date(db, new)
        return db, _meta_of(db)
    except BaseException:
        db.close()
        raise


def open_reader(access: Access) -> apsw.Connection:
    """A connection that only reads; read-only media are taken as unchanging when there is no log."""
    if _only_readable(access.path) and not access.path.with_name(access.path.name + "-wal").exists():
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return _connect(access, flags, name=f"{access.path.absolute().as_uri()}?immutable=1")
    return _connect(access, apsw.SQLITE_OPEN_READONLY)


def open_settler(access: Access) -> apsw.Connection:
    """A connection that only copies the log into the file; it waits for nobody."""
    db = _connect(access, apsw.SQLITE_OPEN_READWRITE)
    settings.wait_for_others(db, 0)
    settings.flush_acknowledged(db)
    settings.wipe_deleted(db)
    return db


def leave_one_file(access: Access) -> None:
    """Take away the empty log that a connection which only reads has to leave behind."""
    log = access.path.with_name(access.path.name + "-wal")
    if _only_readable(access.path) or not log.exists() or log.stat().st_size:
        return
    db = _connect(access, apsw.SQLITE_OPEN_READWRITE)
    try:
        db.execute(statements()["select_any_table"]).fetchall()
    finally:
        db.close()  # the last connection that may write removes the log as it closes


def copy_database(source: apsw.Connection, access: Access, path: Path) -> None:
    """Copy what is committed into a new file, under the same key; what fails leaves no file behind."""
    target = _connect(
        replace(access, path=path, vfs=None), apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    )
    try:
        with target.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(BACKUP_PAGES)
        target.pragma("journal_mode", "delete")
    except BaseException:
        target.close()
        path.unlink(missing_ok=True)
        raise
    target.close()


def _connect(access: Access, flags: int, name: str | None = None) -> apsw.Connection:
    if access.key is not None and not hasattr(apsw, "mc_version"):
        raise WrongKey(
            f"{access.path}: the installed apsw has no ciphers; "
            "uninstall apsw and install apsw-sqlite3mc in its place"
        )
    db = apsw.Connection(name or os.fspath(access.path), flags=flags, vfs=access.vfs)
    try:
        settings.wait_for_others(db, access.wait_ms)
        if access.key is not None:
            settings.unlock(db, access.key)
        settings.trust_no_schema(db)
        settings.bound_cache(db)
    except BaseException:
        db.close()
        raise
    return db


def _refuse_what_is_no_cube(access: Access) -> None:
    path = access.path
    if path.is_dir():
        raise NotACube(f"{path} is a folder; name a file, such as {path / 'memory.cube'}")
    if not path.exists() or path.stat().st_size == 0:
        if access.read_only:
            raise NotACube(f"there is no cube at {path}, and one opened for reading is not made")
        if not path.absolute().parent.is_dir():
            raise NotACube(f"{path}: the folder {path.absolute().parent} does not exist; make it first")
        return
    header = raw_file.first_bytes(path, HEADER_BYTES, vfs=access.vfs)
    if access.key is not None:
        if header.startswith(SQLITE_HEADER):
            raise WrongKey(f"{path} is not encrypted; open it without a key")
        return
    if _can_be_mended(path):
        return  # a power cut while pages went home: SQLite reads them from the log or the journal
    if not header.startswith(SQLITE_HEADER):
        raise NotACube(f"{path} is no cube: it does not begin as one (an encrypted cube needs its key)")
    page_bytes = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    if path.stat().st_size < page_bytes * pages:
        raise CubeDamaged(
            f"{path} is cut short: {path.stat().st_size} of {page_bytes * pages} bytes; restore a snapshot"
        )


def _can_be_mended(path: Path) -> bool:
    sides = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    return any(side.exists() and side.stat().st_size for side in sides)


def _only_readable(path: Path) -> bool:
    """Whether it may not be written, or not have its log beside it."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK))


def _bring_up_to_date(db: apsw.Connection, new: CubeFacts) -> None:
    if schema_version(db) == newest_version() and db.pragma("application_id") == settings.APPLICATION_ID:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        fresh = _is_fresh(db)
        if fresh:
            settings.mark_as_cube(db)
        migrate(db)
        if fresh:
            _write_meta(db, new)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _is_fresh(db: apsw.Connection) -> bool:
    """Whether nothing is in the file yet; raises NotACube or CubeTooNew for what is not ours to write.

    All of it is asked of one state of the file: another process may be making the same cube.
    """
    if not db.in_transaction:
        db.execute("BEGIN")
        try:
            return _is_fresh(db)
        finally:
            db.execute("ROLLBACK")
    found = db.pragma("application_id")
    if found == settings.APPLICATION_ID:
        refuse_newer(db)
        return schema_version(db) == 0
    if found or schema_version(db) or list(db.execute(statements()["select_any_table"])):
        raise NotACube(f"{db.filename} is a SQLite database of another program; it was not touched")
    return True


def _write_meta(db: apsw.Connection, facts: CubeFacts) -> None:
    values: dict[str, str | int | bytes] = {
        "cube_id": facts.cube_id,
        "owner": facts.owner,
        "time_zone": facts.time_zone,
        "created_at": to_micros(facts.created_at),
        "analyser": facts.analyser,
        "sameness_key": token_bytes(SAMENESS_KEY_BYTES),
    }
    if facts.embedder is not None:
        name = {
            "name": facts.embedder.name,
            "revision": facts.embedder.revision,
            "dims": facts.embedder.dims,
        }
        ((number,),) = list(db.execute(statements()["insert_embedder"], name))
        values["embedder"] = number
    for key, value in values.items():
        for _ in db.execute(statements()["upsert_meta"], {"key": key, "value": value}):
            pass


def _meta_of(db: apsw.Connection) -> CubeMeta:
    if _is_fresh(db):
        raise NotACube(f"{db.filename} is an empty SQLite database, and opening for reading makes no cube")
    if schema_version(db) != newest_version():
        raise CubeOutdated(
            f"{db.filename} has an older format, and opening for reading does not migrate it; "
            f"open it for writing once"
        )
    meta = dict(db.execute(statements()["select_meta"]))
    embedder = None
    for name, revision, dims in db.execute(statements()["select_embedder"], {"generation": "embedder"}):
        embedder = EmbedderName(name, revision, dims)
    with decoding("its table meta"):
        facts = CubeFacts(
            cube_id=meta["cube_id"],
            owner=meta["owner"],
            time_zone=meta["time_zone"],
            created_at=from_micros(meta["created_at"]),
            analyser=meta["analyser"],
            embedder=embedder,
        )
        return CubeMeta(facts, meta["sameness_key"])
