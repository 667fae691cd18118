"""Cubes of every format that was ever released open, answer and take new memories."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import remanence
from remanence.cube import Cube
from remanence.errors import CubeOutdated
from remanence.faces.cli.app import run
from remanence.model.interval import Interval
from remanence.model.state import State
from remanence.storage.sqlite.migrate import newest_version

LISBON = ZoneInfo("Europe/Lisbon")
FOLDER = Path(__file__).parents[1] / "data"
OLD_CUBES = sorted(FOLDER.glob("cube-v*.cube"))


def test_there_is_a_cube_of_each_format() -> None:
    assert [path.stem for path in OLD_CUBES] == [
        f"cube-v{number}" for number in range(1, newest_version() + 1)
    ]


@pytest.fixture(params=OLD_CUBES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of one of them."""
    copy = tmp_path / request.param.name
    shutil.copyfile(request.param, copy)
    return copy


def found(cube: Cube, text: str, **filters: object) -> list[str]:
    return [hit.item.content for hit in cube.recall(text, **filters)]  # type: ignore[arg-type]  # each test's own


def test_it_answers_as_it_did(path: Path) -> None:
    with remanence.open(path, embedder=None) as cube:
        assert (cube.owner, cube.time_zone) == ("Alice", "Europe/Lisbon")
        assert "Alice outgrew her peanut allergy" in found(cube, "peanut allergy", as_of="2026-10-01")
        assert found(cube, "peanuts allergic", as_of="2026-03-05") == ["Alice is allergic to peanuts"]
        assert "half a pair \ud83d and NUL \0" in found(cube, "half a pair")
        assert "I moved to Porto last May and I love green tea" in found(
            cube, "Porto tea", kinds=["utterance"]
        )
        (heard,) = [hit.item for hit in cube.recall("Porto tea", kinds=["utterance"]) if hit.item.event]
        assert heard.event == Interval(
            datetime(2025, 5, 1, tzinfo=LISBON), datetime(2025, 6, 1, tzinfo=LISBON)
        )
        assert cube.show(cube.recall("a frozen memory")[0].item.id).state is State.FROZEN
        assert "a retired memory" in found(cube, "retired memory", include=["retired"])
        assert "a retired memory" not in found(cube, "retired memory")
        assert not any("undone" in text or "erased" in text for text in found(cube, "undone erased memory"))
        (receipt,) = cube.erased()
        assert not receipt.pending
        assert cube.check(head=receipt.journal_head) == ()


def test_it_takes_new_memories_and_can_be_undone_from_its_first_line(path: Path) -> None:
    with remanence.open(path, embedder=None) as cube:
        cube.remember("something new")
        assert "something new" in found(cube, "something new")
        cube.undo(1, cascade=True)
        assert "I moved to Porto last May and I love green tea" not in found(cube, "Porto tea")
        assert cube.check() == ()


def test_opening_it_for_reading_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    if path.stem == OLD_CUBES[-1].stem:
        with remanence.open(path, embedder=None, read_only=True) as cube:
            assert found(cube, "frozen")
    else:
        with pytest.raises(CubeOutdated, match="older format"):  # reading never migrates
            remanence.open(path, embedder=None, read_only=True)
    assert path.read_bytes() == before


def test_the_command_line_brings_it_up_when_it_reads_it(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--cube", str(path), "--embedder", "none", "recall", "frozen"]) == 0
    assert "frozen" in capsys.readouterr().out
    with remanence.open(path, embedder=None, read_only=True) as cube:
        assert cube.check() == ()
