"""Copies a cube's write-ahead log into its file beside the writing, so that no commit waits for it.

SQLite itself does it within the commit that finds the log long enough: https://sqlite.org/wal.html#ckpt
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import apsw

LOG_PAGES = 1_000  # SQLite's own measure of a log that is long enough
LOG_PAGES_MAX = 16 * LOG_PAGES  # then a commit does it, for the thread can't keep up
PAUSE_SECONDS = 0.1  # how long the thread, which all cubes share, waits for one writer


class Settler:
    """One cube's log, looked after; all cubes of a process share one thread."""

    def __init__(self, connect: Callable[[], apsw.Connection], writing: threading.RLock) -> None:
        self._connect = connect
        self._writing = writing  # taken before `_at_work` where both are
        self._at_work = threading.Lock()
        self._pages = self._asked_at = 0  # of the log
        self._ended = False

    def watch(self, writer: apsw.Connection) -> None:
        """Look at the log's length after each commit of this connection."""
        writer.set_wal_hook(self._after_commit)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is copied meanwhile, so that a connection may have the log for itself."""
        with self._at_work:
            yield

    def end(self) -> None:
        """Wait for what is under way, and begin nothing more."""
        with self._at_work:
            self._ended = True

    def _after_commit(self, writer: apsw.Connection, _database: str, pages: int) -> int:
        """Raises nothing: the commit is made, and an error here would be taken for one of its own."""
        self._pages = pages
        if pages < LOG_PAGES:
            self._asked_at = 0
        if pages < self._asked_at + LOG_PAGES:
            return apsw.SQLITE_OK
        self._asked_at = pages
        if pages >= LOG_PAGES_MAX:
            _copy(writer)
        else:
            try:
                _thread_of(os.getpid()).submit(self._settle)
            except RuntimeError:  # the interpreter is ending, and starts no thread
                _copy(writer)
        return apsw.SQLITE_OK

    def _settle(self) -> None:
        if self._copied() < self._pages and self._writing.acquire(timeout=PAUSE_SECONDS):
            try:  # the log begins anew only where all of it was copied: what came meanwhile, too
                self._copied()
            finally:
                self._writing.release()

    def _copied(self) -> int:
        """How many pages of the log are in the file after another try."""
        with self._at_work, contextlib.suppress(apsw.Error):
            if not self._ended:
                with contextlib.closing(self._connect()) as db:
                    return _copy(db)
        return 0


def _copy(db: apsw.Connection) -> int:
    """How many pages are copied; what fails or is held back stays in the log, and is asked for again."""
    with contextlib.suppress(apsw.Error):
        return db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)[1]
    return 0


@cache
def _thread_of(_process: int) -> ThreadPoolExecutor:
    """A forked process has none of its parent's threads."""
    return ThreadPoolExecutor(1, "remanence-settling")
