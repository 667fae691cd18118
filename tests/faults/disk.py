"""A file system for SQLite that fails on purpose, and that knows what a sync has made safe.

Reads and writes go through to the real files. Beside them it keeps, for each file, what is safe and what was
written since: `after_power_cut` builds from these what a disk may hold once the power is back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import apsw

SECTOR_BYTES = 512
WRITING = frozenset({"write", "truncate", "sync", "delete"})


@dataclass(slots=True)
class Fault:
    """From the k-th of these calls on, or at it alone, the disk answers with an error."""

    calls: frozenset[str]
    at: int
    error: type[apsw.Error]
    lasting: bool = True
    only: str = ""  # files whose name ends so
    seen: int = 0
    happened: bool = False

    def strikes(self, call: str, path: Path) -> bool:
        """Count the call; whether it is to fail."""
        if call not in self.calls or not path.name.endswith(self.only):
            return False
        self.seen += 1
        due = self.seen >= self.at if self.lasting else self.seen == self.at
        self.happened = self.happened or due
        return due


@dataclass(slots=True)
class _Write:
    offset: int
    data: bytes


@dataclass(slots=True)
class _Cut:
    size: int


@dataclass(slots=True)
class _Kept:
    """One file as the disk has it: what is safe (None: not there), and what came since in order."""

    safe: bytearray | None
    since: list[_Write | _Cut] = field(default_factory=list)
    deleted: bool = False  # and the folder not yet synced

    def settle(self) -> None:
        """All that came since is safe now."""
        safe = bytearray() if self.safe is None else self.safe
        for change in self.since:
            _apply(safe, change)
        self.safe, self.since = safe, []


class Disk(apsw.VFS):
    """Registered under its name for `remanence.open(..., vfs=name)` until `close`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.fault: Fault | None = None
        self.power_is_on = True
        self._kept: dict[Path, _Kept] = {}

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """A file that asks this disk before each call."""
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        if not self.power_is_on:
            raise apsw.CantOpenError("the power is off")
        if path not in self._kept or self._kept[path].deleted:
            there = path.exists() and path not in self._kept
            self._kept[path] = _Kept(bytearray(path.read_bytes()) if there else None)
        return _DiskFile(self, path, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete; without a sync of the folder the file may be back after a power cut."""
        path = Path(filename)
        self.ask("delete", path)
        super().xDelete(filename, syncdir)
        kept = self._kept.get(path)
        if kept is not None:
            kept.deleted = True
        if syncdir:
            self._kept = {other: kept for other, kept in self._kept.items() if not kept.deleted}

    def ask(self, call: str, path: Path) -> None:
        """Raise the error that is due."""
        if not self.power_is_on and call in WRITING:
            raise apsw.IOError("the power is off")
        if self.fault is not None and self.fault.strikes(call, path):
            raise self.fault.error(f"a fault on purpose: {call} {self.fault.seen} of {path.name}")

    def kept(self, path: Path) -> _Kept:
        """What is known of a file."""
        return self._kept[path]

    def sync(self, path: Path) -> None:
        """Make the file safe; the first sync of a new file is one of its folder too, as SQLite does it."""
        if self._kept[path].safe is None:
            self._kept = {other: kept for other, kept in self._kept.items() if not kept.deleted}
        self._kept[path].settle()

    def after_power_cut(self, folder: Path, drawn: Random) -> None:
        """Write into a folder what the disk may hold: of each change since a sync all, some or none."""
        for path, kept in self._kept.items():
            image = None if kept.safe is None else bytearray(kept.safe)
            fate = drawn.choice(("lost", "kept", "mixed", "mixed", "mixed"))
            if kept.deleted and image is not None and drawn.random() < 0.5:
                continue
            for change in () if kept.deleted else kept.since:
                image = bytearray() if image is None else image
                lot = drawn.choice(("lost", "kept", "torn", "garbled")) if fate == "mixed" else fate
                if lot != "lost":
                    _apply(image, _torn(change, drawn, garbled=lot == "garbled") if lot != "kept" else change)
            if image is not None:
                (folder / path.name).write_bytes(image)


class _DiskFile(apsw.VFSFile):
    def __init__(self, disk: Disk, path: Path, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = path

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.ask("read", self._path)
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.ask("write", self._path)
        super().xWrite(data, offset)
        self._disk.kept(self._path).since.append(_Write(offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.ask("truncate", self._path)
        super().xTruncate(newsize)
        self._disk.kept(self._path).since.append(_Cut(newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.ask("sync", self._path)
        self._disk.sync(self._path)


def _apply(image: bytearray, change: _Write | _Cut | list[_Write]) -> None:
    if isinstance(change, list):
        for piece in change:
            _apply(image, piece)
    elif isinstance(change, _Cut):
        del image[change.size :]
        image.extend(bytes(change.size - len(image)))
    else:
        image.extend(bytes(max(0, change.offset - len(image))))
        image[change.offset : change.offset + len(change.data)] = change.data


def _torn(change: _Write | _Cut, drawn: Random, *, garbled: bool) -> _Cut | list[_Write]:
    """Some sectors of a write; garbled ones hold noise."""
    if isinstance(change, _Cut):
        return change if drawn.random() < 0.5 else []
    pieces = []
    for at in _sectors(change):
        data = change.data[at : at + SECTOR_BYTES]
        lot = drawn.random()
        if garbled and lot < 0.3:
            pieces.append(_Write(change.offset + at, drawn.randbytes(len(data))))
        elif lot < 0.6:
            pieces.append(_Write(change.offset + at, data))
    return pieces


def _sectors(change: _Write) -> Iterable[int]:
    return range(0, len(change.data), SECTOR_BYTES)
