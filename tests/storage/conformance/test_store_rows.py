"""What a store keeps of rows: word for word, by item, by change set, by slot, by source."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stored import FACTS, HARD_TEXTS, START, keep, new_id, said, source

from remanence.model.belief import Belief
from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import Interval
from remanence.model.item import Slot, SpokenTime
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.storage.port import Store


def test_a_new_store_says_what_it_was_made_with(store: Store) -> None:
    assert store.facts == FACTS
    assert not store.read_only
    with store.read() as snapshot:
        assert snapshot.head().sequence == 0
        assert snapshot.rows_of([new_id()]) == []
        assert snapshot.counts()["items"] == 0
    assert store.check() == []


def test_a_row_comes_back_as_it_was_written(store: Store) -> None:
    day = Interval(START, START + timedelta(days=1))
    whole = said(
        "we meet tomorrow",
        kind=Kind.EVENT,
        domain="work",
        tags=("b", "a", "é"),
        metadata={"n": 1, "deep": {"list": [None, True, 1.5, "x"]}},
        belief=Belief(2.5, 0.25),
        event=day,
        times=(SpokenTime(8, 16, day, "day"), SpokenTime(0, 2, Interval(None, START), "year")),
        slot=Slot("Alice", "meets", "tomorrow"),
        state=State.FROZEN,
        valid=Interval(None, START),
        session="s",
        turn=3,
        message_id="m-1",
        author="Zoë",
        role="assistant",
    )
    with store.write() as tx:
        (first,) = keep(tx, [said("what it came from")])
        (second,) = keep(tx, [said("derived", method="rule:x", sources=(source(first, 0, 4), source(first)))])
        (third,) = keep(tx, [whole])
    with store.read() as snapshot:
        assert snapshot.rows_of([third.item_id]) == [third]
        assert snapshot.rows_of([second.item_id, first.item_id]) == [first, second]
        assert snapshot.revisions([third.id, RevisionId(999), first.id]) == {third.id: third, first.id: first}


def test_rows_are_found_by_tags_and_by_metadata(store: Store) -> None:
    with store.write() as tx:
        (work,) = keep(
            tx, [said("one", tags=("work", "é"), metadata={"n": 1, "deep": {"project": "apollo"}})]
        )
        (both,) = keep(
            tx, [said("two", tags=("home", 'say "work"'), metadata={"project": "apollo", "n": 1.0})]
        )
        (true,) = keep(tx, [said("three", metadata={"n": True, "gone": None})])
    with store.read() as snapshot:
        assert snapshot.rows_tagged(["work"]) == [work.id]
        assert snapshot.rows_tagged(["é", "home", "none"]) == [work.id, both.id]
        assert snapshot.rows_tagged([]) == []
        assert snapshot.rows_described({"n": 1}) == [work.id, both.id]
        assert snapshot.rows_described({"project": "apollo"}) == [both.id]
        assert snapshot.rows_described({"gone": None, "n": True}) == [true.id]
        assert snapshot.rows_described({"project": "apollo", "n": True}) == []


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_a_text_is_kept_word_for_word(store: Store, text: str) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said(text, metadata={"note": text, text[:50]: [text[:50]]})])
    with store.read() as snapshot:
        (back,) = snapshot.rows_of([row.item_id])
        assert back.content.text == text
        assert back.content.metadata == row.content.metadata
        assert snapshot.texts_containing([row.item_id]) == [text]
    assert store.check() == []


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_a_slot_may_name_any_text(store: Store, text: str) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("x", slot=Slot("Alice", "name", text))])
        assert [found.id for found in tx.rows_in_slot("Alice", "name")] == [row.id]
        (row,) = keep(tx, [said("x", slot=Slot(text, text, "x"))])
        assert [found.id for found in tx.rows_in_slot(text, text)] == [row.id]


def test_a_subject_has_the_attributes_of_its_open_rows(store: Store) -> None:
    with store.write() as tx:
        slots = [
            Slot("alice", "home", "Porto"),
            Slot("alice", "age", "9"),
            Slot("alice", "age", "10"),
            Slot("bob", "car", ""),
        ]
        rows = keep(tx, [said("x", slot=slot) for slot in slots])
        assert tx.attributes_of("alice") == ["age", "home"]
        tx.close_revisions([rows[0].id], at=START + timedelta(hours=1), by=rows[0].opened_by + 1)
        assert tx.attributes_of("alice") == ["age"]
        assert tx.attributes_of("nobody") == []


def test_open_rows_and_all_rows_are_told_apart(store: Store) -> None:
    with store.write() as tx:
        (first,) = keep(tx, [said("one")])
    with store.write() as tx:
        (second,) = keep(tx, [said("two", item_id=first.item_id)], closed=[first], known=[first.item_id])
    with store.read() as snapshot:
        assert [row.id for row in snapshot.rows_of([first.item_id])] == [second.id]
        old, new = snapshot.rows_of([first.item_id], which="all")
    assert (old.closed_by, old.recorded.end) == (2, new.recorded.start)
    assert not old.is_open
    assert new.is_open


def test_a_change_set_knows_what_it_opened_and_closed(store: Store) -> None:
    with store.write() as tx:
        (first,) = keep(tx, [said("one")])
        (other,) = keep(tx, [said("other")])
        (second,) = keep(tx, [said("two", item_id=first.item_id)], closed=[first], known=[first.item_id])
    with store.read() as snapshot:
        opened, closed = snapshot.rows_touched_by(3)
        assert [row.id for row in opened] == [second.id]
        assert [row.id for row in closed] == [first.id]
        opened, closed = snapshot.rows_touched_by(2)
        assert [row.id for row in opened] == [other.id]
        assert closed == []
        assert snapshot.rows_touched_by(99) == ([], [])


def test_ids_are_found_by_prefix_in_order_and_no_more_than_asked_for(store: Store) -> None:
    ids = [ItemId(head.ljust(25, "0")) for head in ("aa", "ab", "abc", "az", "b")]
    with store.write() as tx:
        keep(tx, [said(str(item_id), item_id=item_id) for item_id in ids])
        assert tx.ids_with_prefix("a", limit=10) == sorted(ids[:4])
        assert tx.ids_with_prefix("ab", limit=10) == sorted(ids[1:3])
        assert tx.ids_with_prefix("a", limit=2) == sorted(ids)[:2]
        assert tx.ids_with_prefix(ids[4], limit=2) == [ids[4]]
        assert tx.ids_with_prefix("zz", limit=2) == []


def test_what_was_derived_from_an_item_is_found_whatever_row_names_it(store: Store) -> None:
    with store.write() as tx:
        (one,), (two,) = keep(tx, [said("one")]), keep(tx, [said("two")])
        (derived,) = keep(tx, [said("d", method="rule:x", sources=(source(one), source(two, 1, 2)))])
        keep(tx, [said("again", item_id=derived.item_id)], closed=[derived], known=[derived.item_id])
        assert tx.derived_from([one.item_id]) == [derived.item_id]
        assert tx.derived_from([two.item_id, one.item_id]) == [derived.item_id]
        assert tx.derived_from([derived.item_id]) == []


def test_a_slot_shows_its_open_rows_oldest_first(store: Store) -> None:
    home = Slot("Alice", "home", "Lisbon")
    with store.write() as tx:
        (first,) = keep(tx, [said("one", slot=home)])
        keep(tx, [said("other", slot=Slot("Bob", "home", "Lisbon"))])
        (second,) = keep(tx, [said("two", slot=home)])
        assert [row.id for row in tx.rows_in_slot("Alice", "home")] == [first.id, second.id]
        keep(tx, [], closed=[first])
        assert [row.id for row in tx.rows_in_slot("Alice", "home")] == [second.id]


def test_open_rows_of_an_item_that_claim_one_time_are_reported(store: Store) -> None:
    with store.write() as tx:
        (first,) = keep(tx, [said("one", valid=Interval(START))])
        keep(tx, [said("two", item_id=first.item_id, valid=Interval(None, START))], known=[first.item_id])
        assert tx.overlapping_rows() == []
        (third,) = keep(tx, [said("three", item_id=first.item_id)], known=[first.item_id])
        assert (first.id, third.id) in tx.overlapping_rows()


def test_index_rows_carry_what_recall_asks_about(store: Store) -> None:
    with store.write() as tx:
        (first,) = keep(tx, [said("one", session="s", turn=0, belief=Belief(3, 1))])
        (second,) = keep(tx, [said("two", method="rule:x", sources=(source(first, 0, 3),))])
        keep(tx, [], closed=[second])
        rows = list(tx.index_rows(which="all"))
        (row,) = tx.index_rows(which="open")
        assert list(tx.index_rows(which="open", items=[row.item])) == [row]
        assert list(tx.index_rows(which="open", items=[])) == []
    assert [one.revision for one in rows] == [first.id, second.id]
    assert (row.confidence, row.turn, row.author, row.role, row.source) == (0.75, 0, "Alice", "user", 0)
    assert rows[1].source == row.item
    assert (row.terms, row.tokens) == (b"\1\0\0\0", 3)
