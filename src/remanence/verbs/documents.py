"""A document about to be taken in: its name, its date, its passages, read before any transaction."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from remanence.errors import ExtraMissing, InvalidInput
from remanence.model.item import SpokenTime
from remanence.reader.documents.blocks import LeftOut
from remanence.reader.documents.dates import read_date_borne
from remanence.reader.documents.formats import (
    FORMATS,
    Format,
    Source,
    format_of,
    read_document,
    source_of,
)
from remanence.reader.documents.passages import Passage, passages_of
from remanence.units.sentences import sentences
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.setting import Setting

NAME_CHARS_MAX = 1_000  # of a document; a path may be longer than the names of units
PASSAGES_MAX = 50_000  # of one document
REMARKS_MAX = 100  # of each sort in one report; the rest is counted
UNKNOWN_AUTHOR = "unknown"
_AHEAD = timedelta(days=1)  # a clock elsewhere may be fast; what is dated later is dated wrongly
_UNFIT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Given:
    """What to ingest, as the caller gave it; see Cube.ingest."""

    document: str | os.PathLike[str] | bytes
    name: str | None = None
    format: str | None = None
    dated: When | None = None
    author: str | None = None
    encoding: str | None = None
    tags: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A document, read: its passages in order, each with who wrote it and when."""

    name: str
    format: Format
    source: Source
    method: str
    passages: Sequence[Passage]
    authors: Sequence[str]
    dates: Sequence[datetime]
    left_out: Sequence[LeftOut]
    notes: Sequence[str]
    times: Sequence[tuple[SpokenTime, ...] | None] = ()  # that each passage names, where that was read


def named_source(given: Given) -> tuple[str, Source, Format]:
    """A document's name, bytes and format. Raises InvalidInput that names it."""
    document = bytes(given.document) if isinstance(given.document, bytes | bytearray) else given.document
    if not isinstance(document, str | os.PathLike | bytes):
        raise InvalidInput(f"document is a {type(document).__name__}; give a path or bytes")
    name = _name(document, given.name)
    if given.format is not None:
        arguments.one_of(given.format, FORMATS, "format")
    try:
        source = source_of(document)
        format = next((one for one in FORMATS if one == given.format), None) or format_of(source, name)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from error
    return name, source, format


def read_draft(setting: Setting, given: Given, name: str, source: Source, format: Format) -> Draft:
    """Read a document into passages. Raises InvalidInput and ExtraMissing that name it."""
    try:
        parsed = read_document(source, format, encoding=given.encoding)
        found = list(islice(passages_of(parsed.blocks, sentences), PASSAGES_MAX + 1))
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from error
    except ExtraMissing as error:
        raise ExtraMissing(f"{name}: {error}") from error
    if len(found) > PASSAGES_MAX:
        raise InvalidInput(f"{name}: it has more than PASSAGES_MAX = {PASSAGES_MAX} passages; split it")
    left_out = list(parsed.left_out)
    if not found:
        because = f": {left_out[0].where}: {left_out[0].why}" if left_out else ""
        raise InvalidInput(f"{name}: it has no text{because}")
    notes = list(parsed.notes)
    own = parsed.author if given.author is None else arguments.name(given.author, "author")
    date = _document_date(setting, given, parsed.dated, source, notes)
    return Draft(
        name,
        format,
        source,
        parsed.method,
        found,
        [_fit(one.author or own or UNKNOWN_AUTHOR) for one in found],
        [_passage_date(setting, one, date, notes) for one in found],
        left_out,
        notes,
    )


def place_words(passage: Passage) -> str:
    """Where a passage stands, for people."""
    for name in ("page", "row", "line", "message", "block"):
        if name in passage.place:
            return f"{name} {passage.place[name]}"
    return "the document"


def fit_name(text: str, chars_max: int = arguments.NAME_CHARS_MAX) -> str:
    """A text as a name can be: of characters that every system holds, its end where it is too long."""
    clean = _UNFIT.sub("\ufffd", " ".join(text.split()))
    return clean if len(clean) <= chars_max else "…" + clean[1 - chars_max :]


def _fit(text: str) -> str:
    return fit_name(text) or UNKNOWN_AUTHOR


def _name(document: str | os.PathLike[str] | bytes, name: str | None) -> str:
    if name is None:
        if isinstance(document, bytes):
            raise InvalidInput("bytes have no name; give name=, by which the document is known again")
        name = os.path.normpath(os.fspath(document)).replace(os.sep, "/")
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS_MAX or _UNFIT.search(name):
        raise InvalidInput(
            f"document name {name!r} must be a text of 1 to {NAME_CHARS_MAX} characters without NULs "
            "or lone surrogates; give another as name="
        )
    return name


def _document_date(
    setting: Setting, given: Given, own: datetime | str | None, source: Source, notes: list[str]
) -> datetime:
    """When a document speaks: as told, as it says itself, as its file was changed, or now."""
    now = setting.clock.now()
    if given.dated is not None:
        told = arguments.starting(given.dated, now=now, zone=setting.zone, name="dated")
        if told is None or told > now + _AHEAD:
            raise InvalidInput(f"dated {given.dated!r} must be a time that has come")
        return told
    said = _believable(setting, own, now, "the document", notes)
    if said is not None:
        return said
    if source.path is not None:
        try:
            changed = read_date_borne(
                datetime.fromtimestamp(source.path.stat().st_mtime, setting.zone), tz=setting.zone
            )
        except (OSError, OverflowError, ValueError):
            changed = None
        if changed is not None and changed <= now:
            return changed
    return now


def _passage_date(setting: Setting, passage: Passage, date: datetime, notes: list[str]) -> datetime:
    if passage.dated is None:
        return date
    now = setting.clock.now()
    own = _believable(setting, passage.dated, now, place_words(passage), notes)
    return date if own is None else own


def _believable(
    setting: Setting, own: datetime | str | None, now: datetime, where: str, notes: list[str]
) -> datetime | None:
    """A document's own date, where it is one that has come."""
    if own is None:
        return None
    said = read_date_borne(own, tz=setting.zone)
    if said is None or said > now + _AHEAD:
        what = "is no date that can be read" if said is None else "has not come yet"
        note = f"{where}: its date {str(own)[:60]!r} {what}, and is not used"
        if note not in notes[-REMARKS_MAX:]:
            notes.append(note)
        return None
    return said
