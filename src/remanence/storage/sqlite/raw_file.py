"""Reads a cube's files byte by byte, through SQLite's own file layer.

Never through a descriptor of our own: closing one lets go of every POSIX lock that this process holds on
the file (https://sqlite.org/howtocorrupt.html, 2.2), and then another process deletes the log in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

CHUNK_BYTES = 4 * 1024 * 1024
# Of a main database alone does SQLite's layer know that this process has it open elsewhere, and locked.
FLAGS = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY


def first_bytes(path: Path, count: int, *, vfs: str | None) -> bytes:
    """At most `count` bytes from the file's beginning. Raises apsw.CantOpenError."""
    with _opened(path, vfs) as file:
        return file.xRead(min(count, file.xFileSize()), 0)


def chunks(path: Path, *, vfs: str | None) -> Iterator[bytes]:
    """The file's bytes in order, CHUNK_BYTES at a time. Raises apsw.CantOpenError."""
    with _opened(path, vfs) as file:
        size = file.xFileSize()
        for offset in range(0, size, CHUNK_BYTES):
            yield file.xRead(min(CHUNK_BYTES, size - offset), offset)


@contextmanager
def _opened(path: Path, vfs: str | None) -> Iterator[apsw.VFSFile]:
    file = apsw.VFSFile(vfs or "", str(path.absolute()), [FLAGS, 0])
    try:
        yield file
    finally:
        file.xClose()
