"""Drives erased bytes out of the files, and looks whether they are gone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import apsw

from remanence.storage.sqlite.opening import Access

SIDE_FILES = ("-wal", "-shm", "-journal")
CHUNK_BYTES = 4 * 1024 * 1024
CHECKPOINT_WAIT_SECONDS = 2.0  # for readers to let go of old pages; then the erasure is pending
RETRY_SECONDS = 0.05


def files_of(path: Path) -> list[Path]:
    """The cube's file and the side files that SQLite may keep beside it."""
    return [path, *(path.with_name(path.name + ending) for ending in SIDE_FILES)]


def empty_log(db: apsw.Connection) -> bool:
    """Write all pages home and cut the write-ahead log to nothing; False when readers held on to it."""
    until = time.monotonic() + CHECKPOINT_WAIT_SECONDS
    while True:
        try:
            db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            return True
        except (apsw.BusyError, apsw.LockedError):
            if time.monotonic() >= until:
                return False
        time.sleep(RETRY_SECONDS)


def files_contain(access: Access, fragments: Sequence[bytes]) -> bool:
    """Whether any file of the cube still holds one of these byte strings."""
    wanted = [fragment for fragment in fragments if fragment]
    if not wanted:
        return False
    overlap = max(map(len, wanted)) - 1
    for path in files_of(access.path):
        if not path.exists():
            continue
        with path.open("rb") as file:
            tail = b""
            while chunk := file.read(CHUNK_BYTES):
                window = tail + chunk
                if any(fragment in window for fragment in wanted):
                    return True
                tail = window[len(window) - overlap :] if overlap else b""
    return False
