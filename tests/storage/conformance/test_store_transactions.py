"""All or nothing, one writer, many readers, each of one committed state."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stored import EMBEDDER, OpenStore, keep, said, span

from remanence.errors import CubeClosed, CubeError, CubeReadOnly
from remanence.storage.port import Store


class _Stop(Exception):
    pass


def test_a_transaction_that_raises_leaves_no_trace(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("kept")])
    with store.read() as snapshot:
        before = snapshot.head(), dict(snapshot.counts())
    with pytest.raises(_Stop), store.write() as tx:  # noqa: PT012  # a transaction is tested whole
        keep(tx, [said("lost", session="s", turn=0)], reason="lost as well")
        keep(tx, [], closed=[row])
        tx.set_vectors([(row.text_id, [span(0, 0, 0, 60)])])
        tx.erase_content([row.item_id])
        tx.block([(row.item_id, "rule:x")])
        raise _Stop
    with store.read() as snapshot:
        assert (snapshot.head(), dict(snapshot.counts())) == before
        assert snapshot.rows_of([row.item_id]) == [row]
        assert snapshot.last_turn("s") == -1
        assert snapshot.blocked([row.item_id]) == set()
    assert store.check() == []


def test_numbers_taken_in_a_transaction_that_raised_are_free_again_for_the_next(store: Store) -> None:
    with pytest.raises(_Stop), store.write() as tx:  # noqa: PT012  # a transaction is tested whole
        keep(tx, [said("lost")])
        raise _Stop
    with store.write() as tx:
        (row,) = keep(tx, [said("kept")])
    with store.read() as snapshot:
        assert [entry.sequence for entry in snapshot.journal(limit=9)] == [1]
        assert snapshot.rows_of([row.item_id]) == [row]


def test_a_writer_sees_what_it_wrote_and_others_do_not_yet(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("new")])
        assert tx.rows_of([row.item_id]) == [row]
        with store.read() as snapshot:
            assert snapshot.rows_of([row.item_id]) == []
    with store.read() as snapshot:
        assert snapshot.rows_of([row.item_id]) == [row]


def test_a_snapshot_does_not_move_while_others_write(store: Store, open_store: OpenStore) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("first")])
    other = open_store()
    with store.read() as snapshot:
        head = snapshot.head()
        with other.write() as tx:
            keep(tx, [said("second")])
            keep(tx, [], closed=[row])
            tx.erase_content([row.item_id])
        assert snapshot.head() == head
        assert snapshot.rows_of([row.item_id]) == [row]
    with store.read() as snapshot:
        assert snapshot.head().sequence == 3
        assert snapshot.rows_of([row.item_id]) == []


def test_threads_that_write_at_once_lose_nothing_and_keep_one_chain(store: Store) -> None:
    threads, each = 4, 15

    def write(thread: int) -> None:
        for number in range(each):
            with store.write() as tx:
                keep(tx, [said(f"{thread}-{number}")])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(threads)))
    with store.read() as snapshot:
        lines = snapshot.journal(limit=1_000)
        assert [line.sequence for line in lines] == list(range(1, threads * each + 1))
        assert all(one.hash == two.previous for one, two in itertools.pairwise(lines))
        texts = {row.text for row in snapshot.index_rows(which="open")}
        assert len(texts) == threads * each


def test_two_openings_of_one_store_that_write_at_once_lose_nothing(open_store: OpenStore) -> None:
    stores, each = [open_store(), open_store()], 15

    def write(store: Store) -> None:
        for number in range(each):
            with store.write() as tx:
                keep(tx, [said(str(number))])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, stores))
    with stores[0].read() as snapshot:
        assert snapshot.head().sequence == 2 * each
        assert snapshot.counts()["items"] == 2 * each


def test_readers_beside_a_writer_each_see_whole_changes_that_only_grow(store: Store) -> None:
    changes, stop = 30, threading.Event()

    def watch() -> list[int]:
        seen = []
        while not seen or not stop.is_set():
            with store.read() as snapshot:
                head, counts = snapshot.head().sequence, snapshot.counts()
                assert counts["items"] == counts["journal lines"] == head
                assert head % 2 == 0, "half a change was seen"
            seen.append(head)
        return seen

    with ThreadPoolExecutor(4) as pool:
        watchers = [pool.submit(watch) for _ in range(3)]
        try:
            for _ in range(changes):
                with store.write() as tx:
                    keep(tx, [said("one"), said("two")])
        finally:
            stop.set()
        histories = [watcher.result() for watcher in watchers]
    assert all(history == sorted(history) for history in histories)
    with store.read() as snapshot:
        assert snapshot.head().sequence == 2 * changes


def test_a_store_opened_for_reading_refuses_to_write(open_store: OpenStore) -> None:
    with open_store().write() as tx:
        (row,) = keep(tx, [said("kept")])
    reading = open_store(read_only=True)
    assert reading.read_only
    with reading.read() as snapshot:
        assert snapshot.rows_of([row.item_id]) == [row]
    with pytest.raises(CubeReadOnly, match="open for reading only; nothing was changed"), reading.write():
        pass


def test_a_closed_store_says_so_and_closing_twice_is_no_error(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(CubeClosed, match="was closed; open it again"), store.read():
        pass
    with pytest.raises(CubeClosed, match="was closed; open it again"), store.write():
        pass


def test_a_store_closed_while_it_is_read_lets_the_reader_finish(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("kept")])
    with store.read() as snapshot:
        store.close()
        assert snapshot.rows_of([row.item_id]) == [row]


def test_a_snapshot_file_holds_the_committed_state_and_opens_as_a_store(
    store: Store, open_store: OpenStore, tmp_path: Path
) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("kept")])
        tx.set_vectors([(row.text_id, [span(0, 0, 0, 60)])])
    store.snapshot_to(tmp_path / "copy.cube")
    with store.write() as tx:
        keep(tx, [said("later")])
    copy = open_store("copy")
    with copy.read() as snapshot:
        assert snapshot.head().sequence == 1
        assert snapshot.rows_of([row.item_id]) == [row]
        assert [vector.text for vector in snapshot.vectors_after(0)] == [row.text_id]
        assert snapshot.embedder() == EMBEDDER
    assert copy.check() == []
    with pytest.raises(CubeError, match="exists already"):
        store.snapshot_to(tmp_path / "copy.cube")
