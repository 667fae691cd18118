"""Threads that recall at once: each gets its own answer, whoever else takes long, and in a forked process."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

import remanence
from remanence.embedding.cores import cores
from remanence.embedding.hashing import Hashing
from remanence.verbs.taking_turns import are_others_asking, core, turn


class OnThisMachine(Hashing):
    """Embeds as the default model does: without the interpreter, so that threads share out the cores."""

    frees_interpreter = True


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
    with ExitStack() as held:
        cube = held.enter_context(remanence.open(path, embedder=OnThisMachine(), reader=None))
        pool = held.enter_context(ThreadPoolExecutor(1))
        held.enter_context(turn())
        for _ in range(cores()):
            held.enter_context(core())
        found = pool.submit(first_of, cube, "Quito").result(MINUTE)
    assert "Quito" in found


def test_whether_others_ask_is_known_while_they_do() -> None:
    with core():
        assert not are_others_asking()
        with ThreadPoolExecutor(1) as pool, core():
            assert pool.submit(are_others_asking).result(MINUTE)
        assert not are_others_asking()


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
