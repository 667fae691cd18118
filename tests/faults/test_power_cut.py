"""The power goes at the k-th sync of a history, for every k: what was acknowledged is there, nothing is torn.

Survived: each write since a file's last sync is lost, kept, torn by sectors or filled with noise, in any mix
over the cube, its log and its journal; a file cut shorter is as long as before; a file deleted is back.
Not survived, and not asked: a disk that says it has synced and has not.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import apsw
import pytest
from disk import Disk, Fault
from judge import Ledger, faults_of, words_left
from workload import Workload

import remanence
from remanence.errors import CubeError
from ticking import TickingClock

SEEDS = max(
    1, int(os.environ.get("REMANENCE_RUNS", "200")) // 10
)  # among the first twenty are four that showed a bug
CALLS = 14  # of one history
SYNCS_MAX = 300  # more than any history has


def cut_at(sync: int, folder: Path, *, seed: int) -> tuple[Path, Ledger, bool]:
    """One history on a disk of its own: where its image lies, what was acknowledged, was there a cut."""
    before, after = folder / "before", folder / "after"
    before.mkdir(parents=True)
    after.mkdir()
    disk = Disk(f"power {folder}")
    disk.fault = Fault(frozenset({"sync"}), sync, apsw.IOError)
    ledger = Ledger()
    try:
        clock = TickingClock(seed=seed)
        cube = remanence.open(before / "a.cube", embedder=None, reader=None, vfs=disk.name, clock=clock)
        try:
            workload = Workload(cube, seed=seed)
            for _ in range(CALLS):
                ledger.add(workload.step())
        finally:
            disk.after_power_cut(after, Random(f"{seed} {sync}"))
            disk.power_is_on = False
            cube.close()
    except CubeError:
        assert disk.fault.happened or not disk.power_is_on, "an error before the power was cut"
    if disk.power_is_on:
        disk.after_power_cut(after, Random(f"{seed} {sync}"))
    disk.unregister()
    return after / "a.cube", ledger, disk.fault.happened


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_was_acknowledged_outlives_a_power_cut(tmp_path: Path, seed: int) -> None:
    calls = set()
    for sync in range(1, SYNCS_MAX):
        path, ledger, was_cut = cut_at(sync, tmp_path / str(sync), seed=seed)
        where = f"seed {seed}, sync {sync}, {path}"
        assert words_left(path, ledger.gone) == [], where
        with remanence.open(path, embedder=None, reader=None) as cube:
            assert faults_of(cube, ledger) == [], where
        calls.add(ledger.calls)
        if not was_cut:
            break
    assert not was_cut, "the history never ended without a cut"
    assert len(calls) > CALLS / 2, "too few of its calls were cut off"
