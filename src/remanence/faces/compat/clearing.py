"""Forgetting many items of a cube as one change: what a condition of a lifecycle rule finds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from remanence.cube import Cube


def clear(cube: Cube, condition: str, *, erase: bool, because: str) -> None:
    """Erase, or retire, every item that the condition fits; see docs/lifecycle.md for what it may ask."""
    action = "erase" if erase else "retire"
    rule = f'[[rule]]\nname = "clear"\nwhen = {json.dumps(condition)}\nthen = "{action}"\n'
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clear.toml")
        path.write_text(rule, "utf-8")
        cube.apply_lifecycle(path, allow_erase=erase, because=because)


def of_session(session: str) -> str:
    """The condition that finds what was said in a session, and what was derived from it."""
    return f"session == {json.dumps(session)}"
