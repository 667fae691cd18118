"""Where an export lies: a file, a folder, a zip archive, or values at hand; in parts that are streams.

A zip archive is unpacked within bounds. Text is decoded as it is read, and bytes that are none are kept.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

from remanence.errors import InvalidInput

Source: TypeAlias = "str | os.PathLike[str] | bytes | Mapping[str, object] | Sequence[object]"
"""A path, a file's bytes, or what a store's own call returned."""

CHUNK_BYTES = 256 * 2**10
# Text is five to twenty times smaller in an archive, a bomb a thousand times. A small one harms nobody.
UNPACKED_RATIO_MAX = 200
UNPACKED_FREE_BYTES = 64 * 2**20
UNPACKED_BYTES_MAX = 32 * 2**30  # of one archive: what none of the exporting services has given yet
FILES_MAX = 200_000  # of a folder or an archive
BAD_BYTES_KEPT = 20  # places of bytes that are no text, named one by one


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export, by its path inside of it."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    changed_at: datetime | None = None

    @property
    def stem(self) -> str:
        """The name without folders and ending."""
        return self.name.rpartition("/")[2].rpartition(".")[0] or self.name


@dataclass(frozen=True, slots=True)
class Export:
    """All files of an export, by name in order."""

    name: str
    parts: tuple[Part, ...]

    def ending(self, *endings: str) -> tuple[Part, ...]:
        """The parts whose names end so, whatever their case."""
        return tuple(part for part in self.parts if part.name.lower().endswith(endings))


def open_export(source: Source, *, unpacked_max: int | None = None) -> Export:
    """The parts of an export; nothing is read of them yet.

    `unpacked_max` is how many bytes a zip archive may unpack to; without it, UNPACKED_RATIO_MAX times its
    size and UNPACKED_BYTES_MAX. Raises InvalidInput for what is no export.
    """
    if unpacked_max is not None and (not isinstance(unpacked_max, int) or unpacked_max < 1):
        raise InvalidInput(f"unpacked_max {unpacked_max!r} must be a number of bytes, from 1 on")
    if isinstance(source, bytes | bytearray):
        return _of_bytes("the given bytes", bytes(source), unpacked_max)
    if isinstance(source, str | os.PathLike):
        return _of_path(Path(os.fspath(source)), unpacked_max)
    if isinstance(source, Mapping | Sequence):
        content = _as_json(source)
        return Export("the given value", (_in_memory("value.json", content),))
    raise InvalidInput(
        f"source is a {type(source).__name__}; give a path, bytes, or what an export call gave"
    )


def _of_path(path: Path, unpacked_max: int | None) -> Export:
    try:
        if path.is_dir():
            return Export(str(path), tuple(_in_folder(path)))
        with path.open("rb") as stream:
            head = stream.read(4)
        if head == b"PK\x03\x04" and path.suffix.lower() != ".jsonl":
            return Export(str(path), _in_archive(path, path.stat().st_size, unpacked_max))
        return Export(str(path), (_on_disk(path, path.name),))
    except OSError as error:
        raise InvalidInput(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def _of_bytes(name: str, content: bytes, unpacked_max: int | None) -> Export:
    if content.startswith(b"PK\x03\x04"):
        return Export(name, _in_archive(io.BytesIO(content), len(content), unpacked_max))
    return Export(name, (_in_memory("bytes", content),))


def _in_memory(name: str, content: bytes) -> Part:
    return Part(name, len(content), lambda: io.BytesIO(content))


def _on_disk(path: Path, name: str) -> Part:
    stat = path.stat()
    return Part(name, stat.st_size, lambda: path.open("rb"), datetime.fromtimestamp(stat.st_mtime, UTC))


def _in_folder(folder: Path) -> Iterator[Part]:
    count = 0
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for file in sorted(files):
            path = Path(root, file)
            if file.startswith(".") or not path.is_file():
                continue
            count += 1
            if count > FILES_MAX:
                raise InvalidInput(
                    f"{str(folder)!r} has over FILES_MAX = {FILES_MAX} files; take a part of it"
                )
            yield _on_disk(path, path.relative_to(folder).as_posix())


def _in_archive(file: Path | io.BytesIO, size: int, unpacked_max: int | None) -> tuple[Part, ...]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidInput(f"the archive can't be read: {error}") from error
    budget = _Budget(unpacked_max, size)
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > FILES_MAX:
        raise InvalidInput(f"the archive has over FILES_MAX = {FILES_MAX} files")
    parts = []
    for member in sorted(members, key=lambda one: one.filename):
        if member.flag_bits & 1:
            raise InvalidInput(f"{member.filename!r} in the archive is encrypted; unpack it first")
        parts.append(_packed(archive, member, budget))
    return tuple(parts)


def _packed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> Part:
    def open_member() -> BinaryIO:
        budget.promise(member.filename, member.file_size)
        return _Unpacking(archive, member, budget)  # type: ignore[return-value]  # it reads, and nothing else

    try:
        changed_at = datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        changed_at = None
    return Part(member.filename, member.file_size, open_member, changed_at)


class _Budget:
    """How many bytes an archive may still unpack to."""

    def __init__(self, unpacked_max: int | None, size: int) -> None:
        by_size = max(UNPACKED_FREE_BYTES, size * UNPACKED_RATIO_MAX)
        self.most = min(by_size, UNPACKED_BYTES_MAX) if unpacked_max is None else unpacked_max

    def promise(self, name: str, size: int) -> None:
        """Refuse what would unpack to more: as the archive says, and again as it is read."""
        if size > self.most:
            raise InvalidInput(
                f"{name!r} in the archive unpacks to over {self.most} bytes, which is more than an export of "
                "that size does (a zip bomb does so); if you trust it, raise unpacked_max"
            )


class _Unpacking(io.RawIOBase):
    """A member of an archive as it is unpacked; counts what came out."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> None:
        self._name, self._budget, self._count = member.filename, budget, 0
        try:
            self._stream = archive.open(member)
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise InvalidInput(f"{member.filename!r} in the archive can't be unpacked: {error}") from error

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            found = self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise InvalidInput(f"{self._name!r} in the archive is damaged: {error}") from error
        self._count += len(found)
        self._budget.promise(self._name, self._count)
        return found

    def close(self) -> None:
        self._stream.close()
        super().close()


