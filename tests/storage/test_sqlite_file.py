"""The cube's file: its settings as SQLite keeps them, what is refused and left as it was, its old formats."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from stored import FACTS, keep, said

from remanence.errors import CubeBusy, CubeDamaged, CubeError, CubeTooNew, NotACube
from remanence.storage.sqlite import settings
from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.migrate import migrations, newest_version
from remanence.storage.sqlite.opening import Access


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.cube"


@pytest.fixture
def written(path: Path) -> Path:
    """A closed cube that holds something."""
    store = opened(path)
    with store.write() as tx:
        keep(tx, [said(f"text {number}") for number in range(50)], reason="why")
    store.close()
    return path


def opened(path: Path, *, read_only: bool = False) -> SqliteStore:
    return SqliteStore.open(Access(path, read_only=read_only, wait_ms=200), new=FACTS)


SETTINGS = {
    "application_id": settings.APPLICATION_ID,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "trusted_schema": 0,
    "cache_size": -settings.CACHE_KIB,
    "mmap_size": 0,
    "user_version": newest_version(),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_writers_connection_is_set_as_it_must_be(path: Path, name: str) -> None:
    store = opened(path)
    assert store._open_writer().pragma(name) == SETTINGS[name]
    store.close()


@pytest.mark.parametrize("name", ["trusted_schema", "cache_size", "mmap_size"])
def test_a_readers_connection_is_set_as_it_must_be(path: Path, name: str) -> None:
    store = opened(path)
    reader = store._borrow_reader()
    assert reader.pragma(name) == SETTINGS[name]
    assert reader.readonly("main")
    store._return_reader(reader)
    store.close()


def test_a_write_begins_once_anothers_has_ended(written: Path) -> None:
    store = opened(written)
    other = apsw.Connection(str(written))
    other.execute("BEGIN IMMEDIATE")
    ending = threading.Timer(0.1, other.execute, ("COMMIT",))
    ending.start()
    with store.write() as tx:
        keep(tx, [said("written after all")], reason="why")
    ending.join()
    other.close()
    store.close()


def test_a_write_waits_no_longer_than_it_may(written: Path) -> None:
    store = opened(written)
    other = apsw.Connection(str(written))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CubeBusy, match="another process"), store.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    store.close()


def test_the_text_index_wipes_what_it_deletes(written: Path) -> None:
    db = apsw.Connection(str(written))
    assert dict(db.execute("SELECT k, v FROM text_index_config"))["secure-delete"] == 1
    db.close()


def test_a_setting_that_sqlite_does_not_keep_is_an_error() -> None:
    db = apsw.Connection(":memory:")
    with pytest.raises(CubeError, match="kept journal_mode at 'memory' where 'wal' is needed"):
        settings.write_ahead(db)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET actor = 'someone else' WHERE sequence = 1",
        "DELETE FROM journal WHERE sequence = 1",
        "DELETE FROM journal",
    ],
)
def test_the_journal_takes_no_change_by_hand(written: Path, change: str) -> None:
    db = apsw.Connection(str(written))
    with pytest.raises(apsw.ConstraintError):
        db.execute(change)
    db.close()


def test_the_migrations_are_numbered_without_a_gap_and_the_last_is_the_format() -> None:
    assert [number for number, _ in migrations()] == list(range(1, newest_version() + 1))


def test_a_new_cube_has_the_schema_of_the_steps_one_after_the_other(written: Path) -> None:
    by_steps = apsw.Connection(":memory:")
    for _, sql in migrations():
        for _ in by_steps.execute(sql):
            pass
    listing = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    db = apsw.Connection(str(written))
    assert list(db.execute(listing)) == list(by_steps.execute(listing))
    db.close()


def test_a_text_index_that_was_merged_between_two_checks_is_sound(path: Path) -> None:
    store = opened(path)
    for batch in range(80):
        with store.write() as tx:
            keep(tx, [said(f"w{batch} w{number} w{number % 7}") for number in range(50)])
        if batch % 40 == 39:
            assert store.check() == []
    store.close()


def test_a_closed_cube_is_one_file(written: Path) -> None:
    assert [file.name for file in written.parent.iterdir()] == [written.name]


def foreign(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE theirs (x)")
    db.commit()
    db.close()


def foreign_with_a_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 1")
    db.execute("PRAGMA application_id = 7")
    db.commit()
    db.close()


def noise(path: Path) -> None:
    path.write_bytes(b"no cube at all " * 1_000)


def short_noise(path: Path) -> None:
    path.write_bytes(b"x")


def header_alone(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00")


def cut_in_half(path: Path) -> None:
    opened(path).close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def newer(path: Path) -> None:
    opened(path).close()
    db = apsw.Connection(str(path))
    db.pragma("user_version", newest_version() + 1)
    db.close()


REFUSED: dict[str, tuple[Callable[[Path], None], type[CubeError], str]] = {
    "another program's database": (foreign, NotACube, "database of another program; it was not touched"),
    "another program's empty one": (foreign_with_a_version, NotACube, "database of another program"),
    "no database": (noise, NotACube, "is no cube: it does not begin as one"),
    "one byte": (short_noise, NotACube, "is no cube: it does not begin as one"),
    "a header alone": (header_alone, NotACube, "it is no cube"),
    "half a cube": (cut_in_half, CubeDamaged, r"is cut short: \d+ of \d+ bytes; restore a snapshot"),
    "a newer format": (newer, CubeTooNew, r"version \d+, and this Remanence reads up to \d+; upgrade"),
}


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_named_and_left_as_it_was(path: Path, case: str, read_only: bool) -> None:
    make, error, message = REFUSED[case]
    make(path)
    before = path.read_bytes()
    with pytest.raises(error, match=message):
        opened(path, read_only=read_only)
    assert path.read_bytes() == before
    if not read_only:  # what only reads may not take its side files away, which a writer may be using
        assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_no_length_that_a_cube_is_cut_to_opens_as_one(written: Path) -> None:
    whole = written.read_bytes()
    lengths = [*range(1, 130, 9), 511, 512, 513, *range(4096, len(whole), 4096), len(whole) - 1]
    for length in lengths:
        written.write_bytes(whole[:length])
        with pytest.raises(CubeError, match=str(written)):
            opened(written)
        assert written.read_bytes() == whole[:length], f"cut to {length}"
    written.write_bytes(whole)
    opened(written).close()


def test_a_page_that_was_overwritten_is_found_by_the_check_or_named(written: Path) -> None:
    whole = bytearray(written.read_bytes())
    for page in range(1, len(whole) // 4096):
        damaged = bytearray(whole)
        damaged[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
        written.write_bytes(damaged)
        try:
            store = opened(written)
        except CubeError:
            continue
        try:
            faults = store.check()
        except CubeError:
            continue
        finally:
            store.close()
        assert faults, f"page {page} is noise, and nobody noticed"


@pytest.mark.parametrize("name", ["folder", "no-such-folder/a.cube"])
def test_a_place_where_no_cube_can_be_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotACube, match=r"is a folder; name a file|does not exist; make it first"):
        opened(tmp_path / name)


@pytest.mark.parametrize("make", [Path.touch, lambda path: None], ids=["empty", "missing"])
def test_a_file_that_is_empty_or_missing_is_no_cube_to_read(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    there = path.exists()
    with pytest.raises(NotACube, match="there is no cube at"):
        opened(path, read_only=True)
    assert path.exists() is there
