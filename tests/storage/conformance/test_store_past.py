"""The record as it stood after one of its lines: what was open, what was known, what came since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stored import START, TICK, keep, said, source

from remanence.model.ids import ItemId
from remanence.model.item import Slot
from remanence.model.journal import Entry, Verb
from remanence.storage.port import Store

MICRO = timedelta(microseconds=1)


def test_a_time_names_the_last_line_recorded_by_then(store: Store) -> None:
    with store.read() as snapshot:
        assert snapshot.sequence_at(START) == 0
    with store.write() as tx:
        keep(tx, [said("one"), said("two")])  # lines 1 and 2, at one time
        for text in ("three", "four", "five"):
            keep(tx, [said(text)])
    with store.read() as snapshot:
        times = [line.recorded_at for line in snapshot.journal(limit=9)]
        assert [snapshot.sequence_at(time) for time in times] == [2, 2, 3, 4, 5]
        assert [snapshot.sequence_at(time - MICRO) for time in times] == [0, 0, 2, 3, 4]
        assert snapshot.sequence_at(times[-1] + timedelta(days=1)) == 5


def test_an_id_made_later_was_not_known(store: Store) -> None:
    ids = [ItemId(head.ljust(25, "0")) for head in ("aa", "ab")]
    with store.write() as tx:
        keep(tx, [said("one", item_id=ids[0])])
        keep(tx, [said("two", item_id=ids[1])])
        first, second = (line.recorded_at for line in tx.journal(limit=2))
        assert tx.ids_known_at("a", time=first, limit=9) == ids[:1]
        assert tx.ids_known_at("a", time=second, limit=9) == ids
        assert tx.ids_known_at("a", time=second, limit=1) == ids[:1]
        assert tx.ids_known_at("a", time=first - MICRO, limit=9) == []
        assert tx.ids_known_at("b", time=second, limit=9) == []


def test_the_journal_ends_at_a_line(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        keep(tx, [said("1", item_id=one.item_id)], closed=[one], known=[one.item_id])
        assert [line.sequence for line in tx.newest_journal_at(2, limit=9)] == [2, 1]
        assert [line.sequence for line in tx.newest_journal_at(3, limit=2)] == [3, 2]
        found = tx.newest_journal_at(2, limit=9, item_id=one.item_id)
        assert [line.sequence for line in found] == [1]
        assert tx.newest_journal_at(0, limit=9) == []
        assert [line.sequence for line in tx.newest_journal_at(9, limit=9, item_id=two.item_id)] == [2]


def test_rows_about_a_subject_are_those_believed_after_a_line(store: Store) -> None:
    lisbon, porto = (Slot("zoë", "home", value) for value in ("Lisbon", "Porto"))
    with store.write() as tx:
        (old,) = keep(tx, [said("a", slot=lisbon)])
        (job,) = keep(tx, [said("b", slot=Slot("zoë", "job", "baker"))])
        keep(tx, [said("c", slot=Slot("bob", "home", "Rome"))])
        (new,) = keep(
            tx, [said("d", slot=porto, item_id=old.item_id)], closed=[old], known=[old.item_id]
        )  # line 4
    with store.read() as snapshot:

        def about(*subjects: str, **more: object) -> list[int]:
            return [row.id for row in snapshot.rows_about(subjects, **more)]  # type: ignore[arg-type]  # a test's own

        assert about("zoë") == [job.id, new.id]
        assert about("zoë", attribute="home") == [new.id]
        assert about("zoë", sequence=3) == [old.id, job.id]
        assert about("zoë", sequence=1, attribute="home") == [old.id]
        assert about("zoë", sequence=1, attribute="job") == []
        assert about("zoë", sequence=4) == [job.id, new.id]
        assert about("zoë", "bob", sequence=0) == []
        assert len(about("bob", "zoë")) == 3
        assert about("Zoë") == about() == []


@pytest.mark.parametrize("name", ["NUL \0", "half \ud800", "我", "'; --"])
def test_a_subject_may_be_any_text(store: Store, name: str) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("x", slot=Slot(name, name, "x"))])
        for sequence in (None, 1):
            found = tx.rows_about([name], attribute=name, sequence=sequence)
            assert [one.id for one in found] == [row.id]


def test_what_stands_apart_from_a_line_is_what_was_closed_and_opened_since(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        (new,) = keep(tx, [said("1", item_id=one.item_id)], closed=[one], known=[one.item_id])
        (brief,) = keep(tx, [said("brief")])
        keep(tx, [], closed=[brief])

        def apart(sequence: int) -> tuple[list[int], list[int]]:
            then, now = tx.rows_apart(sequence)
            return [row.id for row in then], [row.id for row in now]

        assert apart(0) == ([], [two.id, new.id])
        assert apart(2) == ([one.id], [new.id])
        assert apart(4) == ([brief.id], [])
        assert apart(5) == ([], [])


def test_items_that_were_given_a_source_are_named_by_the_lines_that_say_so(store: Store) -> None:
    with store.write() as tx:
        (one,) = keep(tx, [said("one")])
        (derived,) = keep(tx, [said("d", method="rule:x", sources=(source(one),))], verb=Verb.DERIVE)
        tx.append(
            [Entry(Verb.DERIVE, derived.item_id, detail={"source": one.item_id})],
            actor="Alice",
            reason=None,
            at=START + 9 * TICK,
            change_set=3,
        )
        assert tx.items_given_sources_after(0) == [derived.item_id]
        assert tx.items_given_sources_after(2) == [derived.item_id]
        assert tx.items_given_sources_after(3) == []


def test_change_sets_are_listed_with_their_sizes(store: Store) -> None:
    with store.write() as tx:
        keep(tx, [said("one"), said("two")])
        keep(tx, [said("three")])
        keep(tx, [said("four")])
        assert tx.change_sets(first=1, last=9, limit=9) == [(1, 2), (3, 1), (4, 1)]
        assert tx.change_sets(first=2, last=3, limit=9) == [(3, 1)]
        assert tx.change_sets(first=1, last=9, limit=1) == [(1, 2)]
        assert tx.change_sets(first=5, last=9, limit=9) == []


def test_undos_are_found_by_their_first_lines(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        keep(tx, [], closed=[one, two], verb=Verb.UNDO)
        (again,) = keep(tx, [said("three")])
        keep(tx, [], closed=[again], verb=Verb.UNDO)
        assert [line.sequence for line in tx.undos_after(0)] == [3, 6]
        assert [line.sequence for line in tx.undos_after(3)] == [6]
        assert tx.undos_after(6) == []


def test_counts_are_those_of_then(store: Store) -> None:
    with store.write() as tx:
        one, _ = keep(tx, [said("one", session="s", turn=0), said("two")])
        then = tx.journal(limit=1)[0].recorded_at
        keep(tx, [said("1", item_id=one.item_id)], closed=[one], known=[one.item_id])
        keep(tx, [said("three", session="t", turn=0)])
        counts = tx.counts_at(2, time=then)
        assert counts == {
            "items": 2, "revisions": 2, "open revisions": 2, "sessions": 1, "journal lines": 2,
            "erasures": 0, "kind fact": 2, "state active": 2,
        }  # fmt: skip
        now = tx.counts()
        later = tx.counts_at(4, time=START + timedelta(days=1))
        assert {name: now[name] for name in later} == later
        assert tx.counts_at(0, time=START)["items"] == 0