class Text:
    """A part as text, chunk by chunk: UTF-8, or UTF-16 and UTF-32 by their marks or their zeros.

    Bytes that are no text are kept as lone surrogates (as os.fsdecode does), and their places noted.
    """

    def __init__(self, stream: BinaryIO, moved: Callable[[int], None]) -> None:
        self._stream, self._moved = stream, moved
        self._first = stream.read(CHUNK_BYTES)
        self.encoding = json.detect_encoding(self._first[:4])
        self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        self._bytes = 0
        self.bad: list[int] = []  # places of bytes that were no text, since they were last asked for

    def read(self) -> str:
        """The next chunk; "" at the end."""
        while True:
            chunk = self._first or self._stream.read(CHUNK_BYTES)
            self._first = b""
            text = self._decode(chunk)
            self._bytes += len(chunk)
            if chunk:
                self._moved(len(chunk))
            if text or not chunk:
                return text

    def _decode(self, chunk: bytes) -> str:
        state = self._decoder.getstate()
        try:
            return self._decoder.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            if len(self.bad) < BAD_BYTES_KEPT:
                self.bad.append(self._bytes - len(state[0]) + error.start)
            self._decoder.setstate(state)
            self._decoder.errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
            text = self._decoder.decode(chunk, not chunk)
            self._decoder.errors = "strict"
            return text


@contextmanager
def text_of(part: Part, moved: Callable[[int], None]) -> Iterator[Text]:
    """A part opened as text; `moved` is told of the bytes read."""
    try:
        stream = part.open()
    except OSError as error:
        raise InvalidInput(f"cannot read {part.name!r}: {error.strerror or error}") from error
    with stream:
        yield Text(stream, moved)


def _as_json(value: object) -> bytes:
    try:
        return json.dumps(value, default=_plain).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"the given value is not JSON: {error}") from error


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    for name in ("model_dump", "dict"):
        dump = getattr(value, name, None)
        if callable(dump):
            return dump()
    raise TypeError(f"a {type(value).__name__} is not")
