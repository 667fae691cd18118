"""What the examples in docstrings find at hand; fixtures for tests stand in tests/conftest.py."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

collect_ignore_glob = ["tests/**/conftest.py"]  # no examples there, and one name for several modules

# Adapters whose package is not installed can't be imported, so that no example of theirs can run.
NEEDED = {
    "autogen": "autogen_core",
    "crewai": "crewai",
    "langgraph": "langgraph",
    "langchain": "langchain_core",
    "llama_index": "llama_index",
    "pydantic_ai": "pydantic_ai",
}
collect_ignore_glob += [
    f"src/remanence/**/{name}*.py" for name, package in NEEDED.items() if find_spec(package) is None
]


@pytest.fixture(autouse=True)
def _folder_for_examples(request: pytest.FixtureRequest, doctest_namespace: dict[str, object]) -> None:
    """Examples may write below `tmp`, a folder of their own."""
    if isinstance(request.node, pytest.DoctestItem):
        folder: Path = request.getfixturevalue("tmp_path")
        doctest_namespace["tmp"] = folder
