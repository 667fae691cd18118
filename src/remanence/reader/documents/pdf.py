"""PDF into blocks, page by page, by pypdf."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from remanence.errors import ExtraMissing, InvalidInput
from remanence.reader.documents.blocks import Block, LeftOut, Parsed
from remanence.reader.documents.plain import read_plain

if TYPE_CHECKING:
    from pypdf import PdfReader

# What reading a damaged file ends with, beside pypdf's own errors: it follows the file's structure.
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # also for what is nested without end
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read_pdf(data: bytes) -> Parsed:
    """The paragraphs of a PDF's pages.

    Raises ExtraMissing, and InvalidInput for one that is encrypted, damaged, or has no text at all.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, PyPdfError
    except ImportError as error:
        raise ExtraMissing("PDF is read with pypdf: pip install 'remanence[documents]'") from error
    faults = (PyPdfError, *_FAULTS)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InvalidInput("the PDF is encrypted; save a copy of it without a password")
        count = len(reader.pages)
    except InvalidInput:
        raise
    except DependencyError as error:
        raise ExtraMissing(
            "the PDF is encrypted with AES, which is read with: pip install cryptography"
        ) from error
    except faults as error:
        raise InvalidInput(f"it is no whole PDF, and can't be read ({_told(error)})") from error
    left_out: list[LeftOut] = []
    pages = [_page(reader, number, faults, left_out) for number in range(count)]
    if not any(pages):
        raise InvalidInput(
            f"none of the PDF's {count} pages has text: it needs OCR first, with a tool like ocrmypdf"
        )
    author, dated = _about(reader, faults)
    return Parsed(_blocks(pages), "pypdf", author=author, dated=dated, left_out=left_out)


def _page(
    reader: PdfReader, number: int, faults: tuple[type[Exception], ...], left_out: list[LeftOut]
) -> str:
    where = f"page {number + 1}"
    try:
        text = reader.pages[number].extract_text()
    except faults as error:
        left_out.append(LeftOut(where, f"it is damaged ({_told(error)})"))
        return ""
    if not text.strip():
        left_out.append(LeftOut(where, "it has no text; if it is a picture of some, it needs OCR"))
    return text if text.strip() else ""


def _blocks(pages: list[str]) -> Iterator[Block]:
    for number, text in enumerate(pages, 1):
        for block in read_plain(text).blocks:
            yield Block(block.text, block.sort, {"page": number}, gap=block.gap)


def _about(reader: PdfReader, faults: tuple[type[Exception], ...]) -> tuple[str | None, datetime | None]:
    """The author and the date that the file names; none where they can't be read."""
    try:
        about = reader.metadata
        if about is None:
            return None, None
        author = about.author
        return (str(author) if author else None), about.modification_date or about.creation_date
    except faults:
        return None, None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
