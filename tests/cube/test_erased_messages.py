"""Erasing an item with the whole messages that it came from: their words go too."""

from __future__ import annotations

from pathlib import Path

from opening import OpenCube
from remanence import State


def test_a_message_erased_as_a_source_leaves_no_word(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    observed = cube.observe([{"role": "user", "content": "I live in Lisbon, near the old tram stop."}])
    (home,) = observed.derived
    receipt = cube.forget(home, erase=True, in_sources="message")
    assert receipt is not None
    assert set(receipt.items) == {home, *observed.added}
    assert cube.show(observed.added[0]).state is State.ERASED
    assert cube.recall("tram stop in Lisbon") == []
    cube.close()
    data = (tmp_path / "a.cube").read_bytes()
    assert b"tram" not in data
    assert b"Lisbon, near" not in data


def test_a_premise_erased_as_a_source_leaves_no_word(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    premise = cube.remember("Alice keeps forty hives")
    conclusion = cube.remember("Alice is a beekeeper", derived_from=[premise.id])
    cube.forget(conclusion.id, erase=True, in_sources="message")
    assert cube.show(premise.id).state is State.ERASED
    cube.close()
    assert b"hives" not in (tmp_path / "a.cube").read_bytes()
