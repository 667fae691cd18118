"""Reads fields of foreign records: texts, times, lists; what is of another type is none, and can be said.

Asked by the formats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zlib import crc32

from remanence.errors import InvalidInput
from remanence.model.item import Json
from remanence.reader.exports.records import Problem
from remanence.reader.messages import METADATA_BYTES_MAX, NAME_CHARS_MAX
from remanence.reader.timestamps import read_timestamp

SHOWN_CHARS = 60  # of a value in a report
_UNFIT = re.compile("[\0\ud800-\udfff]")
_NOTHING: tuple[object, ...] = ("", [], {})


def text(value: object) -> str | None:
    """A text that says something."""
    return value if isinstance(value, str) and value.strip() else None


def name(value: object) -> str | None:
    """A text that can be a name in a cube: short, and of signs that every system holds."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return plain(str(value)).strip()[:NAME_CHARS_MAX].strip() or None


def plain(words: str) -> str:
    """The text with blanks for what names and descriptions can't have: NUL, and halves of surrogate pairs."""
    return _UNFIT.sub(" ", words)


def key(*parts: object) -> str:
    """One id of several names; a long one ends with a checksum of the whole."""
    whole = "/".join(filter(None, map(name, parts)))
    if len(whole) < NAME_CHARS_MAX:
        return whole
    return f"{whole[: NAME_CHARS_MAX - 9]}~{crc32(whole.encode('utf-8')):08x}"


def mapping(value: object) -> Mapping[str, object]:
    """An object; an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> Sequence[object]:
    """A list; an empty one where it is none."""
    return value if isinstance(value, list | tuple) else ()


def when(value: object, zone: tzinfo) -> tuple[datetime | None, str | None]:
    """The time that a value names, or why it names none; neither where there is no value."""
    if value is None or value == "":
        return None, None
    try:
        return read_timestamp(value, tz=zone), None
    except InvalidInput as error:
        return None, str(error)


def first_time(fields: Mapping[str, object], keys: Sequence[str], place: str) -> Iterator[datetime | Problem]:
    """The first of the fields that is a time, in UTC by default; a Problem for each that is none."""
    for key in keys:
        found, why = when(fields.get(key), UTC)
        if why is not None:
            yield Problem(place, "time", f"{key}: {why}")
        if found is not None:
            yield found
            return


def time_of(
    fields: Mapping[str, object], keys: Sequence[str], place: str, problems: list[Problem]
) -> datetime | None:
    """The first of the fields that is a time; what is none is added to the problems."""
    found = None
    for one in first_time(fields, keys, place):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            found = one
    return found


def notes(fields: Mapping[str, object], place: str) -> tuple[dict[str, Json], list[Problem]]:
    """What of the fields says something, as metadata within its bound; what is too long is named and goes."""
    said = {str(one): value for one, value in fields.items() if value is not None and value not in _NOTHING}
    if not said:
        return {}, []
    try:
        encoded = json.dumps(said, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        encoded = None
    if encoded is None or len(encoded) > METADATA_BYTES_MAX:
        return _what_fits(said, place)
    decoded: dict[str, Json] = json.loads(encoded)
    return decoded, []


def _what_fits(said: Mapping[str, object], place: str) -> tuple[dict[str, Json], list[Problem]]:
    kept: dict[str, Json] = {}
    sizes: dict[str, int] = {}
    problems = []
    for one, value in said.items():
        try:
            encoded = json.dumps({one: value}, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            problems.append(Problem(place, "unmapped", f"{one} can't be kept: {error}"))
            continue
        kept.update(json.loads(encoded))
        sizes[one] = len(encoded)
    while sum(sizes.values()) > METADATA_BYTES_MAX:
        longest = max(sizes, key=sizes.__getitem__)
        why = f"{longest} takes {sizes[longest]} bytes; METADATA_BYTES_MAX = {METADATA_BYTES_MAX} are kept"
        problems.append(Problem(place, "unmapped", why))
        del kept[longest], sizes[longest]
    return kept, problems


def shown(value: object) -> str:
    """A value for a report, short."""
    found = repr(value)
    return found if len(found) <= SHOWN_CHARS else found[: SHOWN_CHARS - 3] + "..."
