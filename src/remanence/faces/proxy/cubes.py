"""Whose cube is which file, and the cubes that are open: opened on demand, the longest unused closed."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from remanence.cube import Cube

OPEN_MAX = 64  # cubes kept open that nobody uses at the moment
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(\.[a-z0-9_-]+)*\Z")
_HASHED = re.compile(r"u-[0-9a-f]{32}\Z")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?\Z")  # no names for files on Windows
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
    if is_plain and not _DEVICES.match(user) and not _HASHED.match(user):
        return f"{user}.cube"
    digest = hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()
    return f"u-{digest[:32]}.cube"


@dataclass(slots=True)
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    cube: Cube | None = None
    borrowers: int = 0


class Cubes:
    """The open cubes. Use it from any thread; close it when nobody borrows any more."""

    def __init__(self, places: Places, open_cube: Open, *, open_max: int = OPEN_MAX) -> None:
        self._places = places
        self._open = open_cube
        self._open_max = open_max
        self._lock = threading.Lock()
        self._entries: OrderedDict[Path, _Entry] = OrderedDict()

    @contextmanager
    def borrowed(self, user: str, *, make: bool) -> Iterator[Cube | None]:
        """A user's cube, open while the block runs; None where there is none and none is to be made."""
        path, owner = self._places.of(user)
        if not make and not path.exists():
            yield None
            return
        entry = self._take(path)
        try:
            with entry.lock:
                if entry.cube is None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    entry.cube = self._open(path, owner)
            yield entry.cube
        finally:
            self._give_back(entry)

    def close(self) -> None:
        """Close them all."""
        with self._lock:
            entries = list(self._entries.values())
            self._entries.clear()
        _close(entries)

    def _take(self, path: Path) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(path, _Entry())
            self._entries.move_to_end(path)
            entry.borrowers += 1
            return entry

    def _give_back(self, entry: _Entry) -> None:
        with self._lock:
            entry.borrowers -= 1
            idle = [path for path, one in self._entries.items() if not one.borrowers]
            too_many = max(0, len(self._entries) - self._open_max)
            evicted = [self._entries.pop(path) for path in idle[:too_many]]
        _close(evicted)


def _close(entries: list[_Entry]) -> None:
    for entry in entries:
        if entry.cube is not None:
            entry.cube.close()
