"""Bytes into text: by what they say of themselves, as UTF-8, or by what a detector finds likely.

What can't be told is read byte by byte as Latin-1, so that nothing is lost, and the answer says so.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from remanence.errors import ExtraMissing, InvalidInput

DETECTED_BYTES_MAX = 256 * 1024  # that a detector looks at
FALLBACK = "latin-1"  # each byte is one character: nothing is lost, and it can be turned back
CONTROL_SHARE_MAX = 0.02  # of a text; programs and pictures have more
CONTROLS_MIN = 8  # so many a short text may have
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])  # but tabs, breaks and the start of a colour
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"SQLite format 3\0", "a database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .xls, .msg)"),
    (b"{\\rtf", "an RTF file"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was read in, and what is to be said of that."""

    text: str
    encoding: str
    note: str | None = None


def decode(data: bytes, *, encoding: str | None = None, declared: str | None = None) -> Decoded:
    """The text of these bytes.

    `encoding` is the caller's word and must fit; `declared` is what the document says of itself.
    Raises InvalidInput for what is no text, and ExtraMissing where only a detector could tell.

    >>> decode("Grüße".encode()).text
    'Grüße'
    """
    if encoding is not None:
        return _as_told(data, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _marked(data, name)
    refuse_binary(data)
    # What is UTF-8 and not ASCII is UTF-8, whatever it says; ASCII bytes may be a declared ISO-2022-JP.
    for name in filter(None, (declared, "utf-8") if data.isascii() else ("utf-8", declared)):
        try:
            return Decoded(data.decode(name), name)
        except (LookupError, ValueError):  # no such encoding, or not this one
            continue
    lines = data.splitlines(keepends=True)
    foreign = [line for line in lines if not line.isascii() and not _is_utf8(line)]
    mixed = sum(not line.isascii() for line in lines) - len(foreign)
    if mixed > len(foreign):  # a file that is UTF-8 but for some lines
        return _mixed(lines, _likely(b"".join(foreign)))
    likely = _likely(data)
    if likely is None:
        return Decoded(data.decode(FALLBACK), FALLBACK, _UNKNOWN)
    try:
        return Decoded(data.decode(likely), likely, f"it names no encoding, and was read as {likely}")
    except (LookupError, ValueError):  # a detector looks at the beginning alone
        return Decoded(data.decode(FALLBACK), FALLBACK, _UNKNOWN)


_UNKNOWN = f"its encoding could not be told; read byte by byte as {FALLBACK}, so that nothing is lost"


def refuse_binary(data: bytes) -> None:
    """Raise InvalidInput for what is no text, by its first bytes or its control characters."""
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise InvalidInput(f"it is {what}, which is no format that is read; {READ}")
    head = data[:DETECTED_BYTES_MAX]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > max(CONTROLS_MIN, len(head) * CONTROL_SHARE_MAX):
        raise InvalidInput(
            f"it is no text, by its {controls} control characters; {READ}; or give its encoding"
        )


READ = "read are text, Markdown, HTML, PDF, DOCX, e-mail (eml, mbox) and CSV"


def _as_told(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding).removeprefix("\ufeff"), encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"byte {error.start} does not fit the encoding {encoding!r}") from error
    except (LookupError, TypeError, ValueError):
        raise InvalidInput(
            f"encoding {encoding!r} is none that Python knows; give one like 'cp1251'"
        ) from None


def _marked(data: bytes, name: str) -> Decoded:
    try:
        return Decoded(data.decode(name), name)
    except UnicodeDecodeError as error:
        note = f"byte {error.start} is no {name}, as its first bytes say"
    try:  # halves of surrogate pairs are kept as they are
        return Decoded(data.decode(name, "surrogatepass"), name, note)
    except UnicodeDecodeError:
        return Decoded(data.decode(name, "replace"), name, f"{note}; what does not fit is \ufffd")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mixed(lines: list[bytes], other: str | None) -> Decoded:
    name = other or FALLBACK
    texts: list[str] = []
    strange: list[int] = []
    for number, line in enumerate(lines, 1):
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            strange.append(number)
            texts.append(_by(line, name))
    shown = ", ".join(map(str, strange[:5])) + (", ..." if len(strange) > 5 else "")
    note = f"it is UTF-8 but for line {shown}, read as {name}"
    return Decoded("".join(texts), f"utf-8 and {name}", note)


def _by(line: bytes, name: str) -> str:
    try:
        return line.decode(name)
    except UnicodeDecodeError:
        return line.decode(FALLBACK)


def _likely(data: bytes) -> str | None:
    """The encoding that a detector finds likeliest; None where it finds none."""
    try:
        from charset_normalizer import from_bytes
    except ImportError as error:
        raise ExtraMissing(
            "it is not UTF-8; give its encoding (encoding='cp1251'), or let it be detected with: "
            "pip install 'remanence[documents]'"
        ) from error
    best = from_bytes(data[:DETECTED_BYTES_MAX]).best()
    return None if best is None else best.encoding
