"""One of several processes on one cube: `crowd.py PATH writer|reader NAME SECONDS`.

A writer publishes each call that returned as a line of PATH.NAME.acks; a reader takes what stands there
before it asks, and must find it. Prints how many calls it made; any error ends it with a trace.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from random import Random

from workload import Acknowledged, Workload

import remanence

TAIL_BYTES = 20_000  # of what a writer published: a reader asks for something recent


def acks_of(path: Path, name: str) -> Path:
    """Where a writer publishes."""
    return path.with_name(f"{path.name}.{name}.acks")


def write(path: Path, name: str, until: float) -> int:
    """Statements that stay, and between them whatever a workload does to others."""
    calls = 0
    acks = os.open(acks_of(path, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with remanence.open(path, embedder=None, reader=None) as cube:
        workload = Workload(cube, seed=sum(name.encode()), actor=name)
        while time.monotonic() < until:
            os.write(acks, workload.call("keep").line())
            os.write(acks, workload.step().line())
            calls += 2
    return calls


def read(path: Path, name: str, until: float) -> int:
    """What was acknowledged before a recall began is among its hits; the journal only grows."""
    calls, sequence = 0, 0
    drawn = Random(name)
    with remanence.open(path, embedder=None, reader=None) as cube:
        while time.monotonic() < until:
            kept = [acknowledged for acknowledged in _published(path) if acknowledged.words]
            if not kept:
                time.sleep(0.01)
                continue
            wanted = drawn.choice(kept[-10:])
            (item,) = wanted.items
            word = wanted.words.split()[-1]  # no other text has it
            found = [hit.item.id for hit in cube.recall(word, k=1)]
            assert found == [item], f"{word!r} was committed before the recall began, and is not found"
            newest = cube.journal(limit=1)[0].sequence
            assert newest >= max(sequence, wanted.sequence), "the journal went back"
            sequence = newest
            calls += 1
    return calls


def _published(path: Path) -> list[Acknowledged]:
    found: list[Acknowledged] = []
    for acks in sorted(path.parent.glob(f"{path.name}.*.acks")):
        with acks.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1].splitlines()
        found += [Acknowledged.of_line(line) for line in (whole if size <= TAIL_BYTES else whole[1:])]
    return sorted(found, key=lambda acknowledged: acknowledged.sequence)


def main(path: str, role: str, name: str, seconds: str) -> None:
    """One process's part."""
    until = time.monotonic() + float(seconds)
    calls = {"writer": write, "reader": read}[role](Path(path), name, until)
    sys.stdout.write(f"{calls}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
