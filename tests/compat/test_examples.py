"""The examples of docs/adapters.md that need a package run against it, as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "adapters.md"
EXAMPLE = re.compile(r"^```python needs=(\S+)\n(.*?)^```", re.M | re.S)
EXAMPLES = EXAMPLE.findall(PAGE.read_text("utf-8"))


@pytest.mark.parametrize(("package", "code"), EXAMPLES, ids=[package for package, _ in EXAMPLES])
def test_an_example_runs_against_the_real_package(package: str, code: str, tmp_path: Path) -> None:
    pytest.importorskip(package, reason=f"{package} is not installed")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_example_of_the_page_is_run_by_some_test() -> None:
    fences = re.findall(r"^```(\S.*)$", PAGE.read_text("utf-8"), re.M)
    assert set(fences) == {"python", *(f"python needs={package}" for package, _ in EXAMPLES)}
