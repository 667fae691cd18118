"""Opens several cubes as mounts of one memory: all of them, or none and an error that names the mount."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from remanence import cube as cubes
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.errors import CubeReadOnly, InvalidInput, NotACube, RemanenceError
from remanence.model.clock import Clock
from remanence.verbs.opening import OWN
from remanence.verbs.recalling_together import MountPoint

MOUNTS_MAX = 32  # of one memory: each recall holds all of them open at once
WEIGHT_MAX = 20.0  # log-odds either way: beyond, no score of another mount could stand against it
NAME = re.compile(r"\w[\w.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Mount:
    """How a cube is mounted: its file, whether it may be written to, and how much its hits count.

    `weight` is in log-odds, in [-20, 20]: 1.0 raises a hit of .50 to .73. `key` is an encrypted cube's.
    """

    path: str | os.PathLike[str]
    read_only: bool = False
    weight: float = 0.0
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HowToOpen:
    """What all mounts are opened with; see remanence.open for each."""

    embedder: Embedder | str | None = OWN
    derives: bool = True
    wait_seconds: float = 30.0
    clock: Clock | None = None
    progress: Progress = silent


@dataclass(frozen=True, slots=True, eq=False)
class OpenMount:
    """A cube that is mounted."""

    name: str
    mount: Mount
    cube: Cube

    @property
    def point(self) -> MountPoint:
        """What a recall needs of it."""
        return MountPoint(self.name, self.cube._recaller, self.mount.weight)

    def for_writing(self) -> OpenMount:
        """Itself; CubeReadOnly where it is mounted to be read alone."""
        if self.mount.read_only:
            raise CubeReadOnly(
                f"mount {self.name!r} is read-only: nothing was written. Mount it without read_only to write"
            )
        return self


@contextmanager
def naming(mount: str, *, further: str = "") -> Iterator[None]:
    """Let what is raised within name the mount that it is about; `further` is said at the end."""
    try:
        yield
    except RemanenceError as error:
        raise type(error)(f"mount {mount!r}: {error}{further}") from error


def checked(mounts: Mapping[str, str | os.PathLike[str] | Mount]) -> dict[str, Mount]:
    """The mounts by name; raises InvalidInput for a name or a weight that is none, and for one file twice.

    NotACube where there is no file: a mount is never made by mounting it.
    """
    if not 1 <= len(mounts) <= MOUNTS_MAX:
        raise InvalidInput(f"{len(mounts)} mounts are given; a memory has 1 to MOUNTS_MAX = {MOUNTS_MAX}")
    found = {name: one if isinstance(one, Mount) else Mount(one) for name, one in mounts.items()}
    paths: dict[str, Path] = {}
    for name, mount in found.items():
        _check(name, mount)
        path = Path(os.fspath(mount.path))
        if not path.exists():
            raise NotACube(f"mount {name!r}: there is no cube at {path}; make it with remanence.open first")
        for other, known in paths.items():
            if path.samefile(known):
                raise InvalidInput(f"mounts {other!r} and {name!r} are one file, {path}; mount it once")
        paths[name] = path
    return found


def _check(name: str, mount: Mount) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} names no mount; give up to 40 letters, digits and _, after the first also . and -"
        )
    if not isinstance(mount.path, str | os.PathLike):
        raise InvalidInput(f"mount {name!r} is a {type(mount.path).__name__}; give a path or a Mount")
    weight = mount.weight
    if not isinstance(weight, int | float) or not math.isfinite(weight) or abs(weight) > WEIGHT_MAX:
        raise InvalidInput(
            f"mount {name!r}: weight {weight!r} must lie in [-{WEIGHT_MAX:g}, {WEIGHT_MAX:g}] log-odds"
        )


def open_all(mounts: Mapping[str, Mount], how: HowToOpen) -> tuple[dict[str, OpenMount], ExitStack]:
    """All cubes, with one embedder, and what closes them again.

    Raises what `open` does, with the mount's name; then none of them is left open.
    """
    stack = ExitStack()
    try:
        opened: dict[str, OpenMount] = {}
        for name, mount in mounts.items():
            with naming(name):
                cube = stack.enter_context(_open(mount, how))
            opened[name] = OpenMount(name, mount, cube)
            ours = cube._setting.embedder
            if how.embedder == OWN and ours is not None:
                how = replace(how, embedder=ours)
        for name, one in opened.items():
            if one.cube._setting.embedder is None and how.embedder not in (None, OWN):
                one.cube.close()
                with naming(name):
                    opened[name] = replace(one, cube=stack.enter_context(_open(one.mount, how)))
    except BaseException:
        stack.close()
        raise
    return opened, stack


def _open(mount: Mount, how: HowToOpen) -> Cube:
    return cubes.open(
        mount.path,
        embedder=how.embedder,
        reader="rules" if how.derives else None,
        key=mount.key,
        read_only=mount.read_only,
        wait_seconds=how.wait_seconds,
        clock=how.clock,
        progress=how.progress,
    )
