"""A folder of cubes, one for each of whom something is remembered: opened when asked for, a few kept open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import remanence
from remanence.embedding.own import OwnEmbedders
from remanence.embedding.port import Embedder
from remanence.errors import InvalidInput
from remanence.faces import embedders
from remanence.faces.cube_pool import CubePool
from remanence.model.item import Json
from remanence.vault.file_names import safe_name
from remanence.verbs.opening import OWN

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


class CubeFolder:
    """One cube a holder: what one is asked for is never looked up in another's file."""

    def __init__(
        self, path: Path, *, embedder: Embedder | str | None, rules: Mapping[str, Mapping[str, Json]]
    ) -> None:
        self._path = path
        self._embedder = _embedder(embedder)
        self._rules = rules  # units that each cube has, by name
        self._pool = CubePool(open_max=OPEN_MAX)

    @contextmanager
    def of(self, holder: Holder, *, make: bool = False) -> Iterator[remanence.Cube | None]:
        """The holder's cube while the block lasts; None where there is none and none is to be made."""
        with self._pool.lent(holder.key, lambda: self._opened(holder.key, holder if make else None)) as cube:
            yield cube

    @contextmanager
    def by_key(self, key: str) -> Iterator[remanence.Cube | None]:
        """The cube of the holder with this key; None where there is none."""
        with self._pool.lent(key, lambda: self._opened(key, None)) as cube:
            yield cube

    def keys(self) -> list[str]:
        """The keys of all cubes in the folder, in order."""
        names = sorted(path.stem[-KEY_DIGITS:] for path in self._path.glob("*.cube"))
        return [name for name in names if _KEY.fullmatch(name)]

    def remove_all(self) -> None:
        """Close and delete every cube of the folder."""
        self._pool.clear(self._delete_all)

    def close(self) -> None:
        """End all use of the files."""
        self._pool.close()

    def _delete_all(self) -> None:
        for key in self.keys():
            for path in self._path.glob(f"* {key}.cube*"):  # with what a killed process left beside it
                path.unlink(missing_ok=True)

    def _opened(self, key: str, maker: Holder | None) -> remanence.Cube | None:
        path = next(iter(self._path.glob(f"* {key}.cube")), None)
        owner = None
        if path is None and maker is not None:
            self._path.mkdir(parents=True, exist_ok=True)
            path = self._path / maker.file_name
            owner = maker.name if maker.sort == "user_id" else None
        if path is None:
            return None
        cube = remanence.open(path, owner=owner, embedder=self._embedder)
        if maker is not None:
            cube.unit(ABOUT, annotations={maker.sort: maker.name})
        for name, rule in self._rules.items():  # also where a making was cut short; else nothing is written
            cube.unit(name, rule=rule)
        return cube


def _embedder(wanted: Embedder | str | None) -> Embedder | OwnEmbedders | None:
    """What to open each cube with; a model is loaded once for all."""
    if wanted is None or not isinstance(wanted, str):
        return wanted
    return embedders.shared(None if wanted == OWN else wanted)


def holder_of(cube: remanence.Cube) -> Holder:
    """Whom a cube of such a folder is for."""
    for sort, name in cube.find_unit(ABOUT).annotations.items():
        return Holder(sort, str(name))
    raise InvalidInput(f"the unit {ABOUT!r} of this cube no longer says whom it is for; restore it")
