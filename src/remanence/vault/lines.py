"""The lines of a complete export: a section's row as a JSON object with named fields, and back.

Each line ends with a check of its own bytes, so that a changed file can be told by its line. Times are
written in ISO 8601 to the microsecond, null where there is no bound.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.model.interval import MAX_MICROS, MIN_MICROS, from_micros, to_micros
from remanence.model.item import Json
from remanence.storage.dump_port import Cell, Column, Section, Sort

RECORD, CHECK = "record", "check"
_MARK = f',"{CHECK}":"'.encode()
_TAIL = len(_MARK) + len('00000000"}\n')
SPOKEN = ("start", "end", "from", "to", "grain", "kind")
_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_escaped = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def line_of(record: str, fields: Mapping[str, Json]) -> bytes:
    """One line, its check and line feed included; UTF-8, escaped where the text has half a pair."""
    body = json_bytes({RECORD: record, **fields})
    return body[:-1] + _MARK + b'%08x"}\n' % zlib.crc32(body[:-1])


def json_bytes(value: Json) -> bytes:
    """A value as JSON on one line: UTF-8, or escaped in ASCII where its text has half a pair."""
    try:
        return _compact(value).encode()
    except UnicodeEncodeError:
        return _escaped(value).encode()


def parse_line(line: bytes) -> dict[str, Json]:
    """The fields of a line, `record` among them; raises InvalidInput that says what is wrong with it."""
    body, tail = line[:-_TAIL], line[-_TAIL:]
    if not tail.startswith(_MARK) or not tail.endswith(b'"}\n'):
        raise InvalidInput("is cut short, or no line of an export")
    if tail[len(_MARK) : -3] != b"%08x" % zlib.crc32(body):
        raise InvalidInput("was changed since it was written: its check does not fit")
    try:
        value = json.loads(body + b"}")
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"is no JSON: {error}") from error
    if not isinstance(value.get(RECORD), str):
        raise InvalidInput(f"does not say in {RECORD!r} what it is")
    return dict(value)


def fields_of(section: Section, cells: Sequence[Cell]) -> dict[str, Json]:
    """A row's fields by the names of its columns."""
    rest = iter(cells)
    return {column.name: _written(column, rest) for column in section.columns}


def cells_of(section: Section, fields: Mapping[str, Json]) -> tuple[Cell, ...]:
    """The cells of a row from its fields; raises InvalidInput that names the field."""
    cells: list[Cell] = []
    for column in section.columns:
        try:
            cells += _read(column, fields[column.name])
        except KeyError:
            raise InvalidInput(f"has no field {column.name!r}") from None
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidInput(f"has a {column.name!r} that can't be read: {error}") from error
    return tuple(cells)


def _written(column: Column, cells: Iterator[Cell]) -> Json:
    cell = next(cells)
    if column.sort is Sort.SPAN:
        end = next(cells)
        if not isinstance(cell, int) or not isinstance(end, int):
            return None
        return {"from": time_text(cell), "to": time_text(end)}
    return None if cell is None else _WRITERS[column.sort](cell)


def _read(column: Column, value: Json) -> tuple[Cell, ...]:
    if value is None:
        if column.sort is Sort.START:
            return (MIN_MICROS,)
        if column.sort is Sort.END:
            return (MAX_MICROS,)
        if not column.may_lack:
            raise ValueError("it may not be null")
        return (None, None) if column.sort is Sort.SPAN else (None,)
    if column.sort is Sort.SPAN:
        span = an_object(value)
        return _bound(span["from"], MIN_MICROS), _bound(span["to"], MAX_MICROS)
    cell = _READERS[column.sort](value)
    if column.choices and cell not in column.choices:
        raise ValueError(f"{cell!r} is none of: {', '.join(column.choices)}")
    return (cell,)


def time_text(micros: int) -> str | None:
    """A stored time as it is written; None for the two that stand for no bound."""
    if micros in (MIN_MICROS, MAX_MICROS):
        return None
    return from_micros(micros).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_micros(value: Json) -> int:
    """A stored time from what was written; raises ValueError."""
    time = datetime.fromisoformat(a_text(value))
    if time.tzinfo is None:
        raise ValueError(f"{value!r} names no zone")
    return to_micros(time)


def _bound(value: Json, unbounded: int) -> int:
    return unbounded if value is None else time_micros(value)


def _spoken_written(cell: Cell) -> Json:
    found: list[Json] = []
    for start, end, since, until, grain, kind in json.loads(str(cell)):
        values = (start, end, time_text(since), time_text(until), grain, kind)
        found.append(dict(zip(SPOKEN, values, strict=True)))
    return found


def _spoken_read(value: Json) -> str:
    found = []
    for one in map(an_object, _list(value)):
        bounds = (_bound(one["from"], MIN_MICROS), _bound(one["to"], MAX_MICROS))
        found.append(
            [a_number(one["start"]), a_number(one["end"]), *bounds, a_text(one["grain"]), a_text(one["kind"])]
        )
    return _escaped(found)


def _bytes(cell: Cell) -> bytes:
    if not isinstance(cell, bytes):
        raise TypeError(f"{cell!r} is no bytes")
    return cell


def a_number(value: Json) -> int:
    """A whole number; raises TypeError."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    if not MIN_MICROS <= value <= MAX_MICROS:
        raise ValueError(f"{value} has more than 64 bits")
    return value


def _real(value: Json) -> float:
    if type(value) not in (int, float):
        raise TypeError(f"{value!r} is no number")
    number = float(value) if isinstance(value, int | float) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number


def _flag(value: Json) -> int:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return int(value)


def a_text(value: Json) -> str:
    """A text; raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _held(value: Json) -> str:
    """A text that every engine can hold: without half pairs."""
    a_text(value).encode()
    return a_text(value)


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def an_object(value: Json) -> dict[str, Json]:
    """A JSON object; raises TypeError."""
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no object")
    return value


def _from_base64(value: Json) -> bytes:
    try:
        return base64.b64decode(a_text(value), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _json_of(cell: Cell) -> Json:
    value: Json = json.loads(str(cell))
    return value


_WRITERS: Mapping[Sort, Callable[[Cell], Json]] = {
    Sort.NUMBER: lambda cell: int(str(cell)),
    Sort.REAL: lambda cell: float(str(cell)),
    Sort.FLAG: bool,
    Sort.TEXT: str,
    Sort.EXACT: str,
    Sort.TIME: lambda cell: time_text(int(str(cell))),
    Sort.START: lambda cell: time_text(int(str(cell))),
    Sort.END: lambda cell: time_text(int(str(cell))),
    Sort.HEX: lambda cell: _bytes(cell).hex(),
    Sort.BASE64: lambda cell: base64.b64encode(_bytes(cell)).decode(),
    Sort.LIST: _json_of,
    Sort.OBJECT: _json_of,
    Sort.SPOKEN: _spoken_written,
}
_READERS: Mapping[Sort, Callable[[Json], Cell]] = {
    Sort.NUMBER: a_number,
    Sort.REAL: _real,
    Sort.FLAG: _flag,
    Sort.TEXT: _held,
    Sort.EXACT: a_text,
    Sort.TIME: time_micros,
    Sort.START: time_micros,
    Sort.END: time_micros,
    Sort.HEX: lambda value: bytes.fromhex(a_text(value)),
    Sort.BASE64: _from_base64,
    Sort.LIST: lambda value: _escaped(_list(value)),
    Sort.OBJECT: lambda value: _escaped(an_object(value)),
    Sort.SPOKEN: _spoken_read,
}
