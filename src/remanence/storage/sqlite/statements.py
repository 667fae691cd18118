"""Reads the files of statements once: each statement by the name that stands above it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statements() -> dict[str, str]:
    """All statements by name."""
    folder = files("remanence.storage.sqlite")
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.startswith("queries")]
    found: dict[str, str] = {}
    for block in "\n".join(texts).split("-- name: ")[1:]:
        name, _, sql = block.partition("\n")
        found[name.strip()] = "\n".join(
            line for line in sql.splitlines() if not line.startswith("--")
        ).strip()
    return found
