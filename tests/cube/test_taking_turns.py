"""Threads that recall at once: each gets its own answer, whoever else takes long, and in a forked process."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import remanence
from remanence.verbs.taking_turns import core, turn

TOWNS = ["Oslo", "Lisboa", "Kraków", "大阪", "Αθήνα", "Quito", "Pune", "Tromsø"]
MINUTE = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cube with a sentence for each town."""
    path = tmp_path / "a.cube"
    with remanence.open(path, embedder="hashing", reader=None) as cube:
        for town in TOWNS:
            cube.remember(f"The parcel for {town} left on Monday.")
    return path


def first_of(cube: remanence.Cube, town: str) -> str:
    return cube.recall(f"parcel for {town}", k=1)[0].item.content


def test_each_thread_gets_its_own_answer(path: Path) -> None:
    with remanence.open(path, embedder="hashing", reader=None) as cube, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda town: first_of(cube, town), TOWNS * 20))
    assert all(town in text for town, text in zip(TOWNS * 20, found, strict=True))


def test_who_holds_a_turn_for_long_stops_nobody(path: Path) -> None:
    opened = remanence.open(path, embedder="hashing", reader=None)
    with opened as cube, ThreadPoolExecutor(1) as pool, turn(), core():
        found = pool.submit(first_of, cube, "Quito").result(MINUTE)
    assert "Quito" in found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_waits_for_no_turn_of_its_parents() -> None:
    with turn():
        child = os.fork()
        if child == 0:
            taken: list[bool] = []
            other = threading.Thread(target=lambda: _take(taken))
            other.start()
            other.join(MINUTE)
            os._exit(0 if taken == [True] else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _take(taken: list[bool]) -> None:
    with turn():
        taken.append(True)
