"""The command line for the tests of the mirror."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def rem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line with a cube of its own."""
    return CommandLine(tmp_path / "a.cube", capsys)
