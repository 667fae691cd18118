"""Growing arrays, and how they are saved: each table puts its own on a shelf and takes them down again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from remanence.errors import CubeDamaged
from remanence.storage.index_port import SavedIndex, SavedPart

CAPACITY_MIN = 1024
FREED_BYTES = 31 * 1024 * 1024
Parts: TypeAlias = dict[str, npt.NDArray[np.generic]]
Scalar = TypeVar("Scalar", bound=np.generic)


class Shelf:
    """A saved index, or the part of it that is one table's. What it gives raises CubeDamaged."""

    def __init__(self, saved: SavedIndex, *, of: str = "") -> None:
        self._saved = saved
        self._of = of

    def part(self, name: str) -> Shelf:
        """The part whose names begin so."""
        return Shelf(self._saved, of=f"{self._of}{name}.")

    @property
    def rows(self) -> int:
        """How many rows the index has."""
        return self._saved.mark.rows

    def count(self, name: str, *, axis: int = 0) -> int:
        """How long an array is."""
        _, shape = self._saved.shape(self._of + name)
        return shape[axis] if len(shape) > axis else 0

    def whole(self, name: str, kind: type[Scalar], *shape: int) -> npt.NDArray[Scalar]:
        """An array of just this shape."""
        array = np.empty(shape, kind)
        self._fill(name, array, shape, [array])
        return array

    def growing(self, name: str, kind: type[Scalar], *shape: int, axis: int = 0) -> npt.NDArray[Scalar]:
        """An array of this shape, with room for more along an axis, the first or the last."""
        room = list(shape)
        room[axis] = max(CAPACITY_MIN, shape[axis] + shape[axis] // 2)
        array = np.empty(room, kind)
        self._fill(
            name, array, shape, [array[: shape[0]]] if axis == 0 else [row[: shape[axis]] for row in array]
        )
        return array

    def _fill(
        self, name: str, array: npt.NDArray[Scalar], shape: tuple[int, ...], into: list[npt.NDArray[Scalar]]
    ) -> None:
        expected = array.dtype.str, shape
        found = self._saved.shape(self._of + name)
        if found != expected:
            raise CubeDamaged(f"its {self._of}{name} is {found}, and {expected} is needed")
        self._saved.fill(self._of + name, [as_bytes(piece) for piece in into])


def keep_freed_memory() -> None:
    """Let the C library keep what a question frees for the next one, which needs as much.

    glibc gives memory back beyond twice the largest block, of at most 32 MB, that it saw freed. Where an
    index was filled bit by bit it has seen such a one; where one was taken from its file, none, and a
    question to a million rows would spend a third of its time on being given its pages anew.
    """
    np.empty(FREED_BYTES, np.uint8)  # freed at once, and never touched


def as_bytes(array: npt.NDArray[np.generic]) -> memoryview:
    """The bytes of an array whose numbers lie side by side."""
    return array.reshape(-1).view(np.uint8).data


def shelved(parts: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, SavedPart]:
    """Arrays as they are saved."""
    return {
        name: SavedPart(array.dtype.str, array.shape, as_bytes(np.ascontiguousarray(array)))
        for name, array in parts.items()
    }


def named(name: str, parts: Mapping[str, npt.NDArray[np.generic]]) -> Parts:
    """The arrays of one table among those of all."""
    return {f"{name}.{part}": array for part, array in parts.items()}


def grown(array: npt.NDArray[Scalar], used: int, needed: int) -> npt.NDArray[Scalar]:
    """A copy of the array's first `used` rows with room for at least `needed`."""
    larger = np.empty((max(CAPACITY_MIN, needed + needed // 2), *array.shape[1:]), array.dtype)
    larger[:used] = array[:used]
    return larger
