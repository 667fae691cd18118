"""Several threads ask one open cube at once, also while it changes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from opening import OpenCube
from remanence.verbs.shared_lock import SharedLock

THREADS = 6
WAIT_SECONDS = 30


def test_whoever_holds_it_together_does_so_at_once() -> None:
    lock, met = SharedLock(), threading.Barrier(THREADS, timeout=WAIT_SECONDS)

    def meet() -> int:
        with lock.together():
            return met.wait()  # breaks unless all are inside

    with ThreadPoolExecutor(THREADS) as pool:
        places = [one.result() for one in [pool.submit(meet) for _ in range(THREADS)]]
    assert sorted(places) == list(range(THREADS))


def test_whoever_holds_it_alone_sees_nobody_else() -> None:
    lock, inside, seen = SharedLock(), [0], []

    def change() -> None:
        for _ in range(200):
            with lock.alone():
                inside[0] += 1
                seen.append(inside[0])
                inside[0] -= 1

    def look() -> None:
        for _ in range(200):
            with lock.together():
                seen.append(inside[0] + 1)

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work) for work in [change, look] * (THREADS // 2)]:
            done.result(WAIT_SECONDS)
    assert set(seen) == {1}
    assert len(seen) == 200 * THREADS


def test_what_was_remembered_before_a_question_is_among_its_hits(open_cube: OpenCube) -> None:
    cube = open_cube()
    cube.remember("gingerbread number 0")
    told = ["gingerbread number 0"]
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            before = list(told)
            found = {hit.item.content for hit in cube.recall("gingerbread", k=100)}
            assert found.issuperset(before)
            asked += 1
        return asked

    with ThreadPoolExecutor(THREADS) as pool:
        asking = [pool.submit(ask) for _ in range(THREADS)]
        for number in range(1, 25):
            text = f"gingerbread number {number}"
            cube.remember(text)
            told.append(text)
        done.set()
        assert sum(one.result(WAIT_SECONDS) for one in asking) > 0


def test_what_was_erased_before_a_question_is_not_among_its_hits(open_cube: OpenCube) -> None:
    cube = open_cube()
    items = [cube.remember(f"gingerbread number {number}").id for number in range(12)]
    gone: list[str] = []
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            before = list(gone)
            found = {hit.item.id for hit in cube.recall("gingerbread", k=100)}
            assert found.isdisjoint(before)
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        for item in items[:4]:
            cube.forget(item, erase=True, because="asked to")
            gone.append(item)
        done.set()
        assert sum(one.result(WAIT_SECONDS) for one in asking) > 0
