"""Connection settings, one function each: set alone, read back, with the reason.

A pragma list in one statement stops at the first row, so the second would never run; and SQLite
answers a setting it can't honour with the old value and no error.
"""

from __future__ import annotations

import time

import apsw

from remanence.errors import CubeError

APPLICATION_ID = 0x524D4E43  # "RMNC"
CACHE_KIB = 8 * 1024
BUSY_SECONDS, OFTEN, LONG_BUSY_SECONDS = 0.0005, 1_000, 0.01  # from one look to the next
MMAP_BYTES = 0  # reading through a map would keep erased pages alive, and a torn file would end the process


def _set(db: apsw.Connection, pragma: str, value: int | str, expected: int | str) -> None:
    db.pragma(pragma, value)
    found = db.pragma(pragma)
    if found != expected:
        raise CubeError(f"{db.filename}: SQLite kept {pragma} at {found!r} where {expected!r} is needed")


def wait_for_others(db: apsw.Connection, milliseconds: int) -> None:
    """Wait for another process's write to end before giving up; 0: don't.

    SQLite's own waiting sleeps for up to 0.1 s at a time: between two that write much, one starves.
    """
    until = 0.0

    def goes_on(tries: int) -> bool:
        nonlocal until
        if tries == 0:
            until = time.monotonic() + milliseconds / 1000
        if time.monotonic() >= until:
            return False
        time.sleep(BUSY_SECONDS if tries < OFTEN else LONG_BUSY_SECONDS)
        return True

    db.set_busy_handler(goes_on if milliseconds else None)


def write_ahead(db: apsw.Connection) -> None:
    """Readers never wait for the writer, nor the writer for them: https://sqlite.org/wal.html."""
    _set(db, "journal_mode", "wal", "wal")


def flush_acknowledged(db: apsw.Connection) -> None:
    """FULL syncs the log at each commit: what was acknowledged survives a power cut."""
    _set(db, "synchronous", "full", 2)


def flush_later(db: apsw.Connection) -> None:
    """NORMAL syncs at checkpoints and with the next full commit: for what may be lost in a power cut."""
    _set(db, "synchronous", "normal", 1)


def keep_references(db: apsw.Connection) -> None:
    """A row never points at what is not there."""
    _set(db, "foreign_keys", 1, 1)


def wipe_deleted(db: apsw.Connection) -> None:
    """Deleted content is overwritten with zeros, and never lies in a temporary file."""
    _set(db, "secure_delete", 1, 1)
    _set(db, "temp_store", 2, 2)


def trust_no_schema(db: apsw.Connection) -> None:
    """A cube from elsewhere may bring triggers and views; they get no function with side effects."""
    _set(db, "trusted_schema", 0, 0)


def bound_cache(db: apsw.Connection) -> None:
    """Page cache of a fixed size: many readers in one process stay small."""
    _set(db, "cache_size", -CACHE_KIB, -CACHE_KIB)
    if MMAP_BYTES == 0:
        db.pragma("mmap_size", 0)


def mark_as_cube(db: apsw.Connection) -> None:
    """Let `file` and others tell a cube from any SQLite database."""
    _set(db, "application_id", APPLICATION_ID, APPLICATION_ID)


def unlock(db: apsw.Connection, key: str) -> None:
    """Give the cipher its key, before anything is read."""
    db.pragma("key", key)
