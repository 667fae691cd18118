"""What a store keeps of units: versions, members, links, tags, refusals; and what erasure takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from stored import START, keep, said, source

from remanence.model.ids import ItemId
from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.model.unit import (
    Holdings,
    ItemEnd,
    Link,
    Member,
    Standing,
    UnitEnd,
    UnitId,
    UnitKind,
    UnitVersion,
)
from remanence.storage.port import Store, Transaction
from remanence.storage.units_port import RuleWords, Spoken

FIRST = UnitVersion(
    UnitId("a" * 25), UnitKind.TOPIC, 1, "tea \N{HOT BEVERAGE}", 1, START, rule={"tag": ["茶"]}
)
OTHER = UnitVersion(UnitId("b" * 25), UnitKind.PERSONA, 1, "Ana", 1, START, annotations={"n": [1, None]})


def items(tx: Transaction, *texts: str) -> list[ItemId]:
    return [row.item_id for row in keep(tx, [said(text) for text in texts])]


def test_versions_come_back_as_they_were_given_oldest_first(store: Store) -> None:
    second = replace(FIRST, number=2, change_set=5, standing=Standing.RETIRED, description="d", rule=None)
    with store.write() as tx:
        for version in (FIRST, OTHER, second):
            tx.add_unit_version(version)
    with store.read() as snapshot:
        assert snapshot.unit_versions(FIRST.id) == [FIRST, second]
        assert snapshot.newest_units() == [second, OTHER]
        assert snapshot.unit_versions_of(1) == [FIRST, OTHER]
        assert snapshot.unit_versions(UnitId("c" * 25)) == []
    assert store.check() == []


def test_members_stand_from_the_set_that_opened_them_to_the_one_that_closed_them(store: Store) -> None:
    with store.write() as tx:
        a, b, c = items(tx, "a", "b", "c")
        tx.add_unit_version(FIRST)
        tx.open_members(FIRST.id, [Member(a, "r", 2), Member(b, None, 1)], by=1)
        tx.open_members(FIRST.id, [Member(c)], by=1, left_out=True)
        tx.close_members(FIRST.id, [a, c], by=4)
        tx.open_members(FIRST.id, [Member(a, "s")], by=4)
    with store.read() as snapshot:
        then = Holdings((Member(b, None, 1), Member(a, "r", 2)), (c,))
        assert snapshot.holdings(FIRST.id, change_set=1) == then
        assert snapshot.holdings(FIRST.id, change_set=3) == then
        assert snapshot.holdings(FIRST.id, change_set=4) == snapshot.holdings(FIRST.id)
        assert snapshot.holdings(FIRST.id).members == (Member(b, None, 1), Member(a, "s"))
        assert snapshot.holdings(FIRST.id, change_set=0) == Holdings()


def test_links_are_found_from_both_ends_and_end(store: Store) -> None:
    with store.write() as tx:
        a, b = items(tx, "a", "b")
        for version in (FIRST, OTHER):
            tx.add_unit_version(version)
        own = Link(UnitEnd(FIRST.id), "about", UnitEnd(OTHER.id))
        to_item = Link(UnitEnd(FIRST.id), "eigen", ItemEnd(a))
        between = Link(ItemEnd(a), "supports", ItemEnd(b))
        tx.open_links([own, to_item, between], by=2)
    with store.read() as snapshot:
        assert snapshot.holdings(FIRST.id).links == (own, to_item)
        assert snapshot.links_of(UnitEnd(OTHER.id)) == [own]
        assert snapshot.links_of(ItemEnd(a)) == [to_item, between]
    with store.write() as tx:
        tx.close_links([to_item], by=3)
        assert tx.links_of(ItemEnd(a)) == [between]
        assert tx.holdings(FIRST.id, change_set=2).links == (own, to_item)


def test_marks_are_taken_back_and_come_again(store: Store) -> None:
    with store.write() as tx:
        a, b = items(tx, "a", "b")
        tx.add_unit_version(FIRST)
        tx.open_links(
            [Link(ItemEnd(a), "supports", ItemEnd(b)), Link(UnitEnd(FIRST.id), "x", ItemEnd(b))], by=7
        )
        tx.add_unit_tag(FIRST.id, 1, "v1", by=7)
        tx.add_refusal([3, 1], by=7)
        assert tx.unit_versions(FIRST.id)[0].tags == ("v1",)
        assert tx.refusals() == [frozenset({1, 3})]
        assert tx.take_back_marks(7, by=8) == 3
        assert (tx.links_of(ItemEnd(a)), tx.refusals()) == ([], [])
        assert tx.unit_versions(FIRST.id)[0].tags == ()
        assert len(tx.holdings(FIRST.id).links) == 1, "a unit's own links are told by its versions"
        assert tx.take_back_marks(8, by=9) == 3
        assert len(tx.links_of(ItemEnd(a))) == 1
        assert tx.unit_versions(FIRST.id)[0].tags == ("v1",)
        assert tx.take_back_marks(7, by=10) == 0


def test_items_are_found_by_tag_by_subject_and_by_name_in_any_script(store: Store) -> None:
    with store.write() as tx:
        rows = keep(
            tx,
            [
                said("plain", tags=("home", "é")),
                said("she moved", slot=Slot("Alice", "home", "Porto")),
                said("Alice and Bob went out"),
                said("我的朋友小明喜欢喝茶"),
                said('quote " here', tags=("Alice",)),
            ],
        )
        numbers = tx.item_numbers([row.item_id for row in rows])

        def found(**words: object) -> list[int]:
            return [numbers.index(n) for n in sorted(tx.items_by_words(RuleWords(**words)))]  # type: ignore[arg-type]

        assert found(tags=("é", "x")) == [0]
        assert found(entities=("alice",)) == [1, 2]
        assert found(entities=("小明",)) == [3]
        assert found(entities=('"',)) == []
        assert found(tags=("home",), entities=("Alice",)) == []
        assert found(tags=("home",), known_at=0) == []
        assert found() == [0, 1, 2, 3, 4]


def test_speakers_and_sessions_are_those_of_which_something_is_left(store: Store) -> None:
    with store.write() as tx:
        (gone,) = keep(tx, [said("x", author="Bob", session="s1", turn=0)])
        keep(tx, [said("y", author="Zoë", session="s2", turn=0), said("z", author="us", role="system")])
        tx.erase_content([gone.item_id])
        assert (tx.speakers(), tx.sessions_in_use()) == (["Zoë"], ["s2"])
        assert [tx.is_speaker(name) for name in ("Bob", "Zoë", "us")] == [False, True, False]
        assert [tx.is_session_in_use(name) for name in ("s1", "s2", "s3")] == [False, True, False]


def test_what_a_summary_needs_to_know_of_a_session(store: Store) -> None:
    day = timedelta(days=1)
    with store.write() as tx:
        first = said("a", kind=Kind.UTTERANCE, session="s", turn=0)
        second = said("b", kind=Kind.UTTERANCE, session="s", turn=1, said_at=START + day)
        retired = said("c", kind=Kind.UTTERANCE, session="t", turn=0, state=State.ARCHIVED)
        first, second, retired = keep(tx, [first, second, retired])
        assert tx.sessions_spoken() == {"s": Spoken(2, second.id)}
        assert tx.sessions_spoken()["s"].said_at_last == START + day
        made = said("sum", kind=Kind.SUMMARY, session="s", method="m", sources=(source(first, 0, 1),))
        (made,) = keep(tx, [made])
        assert tx.rows_made_by("m") == [("s", made)]
        assert tx.rows_said_between(START, START + day) == [first, retired]
        (revised,) = keep(tx, [said("mine", item_id=made.item_id)], closed=[made], known=[made.item_id])
        assert tx.rows_made_by("m") == [("s", revised)]
        keep(tx, [], closed=[revised])
        assert (tx.rows_made_by("m"), tx.items_made_by("m")) == ([], {"s": made.item_id})
        tx.erase_content([made.item_id])
        assert tx.items_made_by("m") == {}


def test_erasing_an_item_leaves_its_bare_place_and_no_link(store: Store) -> None:
    with store.write() as tx:
        (gone,) = keep(tx, [said("gone")])
        (left,) = keep(tx, [said("left")])
        tx.add_unit_version(FIRST)
        tx.open_members(FIRST.id, [Member(gone.item_id, "secret role", 1), Member(left.item_id)], by=1)
        own = Link(UnitEnd(FIRST.id), "t1", ItemEnd(gone.item_id))
        tx.open_links([own, Link(ItemEnd(gone.item_id), "t2", ItemEnd(left.item_id))], by=1)
        assert sorted(tx.words_beside([gone.item_id])) == ["secret role", "t1", "t2"]
        tx.erase_content([gone.item_id])
        assert tx.links_of(ItemEnd(left.item_id)) == []
        assert tx.holdings(FIRST.id).links == ()
        assert tx.words_beside([gone.item_id]) == []
    assert store.check() == []


def test_a_units_words_go_from_every_version(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("x")])
        full = replace(FIRST, description="described", annotations={"k": "noted"})
        tx.add_unit_version(full)
        tx.add_unit_version(replace(full, number=2, change_set=3, name="second"))
        tx.open_members(FIRST.id, [Member(row.item_id, "acting")], by=1)
        tx.open_links([Link(UnitEnd(FIRST.id), "relates", ItemEnd(row.item_id))], by=1)
        tx.add_unit_tag(FIRST.id, 1, "tagged", by=1)
        words = tx.unit_words(FIRST.id)
        assert {"described", "second", "acting", "relates", "tagged", '{"k":"noted"}'} < set(words)
        tx.erase_unit_words(FIRST.id)
        assert tx.unit_words(FIRST.id) == [""]
        assert [member.role for member in tx.holdings(FIRST.id).members] == [None]
    assert store.scrub([b"described", b"acting", b"relates", b"tagged", b"noted"])
