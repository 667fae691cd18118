"""The file beside a cube in which its memory index lies ready, so that a large cube opens soon.

Numbers only, and never the truth: where it does not fit the cube, or is torn, the cube is read. A head says
of which state of which cube it is, each part has a checksum. It is written under another name, then moved. It
is read, not mapped: a file that somebody cuts short would end the process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from remanence.errors import CubeDamaged
from remanence.storage.index_port import IndexMark, SavedPart

ENDING = "-index"
UNFINISHED = "-index-new"
MAGIC = b"Remanence index 1\n"
HEAD_BYTES_MAX = 1024 * 1024
ALIGNED = 64  # each part begins at a multiple: a processor's cache line
BLOCK_BYTES = 4 * 1024 * 1024
ABANDONED_AFTER_SECONDS = 3600.0  # a file that grew no more for so long: its writer has died


class Told(TypedDict):
    """The head as JSON holds it."""

    of: str
    mark: dict[str, Any]
    parts: dict[str, tuple[str, list[int], int, int]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part lies in the file, and what it is: a kind of number, the shape, the checksum."""

    kind: str
    shape: tuple[int, ...]
    start: int
    crc: int


@dataclass(frozen=True, slots=True)
class _Head:
    """What the file says of itself."""

    of_cube: str
    mark: IndexMark
    places: dict[str, _Place]

    @classmethod
    def of(cls, told: Told) -> _Head:
        places = {
            str(name): _Place(str(kind), tuple(map(int, shape)), int(start), int(crc))
            for name, (kind, shape, start, crc) in told["parts"].items()
        }
        mark = IndexMark(**told["mark"])
        if mark.embedder is not None:
            name, revision, dims = mark.embedder  # a list, as JSON gives it
            mark = replace(mark, embedder=(name, revision, dims))
        return cls(str(told["of"]), mark, places)

    def told(self) -> bytes:
        parts = {name: astuple(place) for name, place in self.places.items()}
        text = json.dumps({"of": self.of_cube, "mark": asdict(self.mark), "parts": parts}).encode()
        return MAGIC + b"%d %d\n" % (len(text), zlib.crc32(text)) + text


class SqliteIndexFile:
    """The file of one cube; see storage.index_port.IndexFile for what each call does."""

    def __init__(self, cube: Path, *, of: str, read_only: bool) -> None:
        """`of` names the cube, and all by which its stored rows are what they are."""
        self._cube, self._of, self._read_only = cube, of, read_only
        self.path = cube.with_name(cube.name + ENDING)

    @contextlib.contextmanager
    def opened(self) -> Iterator[SqliteSavedIndex | None]:
        try:
            file = io.FileIO(self.path, "rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield SqliteSavedIndex(file, of=self._of)

    def write(self, mark: IndexMark, parts: Mapping[str, SavedPart], *, now: datetime) -> bool:
        if self._read_only:
            return False
        fresh = self._cube.with_name(self._cube.name + UNFINISHED)
        _drop_abandoned(fresh, now)
        try:
            descriptor = os.open(
                fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600
            )
        except FileExistsError:
            return False  # another process writes it
        try:
            with io.FileIO(descriptor, "wb") as file:
                _write(file, self._of, mark, parts)
                os.fsync(file.fileno())
            fresh.chmod(stat.S_IMODE(self._cube.stat().st_mode))
            os.replace(fresh, self.path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        return True


class SqliteSavedIndex:
    """An index file that is open; see storage.index_port.SavedIndex."""

    def __init__(self, file: io.FileIO, *, of: str) -> None:
        self._file = file
        head = _head_of(file)
        self.fits = head.of_cube == of
        self.mark = head.mark
        self._places = head.places

    def shape(self, name: str) -> tuple[str, tuple[int, ...]]:
        if name not in self._places:
            raise CubeDamaged(f"it holds no {name}")
        place = self._places[name]
        return place.kind, place.shape

    def fill(self, name: str, into: Sequence[memoryview]) -> None:
        place = self._places[name]
        self._file.seek(place.start)
        found = 0
        for view in into:
            for low in range(0, len(view), BLOCK_BYTES):
                block = view[low : low + BLOCK_BYTES]
                if not _filled(self._file, block):
                    raise CubeDamaged(f"it is cut short within {name}")
                found = zlib.crc32(block, found)
        if found != place.crc:
            raise CubeDamaged(f"the checksum of {name} is not what its head says")


def destroy(cube: Path) -> None:
    """Overwrite what index files of a cube hold, and take them away."""
    for ending in (ENDING, UNFINISHED):
        path = cube.with_name(cube.name + ending)
        if path.is_symlink():
            path.unlink()  # where it leads is not ours
            continue
        try:
            with io.FileIO(path, "r+b") as file:
                left = file.seek(0, os.SEEK_END)
                file.seek(0)
                while left > 0:
                    left -= file.write(bytes(min(left, BLOCK_BYTES)))
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            continue


def size_bytes(cube: Path) -> int:
    """Bytes on disk of the index file, 0 without one."""
    path = cube.with_name(cube.name + ENDING)
    return path.stat().st_size if path.exists() else 0


def _write(file: io.FileIO, of: str, mark: IndexMark, parts: Mapping[str, SavedPart]) -> None:
    """The head is written last, over the room left for it: what has one is whole."""
    widest = {name: _Place(part.kind, part.shape, 2**63, 2**32) for name, part in parts.items()}
    start = _aligned(len(_Head(of, mark, widest).told()))
    places: dict[str, _Place] = {}
    for name, part in parts.items():
        file.seek(start)
        crc = 0
        for low in range(0, len(part.data), BLOCK_BYTES):
            block = part.data[low : low + BLOCK_BYTES]
            crc = zlib.crc32(block, crc)
            _write_all(file, block)
        places[name] = _Place(part.kind, part.shape, start, crc)
        start = _aligned(start + len(part.data))
    file.seek(0)
    _write_all(file, memoryview(_Head(of, mark, places).told()))


def _head_of(file: io.FileIO) -> _Head:
    start = file.read(HEAD_BYTES_MAX) or b""
    if not start.startswith(MAGIC):
        raise CubeDamaged("it does not begin as one of this version")
    line, _, rest = start[len(MAGIC) :].partition(b"\n")
    try:
        length, crc = map(int, line.split())
        text = rest[:length]
        if len(text) != length or zlib.crc32(text) != crc:
            raise CubeDamaged("its head is torn")
        return _Head.of(json.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        raise CubeDamaged(f"its head can't be read: {error}") from error


def _filled(file: io.FileIO, block: memoryview) -> bool:
    done = 0
    while done < len(block):
        count = file.readinto(block[done:])
        if not count:
            return False
        done += count
    return True


def _write_all(file: io.FileIO, block: memoryview) -> None:
    while len(block):
        block = block[file.write(block) :]


def _drop_abandoned(path: Path, now: datetime) -> None:
    with contextlib.suppress(FileNotFoundError):
        if now.timestamp() - path.stat().st_mtime > ABANDONED_AFTER_SECONDS:
            path.unlink()


def _aligned(place: int) -> int:
    return -(-place // ALIGNED) * ALIGNED
