"""docs/cli.md: its reference is what --help prints, and no command, option or variable is left out.

Run as a program, it writes the reference anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pytest

from remanence.faces.cli.app import COMMANDS, name_of, run

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
MARK = "written by `python tests/faces/test_reference.py`. -->\n"
VARIABLE = re.compile(r"\b(?:REMANENCE|OPENAI)_[A-Z_]+\b")
PACKAGE = Path(__file__).parents[2] / "src" / "remanence"


def reference() -> str:
    """The help of `remanence` and of each command, at 80 columns."""
    parts = [f"\n```text\n{help_of()}```\n"]
    parts += [f"\n### {name}\n\n```text\n{help_of(name)}```\n" for name in names()]
    return "".join(parts)


def names() -> list[str]:
    return [name_of(command) for command in COMMANDS]


def help_of(*command: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert run([*command, "--help"]) == 0
    return printed.getvalue()


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_reference_is_what_help_prints() -> None:
    _, mark, printed = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert printed == reference(), "run `python tests/faces/test_reference.py`"


def test_every_command_and_option_says_what_it_does() -> None:
    for name in names():
        lines = help_of(name).splitlines()
        assert lines[2].strip(), f"{name} has no help"
        entries = lines[next(n for n, line in enumerate(lines) if line == "Options:") + 1 :]
        for number, line in enumerate(entries):
            if line.startswith("  -") and len(line.split("  ")) < 3:
                assert entries[number + 1].startswith("     "), f"{name}: {line} has no help"


def test_the_list_of_commands_shows_each_summary_whole() -> None:
    assert "..." not in help_of().partition("Commands:")[2]


def test_every_variable_that_is_read_is_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    read = {
        name
        for path in (*(PACKAGE / "faces").rglob("*.py"), *(PACKAGE / "embedding").rglob("*.py"))
        for name in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    assert {name for name in read if f"`{name}`" not in page} == set()


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    written, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(written + mark + reference(), encoding="utf-8")
