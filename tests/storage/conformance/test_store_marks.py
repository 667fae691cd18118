"""Marks: opened and closed by change sets, counted for recall, gone with their item."""

from __future__ import annotations

from datetime import timedelta

from stored import START, keep, said

from remanence.model.ids import ItemId
from remanence.model.interval import to_micros
from remanence.model.mark import Mark, MarkSort
from remanence.storage.marks_port import LATEST_USES, AgeingFacts
from remanence.storage.port import Store

DAY = timedelta(days=1)


def use(item_id: ItemId, day: int, change_set: int) -> Mark:
    return Mark(0, item_id, MarkSort.USE, START + day * DAY, change_set)


def test_a_mark_belongs_to_the_set_that_opened_it_and_to_the_one_that_closed_it(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        tx.add_marks([use(one.item_id, 1, 7), Mark(0, two.item_id, MarkSort.EXPIRY, START + 9 * DAY, 7)])
    with store.write() as tx:
        opened, closed = tx.marks_touched_by(7)
        assert [(mark.item_id, mark.sort, mark.at) for mark in opened] == [
            (one.item_id, MarkSort.USE, START + DAY),
            (two.item_id, MarkSort.EXPIRY, START + 9 * DAY),
        ]
        assert closed == []
        tx.close_marks([opened[0].number], by=8)
        assert tx.marks_of([one.item_id, two.item_id]) == [opened[1]]
    with store.read() as snapshot:
        assert [mark.closed_by for mark in snapshot.marks_touched_by(7)[0]] == [8, None]
        assert [mark.item_id for mark in snapshot.marks_touched_by(8)[1]] == [one.item_id]


def test_recall_is_told_the_latest_uses_their_number_and_the_expiry(store: Store) -> None:
    days = list(range(1, LATEST_USES + 3))
    with store.write() as tx:
        one, two, _ = keep(tx, [said("one"), said("two"), said("never used")])
        tx.add_marks([use(one.item_id, day, 7) for day in days])
        tx.add_marks([Mark(0, two.item_id, MarkSort.EXPIRY, START + 9 * DAY, 7)])
        (gone,) = [mark for mark in tx.marks_of([one.item_id]) if mark.at == START + 2 * DAY]
        tx.close_marks([gone.number], by=8)
    with store.read() as snapshot:
        latest = tuple(to_micros(START + day * DAY) for day in days[::-1][:LATEST_USES])
        used, ends = snapshot.ageing_facts()
        assert used == AgeingFacts(1, len(days) - 1, latest, 0)
        assert ends == AgeingFacts(2, 0, (), to_micros(START + 9 * DAY))
        assert list(snapshot.ageing_facts([2, 3])) == [ends]


def test_an_erasure_takes_the_marks_of_its_items_alone(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        tx.add_marks([use(one.item_id, 1, 7), use(two.item_id, 1, 7)])
        tx.erase_content([one.item_id])
        assert [mark.item_id for mark in tx.marks_touched_by(7)[0]] == [two.item_id]
