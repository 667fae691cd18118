"""The write-ahead log goes home beside the writing: whose thread writes the cube's file, and what is left."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from stored import FACTS, keep, said

from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.opening import Access
from remanence.storage.sqlite.settling import LOG_PAGES, LOG_PAGES_MAX

PAGE_BYTES = 4096
TEXT = "the same long story " * 300
WAIT_SECONDS = 30.0


class _File(apsw.VFSFile):
    def __init__(self, name: str | apsw.URIFilename, flags: list[int], noted: list[str]) -> None:
        self._noted = noted if flags[0] & apsw.SQLITE_OPEN_MAIN_DB else []
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._noted.append(threading.current_thread().name)
        super().xWrite(data, offset)


class NotingDisk(apsw.VFS):
    """A file system that notes which thread writes a database's own file."""

    def __init__(self) -> None:
        self.threads: list[str] = []
        super().__init__("noting", "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        assert name is not None
        return _File(name, flags, self.threads)


@pytest.fixture
def disk() -> Iterator[NotingDisk]:
    """The noting file system."""
    disk = NotingDisk()
    yield disk
    disk.unregister()


def opened(path: Path, vfs: str | None = None) -> SqliteStore:
    return SqliteStore.open(Access(path, vfs=vfs, wait_ms=5_000), new=FACTS)


def write_pages(store: SqliteStore, pages: int) -> None:
    """Commits that add at least so many pages to the log between them."""
    for number in range(pages * PAGE_BYTES // len(TEXT)):
        with store.write() as tx:
            keep(tx, [said(f"{number} {TEXT}")], reason="why")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def test_no_commit_writes_the_cubes_file(tmp_path: Path, disk: NotingDisk) -> None:
    store = opened(tmp_path / "a.cube", "noting")
    disk.threads.clear()
    write_pages(store, LOG_PAGES)
    until(lambda: bool(disk.threads))
    assert threading.current_thread().name not in disk.threads
    store.close()


def test_a_long_log_is_in_the_file_while_the_cube_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    store = opened(path)
    write_pages(store, LOG_PAGES)
    until(lambda: path.stat().st_size > LOG_PAGES * PAGE_BYTES / 2)
    store.close()


def test_the_log_stays_bounded_however_much_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    store = opened(path)
    write_pages(store, LOG_PAGES_MAX)  # each page some eight times: rows, search, indices
    assert path.with_name("a.cube-wal").stat().st_size < 1.5 * LOG_PAGES_MAX * PAGE_BYTES
    store.close()


def test_a_closed_cube_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    store = opened(path)
    write_pages(store, LOG_PAGES)  # the thread is at work, or about to be
    store.close()
    assert os.listdir(tmp_path) == ["a.cube"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_has_a_thread_of_its_own(tmp_path: Path) -> None:
    first = opened(tmp_path / "a.cube")
    write_pages(first, LOG_PAGES)
    first.close()
    path = tmp_path / "b.cube"
    child = os.fork()
    if child == 0:
        store = opened(path)
        write_pages(store, LOG_PAGES)
        end = time.monotonic() + WAIT_SECONDS
        while path.stat().st_size < LOG_PAGES * PAGE_BYTES / 2 and time.monotonic() < end:
            time.sleep(0.01)
        os._exit(0 if path.stat().st_size > LOG_PAGES * PAGE_BYTES / 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
