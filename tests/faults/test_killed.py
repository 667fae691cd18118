"""SIGKILL at random points of writing runs: what was acknowledged is there, and nothing is torn.

Survived: the death of the process at any moment, again and again on the same cube, and in the making of the
cube. REMANENCE_RUNS sets how many runs (200); a failure names the seed and leaves the cube.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest
from judge import Ledger, faults_of, taken_up, words_left
from nursery import Nursery

import remanence

RUNS = int(os.environ.get("REMANENCE_RUNS", "200"))
RUNS_A_CUBE = 10
CALLS_MAX = 12  # acknowledged before a kill
CALL_SECONDS = 0.008  # about as long as the call that is cut off takes
BIRTH_SECONDS = 0.05  # about as long as the making of a cube takes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked here")


@pytest.mark.parametrize("seed", range(max(1, RUNS // RUNS_A_CUBE)))
def test_what_was_acknowledged_outlives_the_process(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.cube"
    drawn = Random(seed)
    ledger = Ledger()
    with Nursery() as nursery:
        for number in range(RUNS_A_CUBE):
            calls = drawn.randint(1, CALLS_MAX) if number else 0
            then = drawn.uniform(0, CALL_SECONDS if calls else BIRTH_SECONDS)
            life = nursery.run(path, seed=seed * 1000 + number, calls=calls, then_seconds=then)
            assert life.end == "killed"
            assert len(life.acknowledged) >= calls
            for acknowledged in life.acknowledged:
                ledger.add(acknowledged)
            assert words_left(path, ledger.gone) == [], f"seed {seed}, run {number}, {path}"
            with remanence.open(path, embedder=None, reader=None) as cube:
                assert faults_of(cube, ledger) == [], f"seed {seed}, run {number}, {path}"
                ledger = taken_up(cube, ledger)
