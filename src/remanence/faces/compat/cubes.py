"""A folder of cubes, one for each of whom something is remembered: opened when asked for, a few kept open."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import remanence
from remanence.embedding.port import Embedder
from remanence.errors import CubeClosed, InvalidInput
from remanence.model.item import Json
from remanence.vault.file_names import safe_name

OPEN_MAX = 16  # cubes kept open while nobody uses them; each holds a file and its index in memory
KEY_DIGITS = 16  # hex: 64 bits, so that a billion names meet with a chance of 3 percent
ABOUT = "kept for"  # the unit whose annotations say whom a cube is for
_KEY = re.compile(rf"[0-9a-f]{{{KEY_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class Holder:
    """Of whom memories are kept: a user, else an agent, else a run."""

    sort: str  # "user_id", "agent_id" or "run_id"
    name: str

    @property
    def key(self) -> str:
        """What tells this holder from any other: 16 hexadecimal digits."""
        told = f"{self.sort}\0{self.name}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(told).hexdigest()[:KEY_DIGITS]

    @property
    def file_name(self) -> str:
        """A name that every file system takes, and that a reader recognises."""
        return f"{self.sort.removesuffix('_id')} {safe_name(self.name)[:40].strip()} {self.key}.cube"


class _Open:
    def __init__(self, cube: remanence.Cube) -> None:
        self.cube = cube
        self.users = 0


class CubeFolder:
    """One cube a holder: what one is asked for is never looked up in another's file."""

    def __init__(
        self, path: Path, *, embedder: Embedder | str | None, rules: Mapping[str, Mapping[str, Json]]
    ) -> None:
        self._path = path
        self._embedder = embedder
        self._rules = rules  # units that each cube has, by name
        self._lock = threading.RLock()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._closed = False

    @contextmanager
    def of(self, holder: Holder, *, make: bool = False) -> Iterator[remanence.Cube | None]:
        """The holder's cube while the block lasts; None where there is none and none is to be made."""
        with self._using(holder.key, holder if make else None) as cube:
            yield cube

    @contextmanager
    def by_key(self, key: str) -> Iterator[remanence.Cube | None]:
        """The cube of the holder with this key; None where there is none."""
        with self._using(key, None) as cube:
            yield cube

    def keys(self) -> list[str]:
        """The keys of all cubes in the folder, in order."""
        names = sorted(path.stem[-KEY_DIGITS:] for path in self._path.glob("*.cube"))
        return [name for name in names if _KEY.fullmatch(name)]

    def remove_all(self) -> None:
        """Close and delete every cube of the folder."""
        with self._lock:
            self._close_all()
            for key in self.keys():
                for path in self._path.glob(f"* {key}.cube*"):  # with what a killed process left beside it
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """End all use of the files."""
        with self._lock:
            self._closed = True
            self._close_all()

    @contextmanager
    def _using(self, key: str, maker: Holder | None) -> Iterator[remanence.Cube | None]:
        found = self._take(key, maker)
        if found is None:
            yield None
            return
        try:
            yield found.cube
        finally:
            with self._lock:
                found.users -= 1
                self._close_idle()

    def _take(self, key: str, maker: Holder | None) -> _Open | None:
        with self._lock:
            if self._closed:
                raise CubeClosed("this memory was closed")
            found = self._open.get(key)
            if found is None:
                cube = self._opened(key, maker)
                if cube is None:
                    return None
                found = self._open[key] = _Open(cube)
            self._open.move_to_end(key)
            found.users += 1
            return found

    def _opened(self, key: str, maker: Holder | None) -> remanence.Cube | None:
        path = next(iter(self._path.glob(f"* {key}.cube")), None)
        if path is not None:
            cube = remanence.open(path, embedder=self._embedder)
        elif maker is not None:
            self._path.mkdir(parents=True, exist_ok=True)
            owner = maker.name if maker.sort == "user_id" else None
            cube = remanence.open(self._path / maker.file_name, owner=owner, embedder=self._embedder)
        else:
            return None
        if maker is not None:
            cube.unit(ABOUT, annotations={maker.sort: maker.name})
        for name, rule in self._rules.items():  # also where a making was cut short; else nothing is written
            cube.unit(name, rule=rule)
        return cube

    def _close_idle(self) -> None:
        idle = [key for key, one in self._open.items() if not one.users]
        for key in idle[: max(0, len(self._open) - OPEN_MAX)]:
            self._open.pop(key).cube.close()

    def _close_all(self) -> None:
        for one in self._open.values():
            one.cube.close()
        self._open.clear()


def holder_of(cube: remanence.Cube) -> Holder:
    """Whom a cube of such a folder is for."""
    for sort, name in cube.find_unit(ABOUT).annotations.items():
        return Holder(sort, str(name))
    raise InvalidInput(f"the unit {ABOUT!r} of this cube no longer says whom it is for; restore it")
