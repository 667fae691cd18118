"""A disk that is full, or that fails to sync or to read, at its k-th call within each verb, for every k.

Survived: one clear error, the cube as it was before, and the same open cube goes on once the disk does. What
failed after the change was committed (erased pages, vectors) is no error: it is finished later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest
from disk import Disk, Fault
from judge import Ledger, everything_in, faults_of
from workload import Workload

import remanence
from remanence import Cube
from remanence.errors import CubeDamaged, CubeError, CubeFull

CALLS_MAX = 500  # more than any verb makes of the disk
SPACE = frozenset({"write"})
VERBS = ("remember", "observe", "revise", "annotate", "retire", "erase", "undo", "freeze")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cube with a short history, copied for each try."""

    path: Path
    ledger: Ledger


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A cube with a short history."""
    path = tmp_path_factory.mktemp("prepared") / "a.cube"
    ledger = Ledger()
    with remanence.open(path, embedder=None, reader=None) as cube:
        workload = Workload(cube, seed=7)
        for verb in ("observe", "remember", "remember", "revise", "remember"):
            ledger.add(workload.call(verb))
    return Prepared(path, ledger)


def copies(prepared: Prepared, folder: Path) -> Iterator[tuple[int, Cube, Disk]]:
    """For k = 1, 2, ...: a copy of the cube, open on a disk of its own."""
    for k in range(1, CALLS_MAX):
        path = folder / f"{k}.cube"
        path.write_bytes(prepared.path.read_bytes())
        disk = Disk(f"failing {path}")
        cube = remanence.open(path, embedder=None, reader=None, vfs=disk.name)
        try:
            yield k, cube, disk
        finally:
            disk.fault = None
            cube.close()
            disk.unregister()


def tries(
    prepared: Prepared,
    folder: Path,
    verb: str,
    fault_at: Callable[[int], Fault],
    expected: type[CubeError],
) -> int:
    """Fail the k-th call until a run ends without a fault; how many faults there were."""
    for k, cube, disk in copies(prepared, folder):
        workload = Workload(cube, seed=7)
        before = everything_in(cube)
        disk.fault = fault_at(k)
        error = None
        try:
            getattr(workload, verb)()
        except CubeError as raised:
            error = raised
        happened, disk.fault = disk.fault.happened, None
        if not happened:
            assert error is None
            return k - 1
        where = f"{verb}, fault {k}: {error}"
        if error is not None:
            assert isinstance(error, expected), where
            assert str(prepared.path.suffix) in str(error), where
        after = everything_in(cube)
        assert (after == before) == (error is not None), where
        assert cube.check() == (), where
        ledger = Ledger()
        ledger.items.update(prepared.ledger.items if error else {})
        ledger.add(Workload(cube, seed=8).call("keep"))
        assert faults_of(cube, ledger) == [], where
    raise AssertionError("never ended without a fault")


@pytest.mark.parametrize("verb", VERBS)
def test_a_full_disk_is_one_clear_error_and_changes_nothing(
    prepared: Prepared, tmp_path: Path, verb: str
) -> None:
    faults = tries(prepared, tmp_path, verb, lambda k: Fault(SPACE, k, apsw.FullError), CubeFull)
    assert faults > 3


@pytest.mark.parametrize(
    ("verb", "call"),
    [*((verb, call) for verb in VERBS for call in ("sync", "read")), ("erase", "truncate")],
)
def test_a_disk_that_fails_once_is_one_clear_error_and_changes_nothing(
    prepared: Prepared, tmp_path: Path, verb: str, call: str
) -> None:
    def fault(k: int) -> Fault:
        return Fault(frozenset({call}), k, apsw.IOError, lasting=False)

    assert tries(prepared, tmp_path, verb, fault, CubeDamaged) > 0


def test_a_recall_that_cannot_read_says_so_and_the_next_one_answers(
    prepared: Prepared, tmp_path: Path
) -> None:
    for k, cube, disk in copies(prepared, tmp_path):
        fault = disk.fault = Fault(frozenset({"read"}), k, apsw.IOError, lasting=False)
        found = None
        try:
            found = cube.recall("amber basil cedar", k=5)
        except CubeDamaged:
            assert fault.happened
        disk.fault = None
        again = [hit.item for hit in cube.recall("amber basil cedar", k=5)]
        assert len(again) == 5
        assert found is None or [hit.item for hit in found] == again
        if not fault.happened:
            break
    assert k > 3
    assert not fault.happened


def test_a_cube_that_finds_no_space_to_be_made_is_made_once_there_is(tmp_path: Path) -> None:
    for k in range(1, CALLS_MAX):
        path = tmp_path / f"{k}.cube"
        disk = Disk(f"failing {path}")
        fault = disk.fault = Fault(SPACE, k, apsw.FullError)
        try:
            remanence.open(path, embedder=None, reader=None, vfs=disk.name).close()
        except CubeFull:
            assert fault.happened
        disk.fault = None
        with remanence.open(path, embedder=None, reader=None, vfs=disk.name) as cube:
            cube.remember("there is space again")
            assert cube.check() == ()
        disk.unregister()
        if not fault.happened:
            break
    assert k > 3
    assert not fault.happened


def test_vectors_that_find_no_space_wait_and_the_messages_are_kept(tmp_path: Path) -> None:
    waited = 0
    for k in range(1, CALLS_MAX):
        path = tmp_path / f"{k}.cube"
        disk = Disk(f"failing {path}")
        with remanence.open(path, embedder="hashing", reader=None, vfs=disk.name) as cube:
            fault = disk.fault = Fault(SPACE, k, apsw.FullError)
            messages = [{"role": "user", "content": "first"}, {"role": "user", "content": "second"}]
            try:
                kept = len(cube.observe(messages).added)
            except CubeFull:
                kept = 0
            disk.fault = None
            counts = cube.stats().counts
            assert counts["texts"] == kept
            assert counts["texts without vector"] in (0, kept)
            waited += counts["texts without vector"] > 0
            assert cube.embed_pending() == counts["texts without vector"]
            assert cube.check() == ()
        disk.unregister()
        if not fault.happened:
            break
    assert waited > 3
    assert not fault.happened
