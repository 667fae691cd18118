"""Bringing messages up with the present readers: what is touched, what stays, and what undo does to it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import apsw
import pytest
from chat_server import Item, item, reads, serve, states
from reader_making import MakeReader

import remanence
from opening import OpenCube
from remanence import Kind, State, Verb
from remanence.errors import Refused

SAID = [{"role": "user", "content": text} for text in ("I live in Lisbon.", "I love jazz.", "What a day!")]
TO_READ = "messages to read again"


def of_an_older_reader(path: Path) -> None:
    """The cube as an older version of the rules would have left it."""
    db = apsw.Connection(str(path))
    for _ in db.execute("update reader set identity = 'rules:0:older' where family = 'rules'"):
        pass
    db.close()


def rows(cube: remanence.Cube) -> list[tuple[object, ...]]:
    """All that is believed beside the messages, without its place in the record."""
    named = {line.item_id for line in cube.journal(limit=10_000) if line.item_id is not None}
    found = [row for item_id in named for row in cube.history(item_id) if row.is_open]
    return sorted(
        (
            (row.item_id, row.content, row.valid, row.state, row.provenance)
            for row in found
            if row.content.kind is not Kind.UTTERANCE
        ),
        key=str,
    )


def test_opening_with_another_reader_reads_nothing_again_and_stats_say_what_would_be(
    open_cube: OpenCube,
) -> None:
    cube = open_cube(reader=None)
    assert cube.observe(SAID).derived == ()
    assert cube.stats().counts[TO_READ] == 0
    with pytest.raises(Refused, match="reader"):
        cube.reread()
    cube.close()
    cube = open_cube(reader="rules")
    lines = cube.stats().counts["journal lines"]
    assert cube.stats().counts[TO_READ] == 3
    plan = cube.plan_reread()
    assert (len(plan.messages), plan.derived, plan.retired, plan.queued) == (3, 2, (), ())
    assert cube.stats().counts["journal lines"] == lines, "a plan writes nothing"
    done = cube.reread(because="new rules")
    assert (done.messages, len(done.derived), done.retired) == (3, 2, ())
    assert {cube.show(one).content for one in done.derived} == {"Alice lives in Lisbon", "Alice loves jazz"}
    assert cube.stats().counts[TO_READ] == 0
    (line,) = cube.journal(limit=1)
    assert (line.verb, line.reason) == (Verb.READ, "new rules")
    assert cube.reread().change_set is None
    assert cube.check() == ()


def test_a_reread_is_undone_as_one_change(open_cube: OpenCube) -> None:
    open_cube(reader=None).observe(SAID)
    cube = open_cube(reader="rules")
    done = cube.reread()
    assert done.change_set is not None
    cube.undo(done.change_set)
    assert rows(cube) == []
    assert cube.stats().counts[TO_READ] == 3
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert len(rows(cube)) == 2
    assert cube.stats().counts[TO_READ] == 0


def test_what_is_found_again_stays_as_it_is(open_cube: OpenCube, tmp_path: Path) -> None:
    demo = files("remanence.faces.demo").joinpath("conversation.jsonl").read_text("utf-8")
    cube = open_cube(reader="rules")
    cube.observe([json.loads(line) for line in demo.splitlines() if line.strip()])
    before = rows(cube)
    assert len(before) > 20
    cube.close()
    of_an_older_reader(tmp_path / "a.cube")
    cube = open_cube(reader="rules")
    assert cube.stats().counts[TO_READ] > 50
    plan = cube.plan_reread()
    assert (plan.retired, plan.derived) == ((), 0)
    done = cube.reread()
    assert (done.derived, done.retired) == ((), ())
    assert rows(cube) == before


def test_what_a_person_decided_stays(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    said = [
        {"role": "user", "content": text}
        for text in ("I live in Lisbon.", "I love jazz.", "I work at Acme.", "I hate olives.", "I love fado.")
    ]
    home, jazz, work, olives, fado = cube.observe(said).derived
    cube.revise(home, "Alice lives in Porto", because="she told me")
    cube.forget(jazz, because="not true")
    cube.freeze(work)
    gone = cube.forget(olives, erase=True, in_sources="keep")
    assert gone is not None
    cube.annotate(fado, tags=["music"])
    before = rows(cube)
    cube.close()
    of_an_older_reader(tmp_path / "a.cube")
    cube = open_cube(reader="rules")
    plan = cube.plan_reread()
    assert (plan.derived, plan.retired) == (0, ())
    done = cube.reread()
    assert (done.messages, done.derived, done.retired) == (5, (), ())
    assert rows(cube) == before
    assert cube.show(home).content == "Alice lives in Porto"
    assert (cube.show(jazz).state, cube.show(olives).state) == (State.ARCHIVED, State.ERASED)


def test_a_derivation_that_was_undone_does_not_come_back(open_cube: OpenCube, reader_for: MakeReader) -> None:
    with serve(states(item(1, "I live in Lisbon", "Alice is from Lisbon"))) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID[:1])
        (change_set,) = cube.read_pending().change_sets
        cube.undo(change_set)
        cube.reread()
        report = cube.read_pending()
    assert (report.read, report.derived) == (1, ())
    assert report.dropped == {"decided otherwise since": 1}


def test_what_an_older_reader_derived_and_this_one_does_not_is_retired(
    open_cube: OpenCube, reader_for: MakeReader, tmp_path: Path
) -> None:
    with serve(states(item(1, "What a day", "Alice had a day"))) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID[2:])
        (made,) = cube.read_pending().derived
        cube.close()
    db = apsw.Connection(str(tmp_path / "a.cube"))
    for _ in db.execute("update revision set method = 'rule:gone since' where method = 'llm:m:1'"):
        pass
    db.close()
    of_an_older_reader(tmp_path / "a.cube")
    cube = open_cube(reader="rules")
    assert cube.plan_reread().retired == (made,)
    done = cube.reread()
    assert done.retired == (made,)
    assert cube.show(made).state is State.ARCHIVED
    assert done.change_set is not None
    cube.undo(done.change_set)
    assert cube.show(made).state is State.ACTIVE


def test_a_newer_model_takes_the_place_of_an_older_one(open_cube: OpenCube, reader_for: MakeReader) -> None:
    text = "Ana keeps bees, and Rui sails."
    bees = item(1, "Ana keeps bees", "Ana keeps bees")
    sails = item(1, "Rui sails", "Rui sails")
    wrong = item(1, "Ana keeps bees, and Rui sails", "Ana sails")
    with serve(states(bees, wrong), states(bees, sails), states(bees, wrong)) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe([{"role": "user", "content": text}])
        first = {cube.show(one).content: one for one in cube.read_pending().derived}
        assert set(first) == {"Ana keeps bees", "Ana sails"}
        assert cube.stats().counts[TO_READ] == 0

        newer = open_cube(reader=reader_for(server, model="n"))
        assert newer.stats().counts[TO_READ] == 1
        assert len(newer.plan_reread().queued) == 1
        assert len(server.asked) == 1, "a plan asks no model"
        assert newer.reread().queued == 1
        assert newer.stats().counts[TO_READ] == 0, "it waits in the queue"
        report = newer.read_pending()
        assert [newer.show(one).content for one in report.derived] == ["Rui sails"]
        assert report.set_aside == (first["Ana sails"],)
        assert newer.show(first["Ana keeps bees"]).revision.provenance.method == "llm:m:1"
        assert newer.show(first["Ana sails"]).state is State.ARCHIVED

        again = open_cube(reader=reader_for(server))
        assert again.reread().queued == 1
        report = again.read_pending()
        assert report.derived == (first["Ana sails"],), "what a reading set aside, a reading may bring back"
        assert again.show(first["Ana sails"]).state is State.ACTIVE
        assert again.check() == ()


def test_a_restore_takes_readings_back_too(open_cube: OpenCube, reader_for: MakeReader) -> None:
    with serve(states(item(1, "What a day", "Alice had a day"))) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID[2:])
        before = cube.journal(limit=1)[0].recorded_at
        (made,) = cube.read_pending().derived
        assert [one.verb for one in cube.changes(1)] == [Verb.OBSERVE, Verb.DERIVE]
        assert cube.at(before).stats().counts["items"] == 1
        cube.restore(before)
        assert made not in {row[0] for row in rows(cube)}
        assert cube.stats().counts[TO_READ] == 1
        assert cube.check() == ()


def test_two_messages_of_one_slot_are_read_anew_in_one_change(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    said = [
        {"role": "user", "content": "Agora moro em Lisboa", "timestamp": "2026-01-02T12:00:00Z"},
        {"role": "user", "content": "Antes, no Porto", "timestamp": "2026-01-02T10:00:00Z"},
    ]
    home = {"subject": "Alice", "attribute": "home"}
    porto = item(2, "no Porto", "Alice mora no Porto", value="Porto", **home)
    lisbon = item(1, "moro em Lisboa", "Alice mora em Lisboa", value="Lisboa", **home)
    with serve(states(porto), states(lisbon)) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(said)
        (made,) = cube.read_pending().derived
        newer = open_cube(reader=reader_for(server, model="n"))
        newer.reread()
        report = newer.read_pending()
        assert report.derived == (made,)
        assert report.set_aside == (made,)
    assert newer.check() == ()
    standing = {row.content.text: row.state for row in newer.history(made) if row.is_open}
    assert standing == {"Alice mora no Porto": State.ARCHIVED, "Alice mora em Lisboa": State.ACTIVE}


def test_messages_from_before_the_model_was_named_are_queued_by_reread(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    def find(line: dict[str, object]) -> list[Item]:
        return []

    open_cube(reader="rules").observe(SAID)
    with serve(reads(find)) as server:
        cube = open_cube(reader=reader_for(server))
        assert cube.read_pending().calls == 0
        assert cube.stats().counts[TO_READ] == 3
        assert cube.reread().queued == 3
        assert cube.reread().queued == 0
        assert cube.read_pending().read == 3
        assert cube.stats().counts[TO_READ] == 0


def test_a_cube_of_an_older_format_has_no_reader_named(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    cube.observe(SAID)
    before = rows(cube)
    cube.close()
    db = apsw.Connection(str(tmp_path / "a.cube"))
    for _ in db.execute("delete from reading"):
        pass
    db.close()
    cube = open_cube(reader="rules")
    assert cube.stats().counts[TO_READ] == 3
    cube.reread()
    assert rows(cube) == before
