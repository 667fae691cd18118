"""`remanence export` and `remanence load`, and what becomes of a file when the disk takes no more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import remanence
from command_line import CommandLine, in_a_process, process_environment
from remanence.errors import InvalidInput, TargetUnusable

LIMIT_BYTES = 64 * 1024
resource = pytest.importorskip("resource")  # not on Windows, which knows no limit for files


@pytest.fixture
def rem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "a.cube", capsys)


def test_a_cube_goes_out_and_comes_back(rem: CommandLine, tmp_path: Path) -> None:
    item_id = rem.remember("Alice isst keine Erdnüsse 🥜")
    path, other = str(tmp_path / "a.jsonl"), str(tmp_path / "b.cube")
    told = rem("export", "jsonl", path)
    assert "revision 1" in told.out
    assert told.err == ""
    again = rem("load", path, "--cube", other)
    assert "revision 1" in again.out
    assert "remanence embed" in again.out
    assert rem("show", item_id, "--cube", other, "--json").json["content"] == "Alice isst keine Erdnüsse 🥜"
    assert "makes a new cube" in rem.refuses("load", path, "--cube", other)


def test_what_was_erased_since_goes_from_what_is_loaded(rem: CommandLine, tmp_path: Path) -> None:
    rem.remember("tea")
    secret = rem.remember("wombatish pangolins")
    path, other = str(tmp_path / "a.jsonl"), tmp_path / "b.cube"
    rem("export", "jsonl", path)
    rem("forget", secret, "--erase", "--yes", "--because", "asked")
    rem("load", path, "--cube", str(other), "--erased-in", str(rem.cube))
    assert b"pangolins" not in other.read_bytes()
    assert [one["reason"] for one in rem("erased", "--cube", str(other), "--json").json["receipts"]] == [
        "asked"
    ]


def test_filters_and_forms_are_passed_on(rem: CommandLine, tmp_path: Path) -> None:
    rem.remember("a fact", "--trust", "tool")
    rem.remember("a goal", "--kind", "goal")
    told = rem("export", "jsonl", str(tmp_path / "a.jsonl"), "--kind", "goal", "--json").json
    assert (told["complete"], told["counts"]["revision"]) == (False, 1)
    told = rem(
        "export", "mem0", str(tmp_path / "a.json"), "--trust", "tool", "--since", "2020-01-01", "--json"
    ).json
    assert told["counts"] == {"memories": 1}
    told = rem("export", "jsonl", str(tmp_path / "a.jsonl"), "--kind", "goal", "--overwrite")
    assert "partial" in told.out
    assert "partial" in rem.refuses("load", str(tmp_path / "a.jsonl"), "--cube", str(tmp_path / "c.cube"))
    rem("export", "markdown", str(tmp_path / "notes"))
    assert "a goal" in (tmp_path / "notes" / "units" / "user.md").read_text("utf-8")
    rem("export", "chat", str(tmp_path / "chat.jsonl"), "--tokens-max", "100")
    assert (tmp_path / "chat.jsonl").read_bytes() == b""


def test_what_is_wrong_is_said_in_one_line(rem: CommandLine, tmp_path: Path) -> None:
    rem.remember("tea")
    assert "'xml' is not one of" in rem.refuses("export", "xml", str(tmp_path / "a"))
    assert "can't be written" in rem.refuses("export", "jsonl", str(tmp_path / "no" / "a"))
    assert "can't be read" in rem.refuses("load", str(tmp_path / "none"), "--cube", str(tmp_path / "c.cube"))


def test_an_export_of_an_encrypted_cube_warns(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "k.cube", key="open sesame", embedder=None) as cube:
        cube.remember("chamomile tea")
    path = tmp_path / "k.jsonl"
    done = in_a_process(tmp_path / "k.cube", "export", "jsonl", str(path), REMANENCE_KEY="open sesame")
    assert done.returncode == 0
    assert b"is encrypted, and the export is plain text" in done.stderr
    done = in_a_process(tmp_path / "l.cube", "load", str(path), REMANENCE_KEY="another")
    assert done.returncode == 0, done.stderr
    assert b"chamomile" not in (tmp_path / "l.cube").read_bytes()
    with remanence.open(tmp_path / "l.cube", key="another", embedder=None) as cube:
        assert cube.recall("chamomile")


def no_longer_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, LIMIT_BYTES))


@pytest.mark.parametrize("form", ["jsonl", "markdown", "mem0"])
def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path, form: str) -> None:
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        for number in range(300):
            cube.remember(f"thing {number} " * 40)
    target = tmp_path / "out" / "a"
    target.parent.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "remanence", "export", form, str(target), "--json"],
        env=process_environment(tmp_path / "a.cube"),
        capture_output=True,
        preexec_fn=no_longer_files,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert json.loads(done.stderr)["error"]["type"] == TargetUnusable.__name__
    assert list(target.parent.iterdir()) == []


def test_a_load_on_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        for number in range(300):
            cube.remember(f"thing {number} " * 40)
        cube.export("jsonl", tmp_path / "a.jsonl")
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "remanence", "load", str(tmp_path / "a.jsonl"), "--json"],
        env=process_environment(tmp_path / "out" / "b.cube"),
        capture_output=True,
        preexec_fn=no_longer_files,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert json.loads(done.stderr)["error"]["type"] in {"CubeFull", "CubeDamaged"}
    assert list((tmp_path / "out").iterdir()) == []


def test_an_overwritten_export_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        cube.remember("chamomile tea")
        cube.export("jsonl", tmp_path / "a.jsonl")
        before = (tmp_path / "a.jsonl").read_bytes()

        def breaks_off(done: int, total: int) -> None:
            raise InvalidInput("enough")

        with pytest.raises(InvalidInput, match="enough"):
            cube.export("jsonl", tmp_path / "a.jsonl", overwrite=True, progress=breaks_off)
    assert (tmp_path / "a.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.cube", "a.jsonl"]
