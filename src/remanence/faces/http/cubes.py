"""The cubes of a data directory: opened when asked for, kept open while there is room, lent to calls."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import remanence
from remanence.cube import Cube
from remanence.embedding.open import DEFAULT_SPEC, spec_of
from remanence.embedding.port import Embedder
from remanence.faces import embedders, readers
from remanence.faces.http import names
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.problems import Refusal


@dataclass(slots=True)
class _Held:
    """A cube in the house: open, or about to be."""

    cube: Cube | None = None
    lent: int = 0
    opening: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.RLock = field(default_factory=threading.RLock)


class OpenCubes:
    """At most `config.open_cubes_max` cubes stay open; the one used longest ago is closed first.

    A cube in use is never closed: then there may be as many more as there are workers.
    """

    def __init__(self, config: ServerConfig, *, key: str | None = None) -> None:
        self._config = config
        self._key = key
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()
        self._embedders: dict[str, Embedder | None] = {}

    @contextmanager
    def lent(self, name: str) -> Iterator[Cube]:
        """The cube of this name for the length of a call; raises a Refusal where there is none."""
        with self._hold(name) as held:
            yield self._opened(name, held)

    @contextmanager
    def lent_for_change(self, name: str) -> Iterator[Cube]:
        """The same; no other call that changes the cube runs meanwhile."""
        with self._hold(name) as held:
            cube = self._opened(name, held)
            with held.writing:
                yield cube

    def make(self, name: str, *, owner: str | None, time_zone: str | None) -> bool:
        """Make a cube; False where it is there already, a Refusal where it is another owner's."""
        with self._hold(name) as held, held.opening:
            is_new = not names.path_of(self._config.cubes, name).exists()
            if held.cube is None:
                asked = (owner, time_zone) if is_new else (None, None)
                held.cube = self._open(name, owner=asked[0], time_zone=asked[1])
            if owner is not None and owner != held.cube.owner:
                raise Refusal("cube_exists", f"{name} is the memory of another owner; leave owner out")
            return is_new

    def names(self) -> list[str]:
        """All cubes there are, sorted."""
        return names.listed(self._config.cubes)

    def count_open(self) -> int:
        """How many are open."""
        with self._lock:
            return sum(held.cube is not None for held in self._held.values())

    def close(self) -> None:
        """Close all; nothing may be lent any more."""
        with self._lock:
            held, self._held = list(self._held.values()), OrderedDict()
        for one in held:
            if one.cube is not None:
                one.cube.close()

    @contextmanager
    def _hold(self, name: str) -> Iterator[_Held]:
        with self._lock:
            held = self._held.setdefault(name, _Held())
            self._held.move_to_end(name)
            held.lent += 1
        try:
            yield held
        finally:
            with self._lock:
                held.lent -= 1
                spare = self._spare()
            for cube in spare:
                cube.close()

    def _opened(self, name: str, held: _Held) -> Cube:
        with held.opening:
            if held.cube is None:
                if not names.path_of(self._config.cubes, name).exists():
                    raise no_such_cube(name)
                held.cube = self._open(name, owner=None, time_zone=None)
            return held.cube

    def _spare(self) -> list[Cube]:
        """Take out what is idle and too much, longest unused first; what never opened goes in any case."""
        found: list[Cube] = []
        for name, held in list(self._held.items()):
            if held.lent == 0 and held.cube is None:
                del self._held[name]
        for name, held in list(self._held.items()):
            if len(self._held) <= self._config.open_cubes_max:
                break
            if held.lent == 0 and held.cube is not None:
                del self._held[name]
                found.append(held.cube)
        return found

    def _open(self, name: str, *, owner: str | None, time_zone: str | None) -> Cube:
        path = names.path_of(self._config.cubes, name)
        return remanence.open(
            path,
            owner=owner,
            time_zone=time_zone,
            embedder=self._embedder_for(path),
            reader=readers.by_environment(),
            key=self._key,
            wait_seconds=self._config.write_wait_seconds_max,
        )

    def _embedder_for(self, path: Path) -> Embedder | None:
        """The embedder that the cube has, one for all cubes of its kind: a model in memory is large."""
        wanted = self._config.embedder
        if wanted == embedders.NONE:
            return None
        if not path.exists() or not os.stat(path).st_size:
            return self._shared(wanted or DEFAULT_SPEC)
        with remanence.open(path, embedder=None, key=self._key) as cube:
            named = cube.stats().facts.embedder
        return None if named is None else self._shared(spec_of(named.name))

    def _shared(self, spec: str) -> Embedder | None:
        with self._lock:
            if spec not in self._embedders:
                self._embedders[spec] = embedders.named(spec)
            return self._embedders[spec]


def no_such_cube(name: str) -> Refusal:
    """What is said alike of a cube that is not there and of one that a key may not see."""
    return Refusal("cube_not_found", f"there is no cube {name!r}, or this key may not use it")


Call = Callable[[Cube], object]
