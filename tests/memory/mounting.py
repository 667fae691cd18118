"""What the tests of mounted cubes share: cubes filled in a folder, and mounted with a test's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import remanence
from remanence import Memory
from ticking import TickingClock

MountAll = Callable[..., Memory]


def make_cube(path: Path, texts: Iterable[str] = (), **options: object) -> Path:
    """A closed cube that holds these statements, found by hashing unless told otherwise."""
    defaults: dict[str, object] = {
        "owner": "Alice",
        "time_zone": "Europe/Lisbon",
        "embedder": "hashing",
        "reader": None,
        "clock": TickingClock(),
    }
    with remanence.open(path, **(defaults | options)) as cube:  # type: ignore[arg-type]  # a test's own options
        for text in texts:
            cube.remember(text)
    return path
