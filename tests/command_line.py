"""Runs the command line for tests, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from remanence.faces.cli.app import run


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> dict:
        """The one JSON document on standard error."""
        return json.loads(self.err)["error"]


@dataclass
class CommandLine:
    """The command line with a cube of its own."""

    cube: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, code: int = 0) -> Ran:
        """Run in this process; fails when it ends otherwise than expected."""
        self.capsys.readouterr()
        ended = run(["--cube", str(self.cube), "--embedder", "hashing", *arguments])
        captured = self.capsys.readouterr()
        assert ended == code, captured.err or captured.out
        return Ran(ended, captured.out, captured.err)

    def remember(self, text: str, *options: str) -> str:
        """Remember a statement; its id."""
        return self("remember", text, *options, "--json").json["id"]

    def refuses(self, *arguments: str, code: int = 1) -> str:
        """What the one line on standard error says when the command is refused, in text and in JSON."""
        told = self(*arguments, code=code)
        assert told.out == ""
        assert told.err.startswith("remanence: ")
        assert told.err.count("\n") == 1, "one line"
        as_json = self("--json", *arguments, code=code)
        assert as_json.out == ""
        assert as_json.error["message"] in told.err
        assert as_json.error["type"]
        return told.err


def in_a_process(
    cube: Path, *arguments: str, stdin: bytes | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m remanence` as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "remanence", *arguments],
        input=stdin,
        capture_output=True,
        env=process_environment(cube, **environment),
        timeout=120,
        check=False,
    )


def process_environment(cube: Path, **more: str) -> dict[str, str]:
    """The environment of a process that uses this cube; nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REMANENCE_")}
    kept.pop("COLUMNS", None)
    return {**kept, "REMANENCE_CUBE": str(cube), "REMANENCE_EMBEDDER": "hashing", **more}
