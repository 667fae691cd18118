"""Export, load: a cube that answers alike at every time it knew, and whose own export differs by one line."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from histories import FIRST_DAY, LIVES, Life, answers, items_of
from hypothesis import HealthCheck, given, settings

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, Refused
from ticking import TickingClock

RUNS = int(os.environ.get("REMANENCE_RUNS", "200"))
LATER = FIRST_DAY + timedelta(days=100)


def reopened(path: Path, clock: TickingClock) -> remanence.Cube:
    return remanence.open(path, embedder="hashing", clock=clock)


@settings(max_examples=max(5, RUNS // 20), deadline=None, suppress_health_check=list(HealthCheck))
@given(life=LIVES)
def test_any_life_goes_through_an_export_unchanged(life: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = TickingClock(FIRST_DAY, tick=timedelta(minutes=7))
        times: list[datetime] = []
        with remanence.open(
            folder / "a.cube", owner="Alice", time_zone="Asia/Tokyo", embedder="hashing", clock=clock
        ) as cube:
            being = Life(cube)
            for step in life:
                being.take(step)
                times.append(clock.time)
            cube.export("jsonl", folder / "a.jsonl", vectors=True)
            cube.export("jsonl", folder / "plain.jsonl")
        clock.time = LATER
        remanence.load(folder / "a.jsonl", folder / "b.cube", clock=clock)
        remanence.load(folder / "plain.jsonl", folder / "c.cube", clock=clock)
        lines = sum(one["record"] == "journal" for one in lines_of(folder / "a.jsonl"))
        asked = times[:: max(1, len(times) // 3)]
        told = []
        for cube_name in ("a.cube", "b.cube", "c.cube"):
            still = TickingClock(LATER, tick=timedelta(0))
            with reopened(folder / cube_name, still) as cube:
                if cube_name == "b.cube":
                    cube.export("jsonl", folder / "b.jsonl", vectors=True)
                cube.embed_pending()
                assert cube.check() == ()
                told.append(answers(cube, asked, lines=lines))
        assert told[0] == told[1]
        assert told[0] == told[2]
        before, after = lines_of(folder / "a.jsonl"), lines_of(folder / "b.jsonl")
        assert [one for one in after[1:-1] if one.get("verb") != "load"] == before[1:-1]


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


@pytest.fixture
def exported(open_cube: OpenCube, tmp_path: Path) -> Path:
    """An export of a cube with a bit of everything."""
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I moved to Porto last May and I love green tea"}])
    item = cube.remember("Alice is allergic to peanuts", tags=["health"], because="she said so")
    cube.revise(item.id, "Alice outgrew it", valid_from="2026-09-01", because="the clinic")
    cube.remember("Alice keeps bees")
    cube.unit("health", rule={"tag": "health"}).add(item)
    cube.used(item)
    cube.forget(cube.remember("wombatish pangolins").id, erase=True)
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    return tmp_path / "a.jsonl"


def test_the_load_is_a_line_of_the_same_journal(exported: Path, tmp_path: Path, clock: TickingClock) -> None:
    with remanence.open(tmp_path / "a.cube", embedder="hashing") as cube:
        head, facts, lines = cube.journal(limit=1)[0].hash, cube.stats().facts, cube.verify().lines
    loaded = remanence.load(exported, tmp_path / "b.cube", clock=clock)
    assert (loaded.cube_id, loaded.owner, loaded.journal_head) == (facts.cube_id, "Alice", head.hex())
    assert loaded.pending == 0
    with remanence.open(tmp_path / "b.cube", embedder="hashing") as cube:
        last = cube.journal(limit=1)[0]
        assert (last.verb, last.previous, last.sequence) == (remanence.Verb.LOAD, head, lines + 1)
        assert last.entry.detail["head"] == head.hex()
        assert cube.verify(head=head.hex()).faults == ()
        assert cube.stats().facts == facts
        assert len(cube.erased()) == 1
        with pytest.raises(Refused, match="nothing to undo"):
            cube.undo(last.sequence)


def test_what_was_done_before_the_export_can_be_undone_after_the_load(exported: Path, tmp_path: Path) -> None:
    remanence.load(exported, tmp_path / "b.cube")
    with remanence.open(tmp_path / "b.cube", embedder="hashing") as cube:
        revised = next(line for line in cube.journal() if line.reason == "the clinic")
        cube.undo(revised.sequence)
        assert revised.item_id is not None
        assert [row.content.text for row in cube.history(revised.item_id) if row.is_open] == [
            "Alice is allergic to peanuts"
        ]
        cube.forget(revised.item_id, erase=True)
        assert cube.check() == ()
        assert not any(b"allergic" in one.read_bytes() for one in tmp_path.glob("b.cube*"))


def test_what_is_said_again_after_a_load_is_known_again(exported: Path, tmp_path: Path) -> None:
    remanence.load(exported, tmp_path / "b.cube")
    with remanence.open(tmp_path / "b.cube", embedder="hashing") as cube:
        before = len(items_of(cube))
        cube.observe([{"role": "user", "content": "I moved to Porto last May and I love green tea"}])
        cube.remember("alice keeps  BEES.")
        assert len(items_of(cube)) == before


def test_without_vectors_texts_wait_for_them(cube: remanence.Cube, tmp_path: Path) -> None:
    cube.remember("tea")
    cube.export("jsonl", tmp_path / "a.jsonl")
    loaded = remanence.load(tmp_path / "a.jsonl", tmp_path / "b.cube")
    assert loaded.pending == 1
    with remanence.open(tmp_path / "b.cube") as other:  # it opens with the embedder that the export names
        assert other.embed_pending() == 1


def test_a_cube_without_anything_in_it_goes_through(open_cube: OpenCube, tmp_path: Path) -> None:
    open_cube(embedder=None).export("jsonl", tmp_path / "a.jsonl")
    remanence.load(tmp_path / "a.jsonl", tmp_path / "b.cube")
    with remanence.open(tmp_path / "b.cube", embedder=None) as cube:
        assert cube.check() == ()
        assert [line.verb for line in cube.journal()] == ["load"]
        assert cube.remember("tea").content == "tea"


def test_a_key_encrypts_what_is_loaded(exported: Path, tmp_path: Path) -> None:
    remanence.load(exported, tmp_path / "b.cube", key="open sesame")
    assert b"peanuts" not in (tmp_path / "b.cube").read_bytes()
    with remanence.open(tmp_path / "b.cube", embedder="hashing", key="open sesame") as cube:
        assert cube.recall("peanuts", as_of="2026-05-01")


def test_a_cube_that_is_there_is_never_loaded_into(exported: Path, tmp_path: Path) -> None:
    before = (tmp_path / "a.cube").read_bytes()
    with pytest.raises(InvalidInput, match="makes a new cube and adds to none"):
        remanence.load(exported, tmp_path / "a.cube")
    assert (tmp_path / "a.cube").read_bytes() == before


def test_the_memory_can_be_brought_back_to_a_time_before_the_load(exported: Path, tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", embedder="hashing") as cube:
        revised = next(line for line in cube.journal() if line.reason == "the clinic")
    remanence.load(exported, tmp_path / "b.cube")
    with remanence.open(tmp_path / "b.cube", embedder="hashing") as cube:
        cube.restore(revised.recorded_at - timedelta(microseconds=1))
        told = [hit.item.content for hit in cube.recall("peanuts")]
        assert "Alice is allergic to peanuts" in told
        assert "Alice outgrew it" not in told
        assert cube.check() == ()
        (change,) = [one for one in cube.changes(1, limit=1000) if one.verb == "load"]
        assert change.items == ()


def test_a_loaded_cube_can_be_exported_and_loaded_again(exported: Path, tmp_path: Path) -> None:
    for number in range(3):
        remanence.load(exported, tmp_path / f"{number}.cube")
        exported = tmp_path / f"{number}.jsonl"
        with remanence.open(tmp_path / f"{number}.cube", embedder="hashing") as cube:
            cube.remember(f"generation {number}")
            cube.export("jsonl", exported)
    with remanence.open(tmp_path / "2.cube", embedder="hashing") as cube:
        assert [line.verb for line in cube.journal(limit=6)] == ["remember", "load"] * 3
        assert cube.verify().faults == ()
