"""`remanence recall` and `remanence context` with --mount NAME=PATH: several cubes asked as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from mounting import make_cube

from command_line import CommandLine


@pytest.fixture
def rem(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, beside a cube that --mount leaves out."""
    for variable in ("REMANENCE_CUBE", "REMANENCE_EMBEDDER", "REMANENCE_KEY", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return CommandLine(make_cube(tmp_path / "other.cube", ["Alice has lunch at home"]), capsys)


def mounted(paths: dict[str, Path]) -> list[str]:
    """The options that mount these."""
    return [word for name, path in paths.items() for word in ("--mount", f"{name}={path}")]


def test_hits_of_several_cubes_are_shown_with_their_mounts(rem: CommandLine, paths: dict[str, Path]) -> None:
    found = rem("recall", "when is lunch?", *mounted(paths), "--json").json["hits"]
    assert found[0]["mount"] == "team"
    assert {hit["mount"] for hit in found} == {"user", "team", "agent"}
    shown = rem("recall", "когда запускают Спутник?", "-k", "1", *mounted(paths)).out
    assert "Спутник запускают в пятницу" in shown
    assert "team:" in shown
    assert "at home" not in shown


def test_a_context_of_several_cubes_cites_their_mounts(rem: CommandLine, paths: dict[str, Path]) -> None:
    made = rem("context", "lunch and peanuts", *mounted(paths), "--json").json
    assert all(f"({address.split(':')[0]}:" in made["text"] for address in made["items"])
    assert "team:" in rem("context", "lunch", *mounted(paths)).out


def test_encrypted_cubes_take_the_key_of_the_environment(
    rem: CommandLine, paths: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = make_cube(tmp_path / "locked.cube", ["The PIN is in the blue book"], key="Schlüssel")
    monkeypatch.setenv("REMANENCE_KEY", "Schlüssel")
    found = rem("recall", "where is the PIN?", *mounted({**paths, "locked": locked}), "--json").json["hits"]
    assert found[0]["mount"] == "locked"


def test_what_can_not_be_mounted_is_one_line(rem: CommandLine, paths: dict[str, Path]) -> None:
    assert "mount 'x': there is no cube at" in rem.refuses("recall", "lunch", "--mount", "x=nowhere.cube")
    assert "is no NAME=PATH" in rem.refuses("recall", "lunch", "--mount", "team.cube", code=2)
    twice = ("--mount", f"a={paths['user']}", "--mount", f"a={paths['team']}")
    assert "is there twice" in rem.refuses("context", "lunch", *twice, code=2)
    assert "are about one cube" in rem.refuses("recall", "lunch", *mounted(paths), "--unit", "Bob", code=2)
    assert "are one file" in rem.refuses("recall", "lunch", *mounted(paths), "--mount", f"b={paths['team']}")
