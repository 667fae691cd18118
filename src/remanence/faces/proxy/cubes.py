"""Whose cube is which file; each is opened when its user first calls."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from remanence.cube import Cube
from remanence.faces.cube_pool import CubePool
from remanence.vault.file_names import is_device

OPEN_MAX = 64  # cubes kept open that nobody uses at the moment
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(\.[a-z0-9_-]+)*\Z")
_HASHED = re.compile(r"u-[0-9a-f]{32}\Z")
PLAIN_CHARS_MAX = 64

Open: TypeAlias = Callable[[Path, str | None], Cube]


class Places(Protocol):
    """Which file a user's cube is, and whose it is to be when it is made."""

    def of(self, user: str) -> tuple[Path, str | None]:
        """The file and its owner, None for the one that stands in it."""
        ...


@dataclass(frozen=True, slots=True)
class OneFile:
    """One cube for all."""

    path: Path

    def of(self, user: str) -> tuple[Path, str | None]:
        """The same file for everybody."""
        return self.path, None


@dataclass(frozen=True, slots=True)
class Folder:
    """A cube for each user, in one folder."""

    path: Path

    def of(self, user: str) -> tuple[Path, str | None]:
        """A file named after the user, and owned by them."""
        return self.path / file_name(user), user


def file_name(user: str) -> str:
    """A name for a user's file that is safe on every system and no other user's.

    Plain names stand as they are; others, of any script and with any sign, become a hash.

    >>> file_name("alice"), file_name("../alice")
    ('alice.cube', 'u-8be1c9b5836f848e4d17fbbcc303525a.cube')
    """
    is_plain = _PLAIN.match(user) and len(user) <= PLAIN_CHARS_MAX
    if is_plain and not is_device(user) and not _HASHED.match(user):
        return f"{user}.cube"
    digest = hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()
    return f"u-{digest[:32]}.cube"


class Cubes:
    """The cubes of all users. Use it from any thread; close it when nobody borrows any more."""

    def __init__(self, places: Places, open_cube: Open, *, open_max: int = OPEN_MAX) -> None:
        self._places = places
        self._open = open_cube
        self._pool = CubePool(open_max=open_max)

    @contextmanager
    def borrowed(self, user: str, *, make: bool) -> Iterator[Cube | None]:
        """A user's cube, open while the block runs; None where there is none and none is to be made."""
        path, owner = self._places.of(user)

        def opening() -> Cube | None:
            if not make and not path.exists():
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
            return self._open(path, owner)

        with self._pool.lent(path, opening) as cube:
            yield cube

    def close(self) -> None:
        """Close them all."""
        self._pool.close()
