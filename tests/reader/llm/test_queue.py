"""The queue of messages that wait for a model: killed, shared, erased, undone, changed while it is worked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import apsw
import pytest
from chat_server import Item, of, reads, send, serve, states
from reader_making import MakeReader

import remanence
from opening import OpenCube
from remanence import LLMReader, State, Verb
from ticking import TickingClock

WORKER = """
import sys, remanence
path, url = sys.argv[1:]
reader = remanence.LLMReader(model="m", base_url=url, timeout_s=30, chunk_tokens_max=16)
with remanence.open(path, embedder=None, reader=reader) as cube:
    report = cube.read_pending()
print(report.read, report.calls)
"""


def likes(line: dict[str, object]) -> list[Item]:
    """What "a fan of X" says."""
    text = str(line["text"])
    thing = text.rpartition(" ")[2]
    return [item_of(line, text, f"{line['speaker']} is a fan of {thing}")]


def item_of(line: dict[str, object], quote: str, sentence: str) -> Item:
    return {
        "message": line["n"],
        "quote": quote,
        "sentence": sentence,
        "kind": "preference",
        "modality": "asserted",
        "confidence": 0.8,
    }


def fans(count: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"You may call Alice a fan of thing{n}"} for n in range(count)]


def derived(cube: remanence.Cube) -> list[str]:
    return sorted(hit.item.content for hit in cube.recall("fan", k=100, kinds=["preference"]))


def jobs(path: Path) -> list[tuple[object, ...]]:
    db = apsw.Connection(str(path))
    try:
        return list(db.execute("select item, attempts, parked, error, lease is null from job order by job"))
    finally:
        db.close()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_kill_9_in_mid_queue_loses_no_message_and_repeats_no_finished_call(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    stuck = threading.Event()

    def third_hangs(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        if len(server.asked) == 3:
            stuck.set()
            server.closing.wait(60)
            return
        send(handler, 200, of({"items": [one for line in asked.read for one in likes(line)]}))

    with serve(third_hangs) as server:
        reader = LLMReader(model="m", base_url=server.url, timeout_s=5.0, chunk_tokens_max=16)
        with remanence.open(path, embedder=None, reader=reader, owner="Alice") as cube:
            cube.observe(fans(5))
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(path), server.url])
        try:
            assert stuck.wait(60)
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        with remanence.open(path, embedder=None, reader=reader) as cube:
            assert cube.check() == ()
            assert derived(cube) == ["Alice is a fan of thing0", "Alice is a fan of thing1"]
            assert cube.stats().counts["messages to read"] == 3
            assert cube.read_pending().read == 2, (
                "the chunk in hand is the dead worker's until its lease ends"
            )
        later = TickingClock(cube_time() + timedelta(minutes=5))
        with remanence.open(path, embedder=None, reader=reader, clock=later) as cube:
            assert cube.read_pending().read == 1
            assert derived(cube) == [f"Alice is a fan of thing{n}" for n in range(5)]
            assert cube.check() == ()
    texts = [line["text"].rpartition(" ")[2] for asked in server.asked for line in asked.read]
    assert sorted(texts) == ["thing0", "thing1", "thing2", "thing2", "thing3", "thing4"]
    assert jobs(path) == []


def cube_time():  # type: ignore[no-untyped-def]  # the system's time
    from remanence.clock import SystemClock

    return SystemClock().now()


def test_two_workers_share_a_queue_and_read_no_message_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    with serve(reads(likes)) as server:
        reader = LLMReader(model="m", base_url=server.url, chunk_tokens_max=16)
        with remanence.open(path, embedder=None, reader=reader, owner="Alice") as cube:
            cube.observe(fans(12))
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, str(path), server.url], stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        told = [worker.communicate(timeout=120)[0].split() for worker in workers]
    assert sum(int(read) for read, _ in told) == 12
    texts = [line["text"] for asked in server.asked for line in asked.read]
    assert len(texts) == len(set(texts)) == 12
    with remanence.open(path, embedder=None) as cube:
        assert len(derived(cube)) == 12
        assert cube.check() == ()
    assert jobs(path) == []


def test_what_another_worker_took_over_is_not_written_twice(
    open_cube: OpenCube, reader_for: MakeReader, clock: TickingClock
) -> None:
    def slow(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        if len(server.asked) == 1:  # its lease ends while it waits, and another is quicker
            clock.step(timedelta(hours=1))
            other = open_cube(reader=reader_for(server))
            assert other.read_pending().read == 1
        send(handler, 200, of({"items": [one for line in asked.read for one in likes(line)]}))

    with serve(slow) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(fans(1))
        report = cube.read_pending()
        assert (report.read, report.derived, report.calls) == (0, (), 1)
    assert derived(cube) == ["Alice is a fan of thing0"]
    assert [line.verb for line in cube.journal()].count(Verb.READ) == 1


def test_an_erased_message_waits_no_more(open_cube: OpenCube, reader_for: MakeReader, tmp_path: Path) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        first, second = cube.observe(fans(2)).added
        cube.forget(first, erase=True)
        assert len(jobs(tmp_path / "a.cube")) == 1
        assert cube.read_pending().read == 1
    assert [line["text"] for asked in server.asked for line in asked.lines] == [cube.show(second).content]


def test_what_is_erased_while_the_model_reads_does_not_come_back(
    open_cube: OpenCube, reader_for: MakeReader, tmp_path: Path
) -> None:
    def erases(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        if len(server.asked) == 1:
            cube.forget(first, erase=True)
        send(handler, 200, of({"items": [one for line in asked.read for one in likes(line)]}))

    with serve(erases) as server:
        cube = open_cube(reader=reader_for(server))
        first, _ = cube.observe(fans(2)).added
        report = cube.read_pending()
    assert report.read == 1
    assert derived(cube) == ["Alice is a fan of thing1"]
    cube.close()
    assert b"thing0" not in (tmp_path / "a.cube").read_bytes()


@pytest.mark.parametrize("in_sources", ["passage", "keep", "message"])
def test_what_was_erased_is_not_derived_again_by_a_model(
    open_cube: OpenCube, reader_for: MakeReader, in_sources: str
) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(fans(1))
        (made,) = cube.read_pending().derived
        cube.forget(made, erase=True, in_sources=in_sources)  # type: ignore[arg-type]  # one of them
        other = open_cube(reader=reader_for(server, model="newer"))
        other.reread()
        report = other.read_pending()
    assert report.derived == ()
    assert derived(other) == []


def test_what_rests_on_another_message_too_is_read_again_from_it(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        (first,) = cube.observe(fans(1), session="one").added
        cube.observe(fans(1), session="two")
        cube.read_pending()
        assert derived(cube) == ["Alice is a fan of thing0"]
        cube.forget(first, erase=True)
        assert derived(cube) == []
        assert cube.stats().counts["messages to read"] == 1
        assert cube.read_pending().read == 1
    (hit,) = cube.recall("fan", kinds=["preference"])
    assert hit.item.session == "two"
    assert cube.check() == ()


def test_what_the_rules_derived_and_was_erased_is_not_derived_by_a_model_either(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        (home,) = cube.observe([{"role": "user", "content": "I live in Lisbon."}]).derived
        cube.forget(home, erase=True, in_sources="keep")
        report = cube.read_pending()
    assert (report.read, report.calls, report.derived) == (1, 0, ())
    assert server.asked == [], "nor is the message sent"


def test_undo_of_observe_closes_its_jobs_and_redo_opens_them(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        observed = cube.observe(fans(2))
        assert observed.change_set is not None
        cube.undo(observed.change_set)
        assert cube.stats().counts["messages to read"] == 0
        assert cube.read_pending().calls == 0
        redone = cube.journal(limit=1)[0].change_set
        cube.undo(redone)
        assert cube.stats().counts["messages to read"] == 2
        assert len(cube.read_pending().derived) == 2


def test_a_reading_can_be_undone_and_read_again(open_cube: OpenCube, reader_for: MakeReader) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(fans(2))
        (change_set,) = cube.read_pending().change_sets
        assert len(derived(cube)) == 2
        cube.undo(change_set)
        assert derived(cube) == []
        assert cube.stats().counts["messages to read"] == 0, "whoever undoes a reading wants no other"
        assert cube.stats().counts["messages to read again"] == 2
    assert cube.check() == ()


def test_undo_of_observe_after_the_reading_takes_what_was_derived_along(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        observed = cube.observe(fans(1))
        cube.read_pending()
        assert observed.change_set is not None
        cube.undo(observed.change_set)
        assert derived(cube) == []
        cube.undo(cube.journal(limit=1)[0].change_set)
        assert derived(cube) == ["Alice is a fan of thing0"]


def test_a_retired_message_is_not_read_until_it_returns(open_cube: OpenCube, reader_for: MakeReader) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        (message,) = cube.observe(fans(1)).added
        cube.forget(message)
        assert cube.read_pending().calls == 0
        cube.undo(cube.journal(limit=1)[0].change_set)
        assert cube.read_pending().read == 1


def test_a_message_that_came_again_with_other_words_is_read_anew(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    def changes(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        if len(server.asked) == 1:  # and while the model reads the old words, too
            cube.observe([{"role": "user", "content": "Now only a fan of tea", "id": "x"}])
        send(handler, 200, of({"items": [one for line in asked.read for one in likes(line)]}))

    with serve(changes) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe([{"role": "user", "content": "Yes, a fan of coffee", "id": "x"}])
        report = cube.read_pending()
        assert (report.calls, report.read) == (2, 1)
    assert "Alice is a fan of tea" in derived(cube)
    assert not any("coffee" in one for one in derived(cube))


def test_a_message_revised_while_it_waits_is_the_persons_word(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    with serve(reads(likes)) as server:
        cube = open_cube(reader=reader_for(server))
        (message,) = cube.observe(fans(1)).added
        cube.revise(message, "Never a fan of anything")
        cube.read_pending()
    assert all("thing0" not in line["text"] for asked in server.asked for line in asked.read)


def test_a_cube_read_only_reads_nothing(open_cube: OpenCube, reader_for: MakeReader, tmp_path: Path) -> None:
    with serve(states()) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(fans(1))
        cube.close()
        looking = open_cube(reader=reader_for(server), read_only=True)
        assert looking.stats().counts["messages to read"] == 1
        with pytest.raises(remanence.errors.CubeReadOnly):  # type: ignore[attr-defined]  # loaded with the cube
            looking.read_pending()
        assert server.asked == []


def test_no_call_is_made_while_a_transaction_is_held(open_cube: OpenCube, reader_for: MakeReader) -> None:
    def writes(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        other = open_cube(reader="rules", wait_seconds=0.0)
        other.remember("written while the model reads")
        send(handler, 200, of({"items": [one for line in asked.read for one in likes(line)]}))

    with serve(writes) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(fans(1))
        report = cube.read_pending()
    assert (report.read, report.failed) == (1, {})
    states_of = {cube.show(one).state for one in report.derived}
    assert states_of == {State.ACTIVE}
