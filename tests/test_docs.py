"""The documentation is run: every Python block, and every `remanence` command in a console block."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from remanence import errors

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.M | re.S)


def blocks(language: str) -> list[tuple[str, str]]:
    """Page name and text of each block in this language."""
    found = []
    for page in PAGES:
        for number, match in enumerate(BLOCK.finditer(page.read_text("utf-8"))):
            if match.group(1) == language:
                found.append((f"{page.name}-{number}", match.group(2)))
    return found


@pytest.mark.parametrize(("name", "code"), blocks("python"))
def test_a_python_block_runs_as_it_stands(name: str, code: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("name", "session"), blocks("console"))
def test_the_commands_of_a_console_block_run_in_order(name: str, session: str, tmp_path: Path) -> None:
    environment = {**os.environ, "REMANENCE_CUBE": str(tmp_path / "docs.cube"), "NO_COLOR": "1"}
    for line in session.splitlines():
        if not line.startswith("$ "):
            continue
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "export":
            key, _, value = words[1].partition("=")
            environment[key] = value
        if words[0] != "remanence":
            continue
        command = [sys.executable, "-m", "remanence", *words[1:]]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_every_error_is_documented() -> None:
    page = (ROOT / "docs/errors.md").read_text("utf-8")
    names = [name for name, value in vars(errors).items() if isinstance(value, type)]
    assert [name for name in names if f"`{name}`" not in page] == []
