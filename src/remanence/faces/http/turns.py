"""One change of a cube at a time, over all processes of a server: a lock on a file for each cube."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turns:
    """Holds a cube's lock for the length of a change; without a folder there is one process, and no need."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @contextmanager
    def held(self, cube: str) -> Iterator[None]:
        """Wait for the other processes' change of this cube, and let them wait for this one."""
        if self._folder is None:
            yield
            return
        import fcntl  # not on Windows, where a server is one process

        with (self._folder / f"{cube}.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file is closed, or its process dies
            yield
