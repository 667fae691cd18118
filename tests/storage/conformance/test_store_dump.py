"""Whole tables out and in: what one store dumps another loads, and then dumps alike."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from stored import HARD_TEXTS, START, OpenStore, keep, said, source, span

from remanence.errors import CubeDamaged
from remanence.lifecycle.verifying import journal_faults
from remanence.model.ids import ItemId, TextId
from remanence.model.interval import Interval
from remanence.model.item import Slot
from remanence.model.mark import Mark, MarkSort
from remanence.storage.dump_port import SECTIONS, VECTOR, Cell
from remanence.storage.port import NewText, Store
from remanence.storage.support_port import Observation

Dump = dict[str, list[tuple[Cell, ...]]]


def dump(store: Store) -> Dump:
    with store.read() as snapshot:
        return {section.name: list(snapshot.dumped(section.name)) for section in SECTIONS}


def texts_of(rows: Sequence[tuple[Cell, ...]]) -> list[NewText]:
    """The texts that revisions bear, as a loader makes them of the first cells."""
    found: dict[TextId, NewText] = {}
    for _, item, number, content, salt, *_ in rows:
        if isinstance(number, int) and isinstance(salt, bytes):
            text = TextId(number)
            found[text] = NewText(text, ItemId(str(item)), str(content), salt, b"\1\0\0\0", 3, 0)
    return list(found.values())


def load(store: Store, dumped: Dump) -> None:
    with store.write() as tx:
        for name, rows in dumped.items():
            if name == VECTOR.name:
                continue  # by set_vectors
            if name == "revision":
                tx.add_texts(texts_of(rows))
            tx.load(name, rows)


def filled(store: Store) -> None:
    slot = Slot("alice", "home", "Porto")
    with store.write() as tx:
        rows = keep(tx, [said(text, session="s", turn=n) for n, text in enumerate(HARD_TEXTS.values())])
        first, second = rows[:2]
        keep(tx, [said("derived", sources=(source(first, 0, 3), source(second)), method="rule:x", slot=slot)])
        keep(tx, [said("again", item_id=first.item_id)], closed=[first], known=[first.item_id], reason="why")
        event = Interval(START, None)
        keep(
            tx,
            [said("speaks", event=event, tags=("a",), metadata={"n": [1, None, "\ud800"]}, message_id="m")],
        )
        tx.add_marks(
            [
                Mark(0, second.item_id, MarkSort.USE, START, 3),
                Mark(0, second.item_id, MarkSort.EXPIRY, START, 3),
            ]
        )
        tx.add_observations([Observation("Alice", "rule:x", True, False)], change_set=3)
        tx.add_refusal(tx.item_numbers([first.item_id, second.item_id]), by=3)
        tx.block([(first.item_id, "rule:x"), (first.item_id, "rule:a")])
        tx.set_vectors([(first.text_id, [span(1, 2, 3, 4), span(5, 6, 7, 8, start=3, end=9)])])
        keep(tx, [gone := said("gone")])
    with store.write() as tx:
        tx.erase_content([gone.item_id])


def test_what_one_store_dumps_another_loads_word_for_word(open_store: OpenStore) -> None:
    one, two = open_store("one"), open_store("two")
    filled(one)
    before = dump(one)
    assert [row for row in before["revision"] if row[3] in HARD_TEXTS.values()]
    assert any(row[2:5] == (None, None, None) for row in before["revision"])
    assert len(before["vector"]) == 2
    load(two, before)
    after = dump(two)
    for name, rows in before.items():
        if name != VECTOR.name:
            assert after[name] == rows, name
    with two.read() as snapshot, one.read() as original:
        assert journal_faults(snapshot) == []
        numbers = snapshot.row_numbers(after=0, limit=100, which="all")
        assert snapshot.revisions(numbers) == original.revisions(numbers)
    assert two.check() == []


def test_numbers_of_rows_come_in_pages(store: Store) -> None:
    with store.write() as tx:
        first, second, third = keep(tx, [said("a"), said("b"), said("c")])
        keep(tx, [], closed=[second])
    with store.read() as snapshot:
        assert snapshot.row_numbers(after=0, limit=2, which="open") == [first.id, third.id]
        assert snapshot.row_numbers(after=first.id, limit=1, which="all") == [second.id]
        assert snapshot.row_numbers(after=third.id, limit=5, which="all") == []


def test_a_number_of_a_text_that_is_gone_is_not_given_again(open_store: OpenStore) -> None:
    store = open_store()
    with store.write() as tx:
        assert tx.last_text() == 0
        tx.set_last_text(TextId(41))
    with store.write() as tx:
        assert tx.last_text() == 41
        (row,) = keep(tx, [said("next")])
        assert row.text_id == 42
        assert tx.texts_held([row.text_id, TextId(7)]) == {row.text_id: "next"}


def test_a_row_without_its_item_is_refused_and_nothing_of_it_is_written(open_store: OpenStore) -> None:
    one, two = open_store("one"), open_store("two")
    filled(one)
    dumped = dump(one)
    dumped["mark"] = [(9, "nobody", "use", 0, 1, None)]
    with pytest.raises(CubeDamaged, match="contradict"):
        load(two, dumped)
    assert not any(dump(two).values())
