"""How tests ask for a cube: see the fixture `open_cube` in conftest.py."""

from __future__ import annotations

from collections.abc import Callable

from remanence import Cube

OpenCube = Callable[..., Cube]
