"""Files that can't be had as asked: locked, read-only, not a cube, or of an old format."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import CubeBusy, CubeReadOnly, InvalidInput

OLD_CUBES = Path(__file__).parents[1] / "data"


@pytest.fixture
def locked(open_cube: OpenCube, tmp_path: Path) -> Iterator[Path]:
    """A cube on which another process holds the write lock."""
    with open_cube() as cube:
        cube.remember("Alice likes tea")
    program = textwrap.dedent("""
        import sys, apsw
        db = apsw.Connection(sys.argv[1])
        db.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        sys.stdin.read()
    """)
    path = tmp_path / "a.cube"
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "locked\n"
        yield path
        holder.stdin.close()


def test_a_write_waits_for_another_process_and_then_says_so(open_cube: OpenCube, locked: Path) -> None:
    cube = open_cube(wait_seconds=0.2)
    before = cube.stats()
    with pytest.raises(CubeBusy, match="another process is holding it; try again, or allow a longer wait"):
        cube.remember("Bob likes coffee")
    assert cube.stats() == before
    assert [hit.item.content for hit in cube.recall("likes")] == ["Alice likes tea"], "reading goes on"


def test_a_cube_locked_as_a_whole_can_not_be_opened_and_says_so(open_cube: OpenCube, tmp_path: Path) -> None:
    open_cube().close()
    program = textwrap.dedent("""
        import sys, apsw
        db = apsw.Connection(sys.argv[1])
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("UPDATE meta SET value = value")
        print("locked", flush=True)
        sys.stdin.read()
    """)
    command = [sys.executable, "-c", program, str(tmp_path / "a.cube")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(CubeBusy, match=r"a\.cube: another"):
            open_cube(wait_seconds=0.2)
        holder.stdin.close()
    open_cube(wait_seconds=5).close()


WRITES = {
    "remember": lambda cube, item: cube.remember("x"),
    "observe": lambda cube, item: cube.observe([{"role": "user", "content": "x"}]),
    "revise": lambda cube, item: cube.revise(item, "x"),
    "annotate": lambda cube, item: cube.annotate(item, tags=["x"]),
    "forget": lambda cube, item: cube.forget(item),
    "erase": lambda cube, item: cube.forget(item, erase=True),
    "freeze": lambda cube, item: cube.freeze(item),
    "undo": lambda cube, item: cube.undo(1),
    "reembed": lambda cube, item: cube.reembed("hashing"),
}


@pytest.mark.parametrize("verb", WRITES)
def test_a_cube_opened_for_reading_answers_and_takes_no_change(
    open_cube: OpenCube, tmp_path: Path, verb: str
) -> None:
    with open_cube() as cube:
        item = cube.remember("Alice likes tea").id
    before = (tmp_path / "a.cube").read_bytes()
    with open_cube(read_only=True) as cube:
        assert cube.recall("tea")[0].item.id == item
        assert cube.check() == ()
        with pytest.raises(CubeReadOnly, match="open for reading only; nothing was changed"):
            WRITES[verb](cube, item)
    assert (tmp_path / "a.cube").read_bytes() == before


READER = """
    import os, sys
    import remanence
    from remanence.errors import CubeReadOnly

    def read(path):
        with remanence.open(path, embedder="hashing", reader=None) as cube:
            print(cube.recall("tea")[0].item.content)
            try:
                cube.remember("x")
            except CubeReadOnly as error:
                print(type(error).__name__, "nothing was changed" in str(error))

    read(sys.argv[1])  # loads what is loaded late, which another user may not read
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    read(sys.argv[2])
"""


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_file_on_read_only_media_is_read_where_nothing_can_be_written(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    with open_cube() as cube:
        cube.remember("Alice likes tea")
    with tempfile.TemporaryDirectory() as media:
        path = Path(media) / "a.cube"
        path.write_bytes((tmp_path / "a.cube").read_bytes())
        path.chmod(0o444)
        Path(media).chmod(0o555)
        before = path.read_bytes()
        program = [sys.executable, "-c", textwrap.dedent(READER), str(tmp_path / "a.cube"), str(path)]
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout.splitlines() == ["Alice likes tea", "Alice likes tea", "CubeReadOnly True"], (
            done.stderr
        )
        assert [file.name for file in Path(media).iterdir()] == ["a.cube"]
        assert path.read_bytes() == before
        Path(media).chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes to set there")
def test_a_snapshot_that_fails_leaves_no_file_behind(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import resource, sys, remanence
        with remanence.open(sys.argv[1] + "/a.cube", embedder=None) as cube:
            cube.remember("words " * 50_000)
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
            try:
                cube.snapshot(sys.argv[1] + "/b.cube")
            except remanence.errors.CubeError:
                print("refused", flush=True)
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    """)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True)
    assert done.stdout == "refused\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.cube"]


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan"), 1e10])
def test_a_wait_that_no_clock_can_count_is_refused(open_cube: OpenCube, seconds: float) -> None:
    with pytest.raises(InvalidInput, match="wait_seconds"):
        open_cube(wait_seconds=seconds)


def test_reading_leaves_one_file(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube("one.cube")
    cube.remember("jam")
    cube.close()
    reader = open_cube("one.cube", read_only=True)
    assert reader.recall("jam")
    reader.close()
    assert [path.name for path in tmp_path.iterdir()] == ["one.cube"]


def test_processes_that_make_one_cube_at_once_all_write_to_it(tmp_path: Path) -> None:
    program = (
        "import remanence, sys\n"
        "with remanence.open(sys.argv[1], embedder=None, reader=None) as cube:\n"
        "    cube.remember('fact ' + sys.argv[2])\n"
    )
    path = tmp_path / "shared.cube"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(number)], stderr=subprocess.PIPE)
        for number in range(4)
    ]
    assert [process.communicate()[1] for process in processes] == [b""] * 4
    with remanence.open(path, read_only=True) as cube:
        assert cube.stats().counts["items"] == 4
