"""Erasure in a cube's file: no column forgotten, no stale copy left, readers waited for but not for ever."""

from __future__ import annotations

import random
import time
from pathlib import Path

import apsw
import pytest
from stored import FACTS, START, keep, said, source, span

from remanence.model.interval import Interval
from remanence.model.item import Slot, SpokenTime
from remanence.storage.port import Receipt, Transaction
from remanence.storage.sqlite import scrubbing
from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.erasable import CLEARINGS, CLEARINGS_OF_NAMES, KEPT
from remanence.storage.sqlite.opening import Access
from remanence.storage.sqlite.statements import statements

# Tables that SQLite keeps for itself, or for the text index, whose words `text_index.content` stands for.
ITS_OWN = ("sqlite_", "text_index_")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.cube"


def opened(path: Path, *, wait_ms: int = 5_000) -> SqliteStore:
    return SqliteStore.open(Access(path, wait_ms=wait_ms), new=FACTS)


def bytes_of(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in scrubbing.files_of(path) if file.exists())


def text_columns(path: Path) -> set[str]:
    """Every column of the file's tables that can hold text or bytes."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {
        f"{table}.{column}"
        for table in tables
        if not table.startswith(ITS_OWN)
        for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})")
        if kind in ("TEXT", "BLOB", "ANY", "") and not (table == "text_index" and column != "content")
    }
    db.close()
    return found


def test_every_column_that_can_hold_words_is_in_the_registry(path: Path) -> None:
    opened(path).close()
    cleared = [column for clearing in (*CLEARINGS, *CLEARINGS_OF_NAMES) for column in clearing.columns]
    assert text_columns(path) == set(cleared) | set(KEPT), "a column is in neither part, or is gone"
    assert len(cleared) == len(set(cleared))
    assert not set(cleared) & set(KEPT)


@pytest.mark.parametrize(
    "clearing", [*CLEARINGS, *CLEARINGS_OF_NAMES], ids=lambda clearing: clearing.statement
)
def test_a_clearing_names_a_statement_that_changes_its_table(path: Path, clearing: object) -> None:
    sql = statements()[clearing.statement]  # type: ignore[attr-defined]
    for column in clearing.columns:  # type: ignore[attr-defined]
        table, name = column.split(".")
        assert (
            f"DELETE FROM {table} " in sql or (table in sql and f"{name} = NULL" in sql) or "'delete'" in sql
        )


def test_every_column_that_erasure_clears_holds_no_byte_of_it_afterwards(path: Path) -> None:
    day = Interval(START)
    store = opened(path)
    with store.write() as tx:
        marked = said(
            "qtext1 \ud800qexact2 喝绿茶",
            domain="qdomain3",
            tags=("qtag4",),
            metadata={"qkey5": "qvalue6"},
            slot=Slot("qsubject7", "qattribute8", "qvalue9"),
            times=(SpokenTime(0, 1, day, "qgrain10"),),
            event=day,
        )
        (row,) = keep(tx, [marked], reason="qreason11")
        tx.set_vectors([(row.text_id, [span(*b"qv12")])])
    before = bytes_of(path)
    marks = [b"qtext1", b"qexact2", "喝绿茶".encode(), b"qdomain3", b"qtag4", b"qkey5", b"qvalue6"]
    marks += [b"qsubject7", b"qattribute8", b"qvalue9", b"qgrain10", b"qreason11", b"qv12"]
    assert [mark for mark in marks if mark not in before] == []
    with store.write() as tx:
        tx.erase_content([row.item_id])
    assert store.scrub(marks)
    after = bytes_of(path)
    assert [mark for mark in marks if mark in after] == []


def test_a_copy_that_moving_pages_left_behind_is_driven_out_too(path: Path) -> None:
    """SQLite wipes what is deleted, and not the old place of what it moved between pages meanwhile."""
    dice = random.Random(1)
    words = [f"szq{dice.getrandbits(64):016x}" for _ in range(3_000)]
    store = opened(path)
    with store.write() as tx:
        rows = keep(tx, [said("x", slot=Slot(word, "a" + word[1:], "x")) for word in words])
    picked = dice.sample(range(len(words)), 600)
    for start in range(0, len(picked), 2):
        with store.write() as tx:
            tx.erase_content([rows[at].item_id for at in picked[start : start + 2]])
    assert scrubbing.empty_log(store._open_writer(), store._access, wait_seconds=1)
    gone = [words[at].encode() for at in picked]
    assert scrubbing.pieces_in_files(store._access, gone), "no copy was left behind: choose another seed"
    assert store.scrub(gone)
    assert scrubbing.pieces_in_files(store._access, gone) == set()
    assert store.check() == []


def pending(tx: Transaction, change_set: int) -> None:
    tx.add_receipt(Receipt(change_set, START, (), (), (), "00" * 32, pending=True))


def erased_under_a_reader(path: Path, store: SqliteStore) -> apsw.Connection:
    """A reader's open transaction, and an erasure that it holds up."""
    with store.write() as tx:
        (row,) = keep(tx, [said("the secret that must go")])
        keep(tx, [said("derived", method="rule:x", sources=(source(row),))])
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    assert list(reader.execute("SELECT count(*) FROM text"))
    with store.write() as tx:
        tx.erase_content([row.item_id])
        pending(tx, 3)
    return reader


def is_pending(store: SqliteStore) -> bool:
    with store.read() as snapshot:
        return any(receipt.pending for receipt in snapshot.receipts())


def test_a_reader_holds_an_erasure_up_for_a_short_wait_only(path: Path) -> None:
    store = opened(path, wait_ms=60_000)
    reader = erased_under_a_reader(path, store)
    started = time.monotonic()
    assert not store.scrub([b"the secret that must go"])
    assert time.monotonic() - started < 30, "it waited as long as a write may"
    assert b"the secret that must go" in bytes_of(path)
    reader.close()
    assert store.scrub([b"the secret that must go"])
    store.close()


def test_the_next_write_finishes_an_erasure_that_a_reader_held_up(path: Path) -> None:
    store = opened(path)
    reader = erased_under_a_reader(path, store)
    with store.write() as tx:
        keep(tx, [said("while the reader still reads")])
    assert is_pending(store)
    reader.close()
    with store.write() as tx:
        keep(tx, [said("the next")])
    assert not is_pending(store)
    assert b"the secret that must go" not in bytes_of(path)
    assert store.check() == []
    store.close()


def test_another_opening_finishes_it_at_its_first_write(path: Path) -> None:
    first = opened(path)
    reader = erased_under_a_reader(path, first)
    first.close()
    reader.close()
    second = opened(path)
    assert is_pending(second)
    with second.write() as tx:
        keep(tx, [said("the next")])
    assert not is_pending(second)
    assert b"the secret that must go" not in bytes_of(path)
    second.close()


def test_closing_finishes_it_and_leaves_one_file(path: Path) -> None:
    store = opened(path)
    reader = erased_under_a_reader(path, store)
    assert not store.scrub([])
    reader.close()
    store.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert b"the secret that must go" not in bytes_of(path)
    again = opened(path)
    assert not is_pending(again)
    again.close()
