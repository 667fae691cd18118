"""Several processes, and several threads, on one cube at once.

Survived: writers and readers that come and go; no error reaches a caller, no write is lost, and a recall sees
what was committed before it began. REMANENCE_SECONDS sets how long they run (5).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crowd import acks_of
from judge import Ledger, faults_of, words_left
from workload import Acknowledged, Workload

import remanence
from opening import OpenCube

SECONDS = float(os.environ.get("REMANENCE_SECONDS", "5"))
CROWD = Path(__file__).with_name("crowd.py")
CALLS_MIN = 10  # fewer by any process means that nothing was interleaved


def started(path: Path, role: str, name: str, *, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, CROWD, path, role, name, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    """How many calls it made; it ended well."""
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert err == ""
    return int(out)


def test_two_processes_write_and_one_reads_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    remanence.open(path, embedder=None, reader=None).close()
    parts = [("writer", "one"), ("writer", "two"), ("reader", "three")]
    processes = [started(path, role, name, seconds=SECONDS) for role, name in parts]
    calls = [ended(process) for process in processes]
    assert min(calls) >= CALLS_MIN, calls
    ledger = Ledger()
    lines = [line for name in ("one", "two") for line in acks_of(path, name).read_bytes().splitlines()]
    for told in sorted(map(Acknowledged.of_line, lines), key=lambda told: told.sequence):
        ledger.add(told)  # what one writer said of an item, the other may have changed since
    assert ledger.calls == sum(calls[:2])
    with remanence.open(path, embedder=None, reader=None) as cube:
        assert faults_of(cube, ledger, in_flight_max=0) == []
    assert words_left(path, ledger.gone) == []


def test_what_is_written_after_an_erasure_is_seen_by_others(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    with remanence.open(path, embedder=None, reader=None) as cube:
        workload, ledger = Workload(cube, seed=1), Ledger()
        for verb in ("remember", "erase"):
            ledger.add(workload.call(verb))
        ended(started(path, "writer", "passing by", seconds=0.1))
        ledger.add(workload.call("remember"))
        assert ended(started(path, "reader", "other", seconds=0.1)) >= 0
        assert faults_of(cube, ledger) == []
        names = {line.actor for line in cube.journal(limit=1)}
        assert names == {"workload"}
    with remanence.open(path, embedder=None, reader=None) as cube:
        assert faults_of(cube, ledger) == []


def test_a_cube_opened_twice_in_one_process_stays_known_as_open_to_others(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    with remanence.open(path, embedder=None, reader=None) as cube:
        workload, ledger = Workload(cube, seed=1), Ledger()
        ledger.add(workload.call("remember"))
        remanence.open(path, embedder=None, reader=None).close()
        ended(started(path, "writer", "passing by", seconds=0.1))
        ledger.add(workload.call("remember"))
        ended(started(path, "writer", "the next", seconds=0.1))
        assert faults_of(cube, ledger, in_flight_max=1_000) == []
    with remanence.open(path, embedder=None, reader=None) as cube:
        assert faults_of(cube, ledger, in_flight_max=1_000) == []


def test_eight_threads_recall_while_one_observes(open_cube: OpenCube) -> None:
    cube, heard, stop = open_cube(), list[str](), threading.Event()
    words = ["amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron"]

    def watch(word: str) -> int:
        calls = 0
        while not stop.is_set() or not calls:
            before = [text for text in list(heard) if text.startswith(word)]
            found = {hit.item.content for hit in cube.recall(word, k=100)} if before else set()
            assert set(before) <= found
            calls += bool(before)
        return calls

    with ThreadPoolExecutor(len(words)) as pool:
        watchers = [pool.submit(watch, word) for word in words]
        try:
            for number in range(60):
                text = f"{words[number % len(words)]} is number {number}"
                cube.observe([{"role": "user", "content": text}], session=str(number))
                heard.append(text)
        finally:
            stop.set()
        assert min(watcher.result() for watcher in watchers) > 0
    assert cube.check() == ()
