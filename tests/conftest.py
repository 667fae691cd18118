"""What many tests need: a clock that can be told, and cubes in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import remanence
from opening import OpenCube
from ticking import TickingClock

hypothesis.settings.register_profile("any machine", deadline=None)  # a loaded machine fails no test
hypothesis.settings.load_profile("any machine")


@pytest.fixture
def clock() -> TickingClock:
    """A clock that ticks a second at each look."""
    return TickingClock()


@pytest.fixture
def open_cube(tmp_path: Path, clock: TickingClock) -> Iterator[OpenCube]:
    """Opens cubes below tmp_path, with what a test needs unless it says otherwise; closes them at the end."""
    opened: list[remanence.Cube] = []

    def open_one(name: str = "a.cube", **options: object) -> remanence.Cube:
        defaults: dict[str, object] = {"embedder": "hashing", "reader": None, "clock": clock}
        path = tmp_path / name
        if not path.exists():
            defaults |= {"owner": "Alice", "time_zone": "Europe/Lisbon"}
        cube = remanence.open(path, **(defaults | options))  # type: ignore[arg-type]  # a test's own options
        opened.append(cube)
        return cube

    yield open_one
    for cube in opened:
        cube.close()


@pytest.fixture
def cube(open_cube: OpenCube) -> remanence.Cube:
    """A new cube of Alice's, found by hashing, without the rule reader."""
    return open_cube()
