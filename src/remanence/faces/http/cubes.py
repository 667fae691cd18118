"""The cubes of a data directory, by their names: a Refusal where one is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import remanence
from remanence.cube import Cube
from remanence.faces import embedders, readers
from remanence.faces.cube_pool import CubePool
from remanence.faces.http import names
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.problems import Refusal


class OpenCubes:
    """At most `config.open_cubes_max` cubes stay open, and as many more as are in use."""

    def __init__(self, config: ServerConfig, *, key: str | None = None) -> None:
        self._config = config
        self._key = key
        self._pool = CubePool(open_max=config.open_cubes_max)
        self._embedder = embedders.shared(config.embedder)

    @contextmanager
    def lent(self, name: str, *, for_change: bool = False) -> Iterator[Cube]:
        """The cube of this name for the length of a call; raises a Refusal where there is none.

        No two calls have it at once that change it.
        """
        path = names.path_of(self._config.cubes, name)
        with self._pool.lent(
            path, lambda: self._open(name) if path.exists() else None, alone=for_change
        ) as cube:
            if cube is None:
                raise no_such_cube(name)
            yield cube

    def make(self, name: str, *, owner: str | None, time_zone: str | None) -> bool:
        """Make a cube; False where it is there already, a Refusal where it is another owner's."""
        path = names.path_of(self._config.cubes, name)
        made: list[Cube] = []

        def opening() -> Cube:
            if path.exists():
                return self._open(name)
            made.append(self._open(name, owner=owner, time_zone=time_zone))
            return made[0]

        with self._pool.lent(path, opening) as cube:
            assert cube is not None, "it is made where there is none"
            if owner is not None and owner != cube.owner:
                raise Refusal("cube_exists", f"{name} is the memory of another owner; leave owner out")
            return bool(made)

    def names(self) -> list[str]:
        """All cubes there are, sorted."""
        return names.listed(self._config.cubes)

    def count_open(self) -> int:
        """How many are open."""
        return self._pool.count()

    def close(self) -> None:
        """Close all; nothing may be lent any more."""
        self._pool.close()

    def _open(self, name: str, *, owner: str | None = None, time_zone: str | None = None) -> Cube:
        path = names.path_of(self._config.cubes, name)
        return remanence.open(
            path,
            owner=owner,
            time_zone=time_zone,
            embedder=self._embedder,
            reader=readers.by_environment(),
            key=self._key,
            wait_seconds=self._config.write_wait_seconds_max,
        )


def no_such_cube(name: str) -> Refusal:
    """What is said alike of a cube that is not there and of one that a key may not see."""
    return Refusal("cube_not_found", f"there is no cube {name!r}, or this key may not use it")
