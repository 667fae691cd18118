"""Drives erased bytes out of the files, and looks whether they are gone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import apsw

from remanence.storage.sqlite import index_file, raw_file, settings
from remanence.storage.sqlite.opening import Access
from remanence.storage.sqlite.statements import statements

INDEX_OF_LOG = "-shm"
SIDE_FILES = ("-wal", INDEX_OF_LOG, "-journal")
CHECKPOINT_WAIT_SECONDS = 2.0  # for readers to let go of old pages; then the erasure is pending
RETRY_SECONDS = 0.05
HINDRANCES = (apsw.BusyError, apsw.LockedError, apsw.FullError, apsw.IOError, OSError)  # they may pass


def files_of(path: Path) -> list[Path]:
    """The cube's file and the side files that SQLite may keep beside it."""
    return [path, *(path.with_name(path.name + ending) for ending in SIDE_FILES)]


def scrub(db: apsw.Connection, access: Access, fragments: Sequence[bytes]) -> bool:
    """Drive erased bytes out of the files; True when a scan finds none of the fragments.

    The erasure is committed by now: what fails here is no error of it, it only leaves it unfinished.
    """
    try:
        if not empty_log(db, access, wait_seconds=CHECKPOINT_WAIT_SECONDS):
            return False
        index_file.destroy(access.path)  # now: whoever read what was erased has let go of it, and saved
        if not _traces(db, access, fragments):
            return True
        rewritten = rewrite(db, access, wait_seconds=CHECKPOINT_WAIT_SECONDS)
        return rewritten and not _traces(db, access, fragments)
    except HINDRANCES:
        return False


def finish(db: apsw.Connection, access: Access) -> bool:
    """Finish erasures whose words nobody knows any more, without waiting; False when that can't be yet.

    What is written anew from the rows that are left holds no old byte, wherever it may have lain.
    """
    try:
        if not empty_log(db, access, wait_seconds=0):
            return False
        index_file.destroy(access.path)
        return rewrite(db, access, wait_seconds=0)
    except HINDRANCES:
        return False


def rewrite(db: apsw.Connection, access: Access, *, wait_seconds: float) -> bool:
    """Write the whole file anew from its rows; False when readers held on to the old pages."""
    for _ in db.execute(statements()["rewrite_file"]):
        pass
    return empty_log(db, access, wait_seconds=wait_seconds)


def empty_log(db: apsw.Connection, access: Access, *, wait_seconds: float) -> bool:
    """Write all pages home and cut the write-ahead log to nothing; False when readers held on to it."""
    until = time.monotonic() + wait_seconds
    settings.wait_for_others(db, 0)  # SQLite itself would wait as long as for a write
    try:
        while True:
            try:
                db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                return True  # the cut itself is synced by whoever settles the receipt
            except (apsw.BusyError, apsw.LockedError):
                if time.monotonic() >= until:
                    return False
            time.sleep(RETRY_SECONDS)
    finally:
        settings.wait_for_others(db, access.wait_ms)


def _traces(db: apsw.Connection, access: Access, fragments: Sequence[bytes]) -> list[bytes]:
    """The fragments that some file holds and no row that is left."""
    found = pieces_in_files(access, fragments)
    return [
        piece
        for piece in found
        if not list(db.execute(statements()["select_what_holds"], {"fragment": piece}))
    ]


def pieces_in_files(access: Access, fragments: Sequence[bytes]) -> set[bytes]:
    """Which of these byte strings the files of the cube hold."""
    wanted = {fragment for fragment in fragments if fragment}
    found: set[bytes] = set()
    overlap = max(map(len, wanted), default=1) - 1
    for path in files_of(access.path):
        if path.name.endswith(INDEX_OF_LOG) or not path.exists():
            continue  # the log's index holds page numbers and no words
        tail = b""
        for chunk in raw_file.chunks(path, vfs=access.vfs):
            window = tail + chunk
            found.update(fragment for fragment in wanted - found if fragment in window)
            tail = window[len(window) - overlap :] if overlap else b""
    return found
