"""The journal: chained lines in order, and reasons beside it that can go."""

from __future__ import annotations

from itertools import pairwise

from stored import SALT, START, TICK, keep, said

from remanence.model.journal import GENESIS, Verb, chain_hash, text_digest
from remanence.storage.port import Store


def test_each_line_is_bound_to_the_one_before(store: Store) -> None:
    with store.write() as tx:
        keep(tx, [said("one"), said("two")], reason="because né")
        keep(tx, [said("three")])
    with store.read() as snapshot:
        lines = snapshot.journal(limit=10)
        head = snapshot.head()
    assert [line.sequence for line in lines] == [1, 2, 3]
    assert lines[0].previous == GENESIS
    assert all(one.hash == two.previous for one, two in pairwise(lines))
    assert (head.sequence, head.hash, head.recorded_at) == (3, lines[2].hash, START + 3 * TICK)
    for line in lines:
        assert line.hash == chain_hash(
            line.entry,
            sequence=line.sequence,
            change_set=line.change_set,
            recorded_at=line.recorded_at,
            actor=line.actor,
            reason_digest=line.reason_digest,
            previous=line.previous,
        )


def test_a_line_tells_who_did_what_to_which_rows_and_why(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("one")], reason="she said so", verb=Verb.OBSERVE)
        (line,) = tx.journal(limit=10)
    assert (line.verb, line.item_id, line.actor, line.reason) == (
        Verb.OBSERVE,
        row.item_id,
        "Alice",
        "she said so",
    )
    assert (line.entry.opened, line.entry.closed, line.change_set) == ((row.id,), (), 1)
    assert line.entry.digests == (text_digest(SALT, "one"),)


def test_lines_are_found_by_place_item_and_change_set(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        keep(tx, [said("1", item_id=one.item_id)], closed=[one], known=[one.item_id])
    with store.read() as snapshot:
        assert [line.sequence for line in snapshot.journal(after=1, limit=10)] == [2, 3]
        assert [line.sequence for line in snapshot.journal(limit=2)] == [1, 2]
        assert [line.sequence for line in snapshot.journal(limit=9, item_id=one.item_id)] == [1, 3]
        assert [line.sequence for line in snapshot.journal(limit=9, change_set=1)] == [1, 2]
        assert [line.sequence for line in snapshot.newest_journal(limit=2)] == [3, 2]
        assert [line.sequence for line in snapshot.newest_journal(limit=9, item_id=two.item_id)] == [2]


def test_items_that_later_lines_name_are_listed_once(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        keep(tx, [said("1", item_id=one.item_id)], closed=[one], known=[one.item_id])
        numbers = {row.revision: row.item for row in tx.index_rows(which="all")}
        assert sorted(tx.items_changed_after(0)) == sorted({numbers[one.id], numbers[two.id]})
        assert tx.items_changed_after(2) == [numbers[one.id]]
        assert tx.items_changed_after(3) == []


def test_stored_texts_and_reasons_match_what_the_journal_says_of_them(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("half \ud800\0")], reason="why")
        assert dict(tx.text_digests()) == {row.text_id: text_digest(SALT, "half \ud800\0")}
        ((change_set, digest),) = tx.reason_digests()
        assert (change_set, digest) == (1, tx.journal(limit=1)[0].reason_digest)
