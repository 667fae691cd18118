"""Markdown into blocks, word for word as it is written: the parser says where each begins and ends.

CommonMark with tables, by markdown-it-py. A front matter's date and author are read, and it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from remanence.reader.documents.blocks import Block, LeftOut, Parsed, Sort

if TYPE_CHECKING:
    from markdown_it.token import Token

_LINES = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)")
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.S | re.M)
_FIELD = re.compile(r"^(date|updated|modified|created|author)[ \t]*:[ \t]*(.+?)[ \t]*\r?$", re.M | re.I)
_DATES = ("updated", "modified", "date", "created")
_UNSEEN = re.compile(r"\s*<(?:script|style|!--)", re.I)
_SORTS: dict[str, Sort] = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_TABLE_HEAD_LINES = 2  # its names, and the line below them


def read_markdown(text: str) -> Parsed:
    """The blocks of a Markdown document."""
    front = _FRONT.match(text)
    fields = {} if front is None else {k.lower(): v.strip("'\"") for k, v in _FIELD.findall(front.group(1))}
    left_out: list[LeftOut] = []
    return Parsed(
        _blocks(text, 0 if front is None else front.end(), left_out),
        "markdown-it-py",
        author=fields.get("author"),
        dated=next((fields[name] for name in _DATES if name in fields), None),
        left_out=left_out,
    )


def _blocks(text: str, begin: int, left_out: list[LeftOut]) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table").disable("reference")  # which would take its lines away
    parser.core.ruler.enableOnly(["normalize", "block"])
    skipped = 0
    if begin:
        skipped = len(_lines(text[:begin]))
        yield Block(text[:begin].rstrip(), "code", {"line": 1, "line_end": skipped})
    lines = _lines(text[begin:])
    tokens = parser.parse(text[begin:])
    before: int | None = None
    for at, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0 or token.type == "hr":
            continue
        first, last = token.map
        block = _block(token, tokens[at + 1] if at + 1 < len(tokens) else None, lines[first:last])
        place = {"line": skipped + first + 1, "line_end": skipped + last}
        if _UNSEEN.match(block.text):
            if not block.text.lstrip().startswith("<!--"):
                left_out.append(LeftOut(f"line {place['line']}", "a script or a style sheet is no text"))
            before = None
            continue
        gap = "\n\n" if before is None else _gap(lines[before:first])
        trimmed = len(block.text) - len(block.text.rstrip())
        ending = block.text[len(block.text) - trimmed :] if trimmed else ""
        place["line_end"] -= max(0, len(_lines(ending)) - 1)
        yield Block(
            block.text.rstrip(),
            block.sort,
            place,
            level=block.level,
            title=block.title,
            lead=block.lead,
            gap=gap,
        )
        before = last


def _block(token: Token, inside: Token | None, lines: list[str]) -> Block:
    text = "".join(lines)
    if token.type == "heading_open":
        return Block(text, "heading", level=int(token.tag[1:]), title=inside.content if inside else "")
    sort = _SORTS.get(token.type, "text")
    return Block(text, sort, lead="".join(lines[:_TABLE_HEAD_LINES]) if sort == "table" else "")


def _gap(lines: list[str]) -> str:
    """What stands between two blocks: the end of the first one's line, and empty lines."""
    between = "\n" + "".join(lines)
    return "\n\n" if between.strip() else between


def _lines(text: str) -> list[str]:
    return [line for line in _LINES.findall(text) if line]
