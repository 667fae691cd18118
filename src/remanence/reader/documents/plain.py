"""Plain text into blocks: paragraphs, which empty lines set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.reader.documents.blocks import Block, Parsed

_PARAGRAPH = re.compile(r"[^\r\n]*\S[^\r\n]*(?:(?:\r\n?|\n)[^\r\n]*\S[^\r\n]*)*")
_BREAKS = re.compile(r"\r\n?|\n")
_ENTRY = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]")


def read_plain(text: str) -> Parsed:
    """The paragraphs of a text."""
    return Parsed(_blocks(text), "plain")


def _blocks(text: str) -> Iterator[Block]:
    line, before = 1, 0
    for found in _PARAGRAPH.finditer(text):
        gap = text[before : found.start()]
        line += len(_BREAKS.findall(gap))
        piece = found.group()
        breaks = len(_BREAKS.findall(piece))
        sort = "list" if breaks and _ENTRY.match(piece) else "text"
        place = {"line": line, "line_end": line + breaks}
        yield Block(piece, "list" if sort == "list" else "text", place, gap=gap)
        line += breaks
        before = found.end()
