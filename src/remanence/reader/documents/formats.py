"""Which format a document has, by its name and its first bytes, and who reads it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias, get_args

from remanence.errors import InvalidInput
from remanence.reader.documents.blocks import Parsed
from remanence.reader.documents.decoding import READ, decode
from remanence.reader.documents.html import declared_charset, read_html

Format: TypeAlias = Literal["text", "markdown", "html", "pdf", "docx", "eml", "mbox", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)
TEXT_BYTES_MAX = 32 * 2**20  # of a text, a page, a table or a message, which are read whole
MARKDOWN_BYTES_MAX = 8 * 2**20  # its parser takes a second or more for a megabyte
PACKED_BYTES_MAX = 256 * 2**20  # of a PDF or a DOCX, most of which are pictures
MAILBOX_BYTES_MAX = 8 * 2**30  # it is streamed
HEAD_BYTES = 4_096
_BOUNDS: dict[Format, int] = {
    "markdown": MARKDOWN_BYTES_MAX,
    "pdf": PACKED_BYTES_MAX,
    "docx": PACKED_BYTES_MAX,
    "mbox": MAILBOX_BYTES_MAX,
}
_ENDINGS: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".rst": "text",
    ".org": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "eml",
    ".mbox": "mbox",
    ".mbx": "mbox",
    ".csv": "csv",
    ".tsv": "csv",
}
ENDINGS = frozenset(_ENDINGS)


@dataclass(frozen=True, slots=True)
class Source:
    """A document's bytes, of a file or in memory: how many, and a digest of them."""

    size: int
    digest: bytes  # SHA-256
    head: bytes
    path: Path | None = None
    data: bytes = b""

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes as a stream. Raises InvalidInput where the file can't be read any more."""
        if self.path is None:
            yield io.BytesIO(self.data)
            return
        try:
            with self.path.open("rb") as stream:
                yield stream
        except OSError as error:
            raise InvalidInput(f"it can't be read: {error.strerror or error}") from error


def source_of(given: str | os.PathLike[str] | bytes) -> Source:
    """What a path or bytes hold. Raises InvalidInput for what is no file, or can't be read."""
    if isinstance(given, bytes):
        return Source(
            len(given), file_digest(io.BytesIO(given), "sha256").digest(), given[:HEAD_BYTES], None, given
        )
    path = Path(given)
    try:
        if path.is_dir():
            raise InvalidInput("it is a directory; name its files, or let `remanence ingest` walk through it")
        if path.exists() and not path.is_file():
            raise InvalidInput("it is no regular file; give its bytes")
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
            digest = file_digest(stream, "sha256").digest()
            return Source(stream.tell(), digest, head, path)
    except (OSError, ValueError) as error:  # a path may hold a NUL
        reason = error.strerror if isinstance(error, OSError) else None
        raise InvalidInput(f"it can't be read: {reason or error}") from error


def format_of(source: Source, name: str) -> Format:
    """The format of a document: what its first bytes say before what its name says."""
    head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if source.head[:1024].find(b"%PDF-") >= 0:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    names = (name,) if source.path is None else (source.path.name, name)
    told: list[Format] = [
        _ENDINGS[end] for one in names if (end := os.path.splitext(one)[1].lower()) in _ENDINGS
    ]
    by_name = told[0] if told else None
    if by_name in ("pdf", "docx"):
        raise InvalidInput(
            f"its name says that it is {by_name.upper()}, and its first bytes say that it is not"
        )
    if by_name is not None:
        return by_name
    if head.startswith(b"From "):
        return "mbox"
    if head[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    return "text"


def read_document(source: Source, format: Format, *, encoding: str | None = None) -> Parsed:
    """The blocks of a document. Raises InvalidInput and ExtraMissing."""
    bound = _BOUNDS.get(format, TEXT_BYTES_MAX)
    if source.size > bound:
        raise InvalidInput(f"it has {source.size} bytes, and a {format} may have {bound}; split it")
    if not source.size:
        raise InvalidInput("it is empty")
    if format == "mbox":
        return _read_mailbox(source)
    with source.open() as stream:
        data = stream.read(bound + 1)
    if sha256(data).digest() != source.digest:
        raise InvalidInput("it changed while it was read; try again")
    if format == "pdf":
        from remanence.reader.documents.pdf import read_pdf

        return read_pdf(data)
    if format == "docx":
        from remanence.reader.documents.word import read_docx

        return read_docx(data)
    if format == "eml":
        from remanence.reader.documents.mail import read_mail

        return read_mail(data)
    decoded = decode(data, encoding=encoding, declared=declared_charset(data) if format == "html" else None)
    parsed = _text_reader(format)(decoded.text)
    if decoded.note:
        parsed.notes.append(decoded.note)
    return parsed


def _text_reader(format: Format) -> Callable[[str], Parsed]:
    if format == "html":
        return read_html
    if format == "markdown":
        from remanence.reader.documents.markdown import read_markdown

        return read_markdown
    if format == "csv":
        from remanence.reader.documents.table import read_csv

        return read_csv
    from remanence.reader.documents.plain import read_plain

    return read_plain


def _read_mailbox(source: Source) -> Parsed:
    from remanence.reader.documents.mail import read_mailbox

    opened = source.open()
    stream = opened.__enter__()
    parsed = read_mailbox(stream)

    def blocks() -> Iterator[object]:
        try:
            yield from parsed.blocks
        finally:
            opened.__exit__(None, None, None)

    return Parsed(blocks(), parsed.method, left_out=parsed.left_out, notes=parsed.notes)  # type: ignore[arg-type]


__all__ = ["ENDINGS", "FORMATS", "READ", "Format", "Source", "format_of", "read_document", "source_of"]
