"""The command line in this process: one call runs it, and says what it printed and how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def rem(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """`remanence --cube a.cube --embedder hashing ...`, on a cube that is not there yet, at 80 columns."""
    for variable in ("REMANENCE_CUBE", "REMANENCE_EMBEDDER", "REMANENCE_KEY", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return CommandLine(tmp_path / "a.cube", capsys)
