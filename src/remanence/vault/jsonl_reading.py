"""Reads a complete export line by line: in order, checked, up to its closing line; a fault names its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from remanence.errors import CubeTooNew, InvalidInput
from remanence.model.item import Json
from remanence.storage.dump_port import SECTIONS, Cell, Section
from remanence.vault.jsonl_export import END, FORMAT, HEADER, VERSION
from remanence.vault.lines import RECORD, cells_of, parse_line

LINE_BYTES_MAX = 128 * 2**20  # a text of 16 MiB in which each byte is escaped, and what stands beside it
BATCH_ROWS_MAX = 1_000
BATCH_BYTES_MAX = 8 * 2**20  # of lines; one line may be longer
Row: TypeAlias = tuple[Section, tuple[Cell, ...]]
_PLACES = {section.name: place for place, section in enumerate(SECTIONS)}


@dataclass(slots=True)
class Reading:
    """An export as it is read: `line` is the number of the last line, from 1."""

    file: BinaryIO
    name: str
    heard: Callable[[int], None]  # told of the bytes read so far
    line: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    sha256: str = ""  # of all lines but the last; known when the last was read
    _bytes: int = 0
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def header(self) -> dict[str, Json]:
        """The first line. Raises InvalidInput where it opens no complete export, CubeTooNew for a newer."""
        fields = self._next()
        if fields[RECORD] != HEADER or fields.get("format") != FORMAT:
            raise self.fault(f"opens no export of Remanence: it bears no {HEADER!r} of {FORMAT!r}")
        version = fields.get("version")
        if not isinstance(version, int) or version < 1:
            raise self.fault(f"names version {version!r} of the format; it must be a whole number from 1")
        if version > VERSION:
            raise CubeTooNew(
                f"{self.name}: its format is version {version}, and this Remanence reads up to {VERSION}; "
                "upgrade Remanence (nothing was written)"
            )
        if fields.get("complete") is not True:
            raise self.fault(
                "says that this export is partial: it holds what some filters let pass, and no cube can be "
                "made of it. Export without filters"
            )
        return fields

    def rows(self) -> Iterator[Row]:
        """The rows up to the closing line, which is compared with them."""
        reached = 0
        while (fields := self._next())[RECORD] != END:
            record = str(fields[RECORD])
            place = _PLACES.get(record)
            if place is None:
                raise self.fault(f"is a {record!r}, which no export of this version has")
            if place < reached:
                raise self.fault(
                    f"is a {record!r} behind a {SECTIONS[reached].name!r}; the order was changed"
                )
            reached = place
            try:
                cells = cells_of(SECTIONS[place], fields)
            except InvalidInput as error:
                raise self.fault(str(error)) from error
            yield SECTIONS[place], cells
        self._close(fields)

    def batches(self) -> Iterator[tuple[Section, list[tuple[Cell, ...]]]]:
        """The rows by section, so many at a time as memory bears."""
        held: list[tuple[Cell, ...]] = []
        of: Section | None = None
        start = self._bytes
        for section, cells in self.rows():
            full = len(held) >= BATCH_ROWS_MAX or self._bytes - start > BATCH_BYTES_MAX
            if of is not None and (section is not of or full):
                yield of, held
                held, start = [], self._bytes
            of = section
            held.append(cells)
        if of is not None:
            yield of, held

    def fault(self, what: str) -> InvalidInput:
        """An error about the line that was read last."""
        return InvalidInput(f"{self.name}, line {self.line}, {what}; nothing was written")

    def _next(self) -> dict[str, Json]:
        """The next line's fields. Each is counted and hashed before the one after it is read."""
        line = self.file.readline(LINE_BYTES_MAX + 1)
        self.line += 1
        if not line:
            raise InvalidInput(
                f"{self.name} is cut short: it ends before line {self.line}, without its closing line; "
                "nothing was written"
            )
        if len(line) > LINE_BYTES_MAX:
            raise self.fault(f"has more than LINE_BYTES_MAX = {LINE_BYTES_MAX} bytes")
        try:
            fields = parse_line(line)
        except InvalidInput as error:
            raise self.fault(str(error)) from error
        record = str(fields[RECORD])
        if record != END:
            self._hash.update(line)
        if record not in (HEADER, END):
            self.counts[record] = self.counts.get(record, 0) + 1
        self._bytes += len(line)
        self.heard(self._bytes)
        return fields

    def _close(self, fields: Mapping[str, Json]) -> None:
        self.sha256 = self._hash.hexdigest()
        if fields.get("lines") != self.line or fields.get("counts") != self.counts:
            raise self.fault(
                f"closes an export of {fields.get('lines')} lines, and this is line {self.line}: "
                "lines were added or taken out"
            )
        if fields.get("sha256") != self.sha256:
            raise self.fault("has another hash than the lines before it: one of them was changed")
        if self.file.read(1):
            self.line += 1
            raise self.fault("stands behind the closing line")
