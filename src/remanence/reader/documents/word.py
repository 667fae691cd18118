"""DOCX into blocks: mammoth gives the text with its headings, lists and tables as HTML, read like any page.

A DOCX is a zip archive: it is unpacked within bounds before anything else reads it.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from xml.etree import ElementTree

from remanence.errors import ExtraMissing, InvalidInput
from remanence.reader.documents.blocks import LeftOut, Parsed
from remanence.reader.documents.html import read_html

XML_BYTES_MAX = 24 * 2**20  # unpacked, of all parts with text: some thousand pages
PARTS_MAX = 10_000
_BODY = "word/document.xml"
_CORE = "docProps/core.xml"
_NAMES = {"dc": "http://purl.org/dc/elements/1.1/", "dcterms": "http://purl.org/dc/terms/"}
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
_UNREAD = (("word/comments", "comments"), ("word/header", "page headers"), ("word/footer", "page footers"))
# What reading a damaged file ends with: the converter follows the file's structure.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # also for a part that is encrypted, or nested without end
    SyntaxError,  # of which the XML parser's errors are
    TypeError,
    ValueError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_docx(data: bytes) -> Parsed:
    """The blocks of a Word document.

    Raises ExtraMissing, and InvalidInput for one that is damaged or unpacks to more than XML_BYTES_MAX.
    """
    core, names = _unpacked(data)
    try:
        import mammoth  # type: ignore[import-untyped]  # it ships no hints
    except ImportError as error:
        raise ExtraMissing("DOCX is read with mammoth: pip install 'remanence[documents]'") from error
    from xml.parsers.expat import ExpatError

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {})
        )
    except (ExpatError, *_FAULTS) as error:
        raise InvalidInput(f"it is no whole DOCX, and can't be read ({type(error).__name__})") from error
    parsed = read_html(made.value, method="mammoth", lines=False)
    author, dated = _about(core)
    left_out = [
        LeftOut(what, "they are no part of the text")
        for prefix, what in _UNREAD
        if any(name.startswith(prefix) for name in names)
    ]
    return Parsed(parsed.blocks, parsed.method, author=author, dated=dated, left_out=left_out)


def _unpacked(data: bytes) -> tuple[bytes, list[str]]:
    """The part that tells of the document, and the names of all; every XML part was unpacked in bounds."""
    core = b""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if _BODY not in names:
                raise InvalidInput("it is a zip archive, and no DOCX: it has no word/document.xml")
            if len(names) > PARTS_MAX:
                raise InvalidInput(f"its {len(names)} parts are more than PARTS_MAX = {PARTS_MAX}")
            for name in names:
                if not name.lower().endswith((".xml", ".rels")):
                    continue
                with archive.open(name) as part:
                    read = part.read(XML_BYTES_MAX - total + 1)
                total += len(read)
                if total > XML_BYTES_MAX:
                    raise InvalidInput(
                        f"it unpacks to more than XML_BYTES_MAX = {XML_BYTES_MAX} bytes of XML"
                    )
                if b"<!DOCTYPE" in read:
                    raise InvalidInput(f"its part {name} declares entities of its own, as no DOCX does")
                core = read if name == _CORE else core
    except InvalidInput:
        raise
    except _FAULTS as error:
        raise InvalidInput(f"it is no whole DOCX, and can't be read ({type(error).__name__})") from error
    return core, names


def _about(core: bytes) -> tuple[str | None, str | None]:
    """The author and the date that the document names."""
    try:
        root = ElementTree.fromstring(core)
    except ElementTree.ParseError:
        return None, None
    author = root.findtext("dc:creator", namespaces=_NAMES)
    modified = root.findtext("dcterms:modified", namespaces=_NAMES)
    return author or None, modified or root.findtext("dcterms:created", namespaces=_NAMES) or None
