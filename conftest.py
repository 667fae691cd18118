"""What the examples in docstrings find at hand; fixtures for tests stand in tests/conftest.py."""

from __future__ import annotations

from pathlib import Path

import pytest

collect_ignore_glob = ["tests/**/conftest.py"]  # no examples there, and one name for several modules


@pytest.fixture(autouse=True)
def _folder_for_examples(request: pytest.FixtureRequest, doctest_namespace: dict[str, object]) -> None:
    """Examples may write below `tmp`, a folder of their own."""
    if isinstance(request.node, pytest.DoctestItem):
        folder: Path = request.getfixturevalue("tmp_path")
        doctest_namespace["tmp"] = folder
