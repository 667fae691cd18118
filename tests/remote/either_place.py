"""The type of what opens a test's cube, in whichever place."""

from __future__ import annotations

from collections.abc import Callable

from remanence.cube import Cube

Open = Callable[..., Cube]
