"""Reads queries.sql once: each statement by the name that stands above it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statements() -> dict[str, str]:
    """All statements by name."""
    text = files("remanence.storage.sqlite").joinpath("queries.sql").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for block in text.split("-- name: ")[1:]:
        name, _, sql = block.partition("\n")
        found[name.strip()] = "\n".join(
            line for line in sql.splitlines() if not line.startswith("--")
        ).strip()
    return found
