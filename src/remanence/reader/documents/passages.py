"""Blocks into passages: of bounded length, each under its headings, cut between sentences where it must be.

Where a document is cut depends on what stands there alone, so that a change moves no other cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import TypeAlias

from remanence.model.item import NOTHING, Json
from remanence.reader.documents.blocks import Block

PASSAGE_CHARS_MAX = 1_200  # about one window of the default embedding model
INTRODUCTION_CHARS_MAX = 300  # a paragraph that ends with a colon goes with what follows, up to this length
HEADINGS_CHARS_MAX = 600  # headings that stand together at the head of one passage
TITLE_CHARS_MAX = 200
_BREAKS = re.compile(r"\r\n?|\n")
_ENTRY = re.compile(r"^[ \t]*(?:[-*+•–]|\(?\w{1,3}[.)])[ \t]", re.M)
_LINE = re.compile(r"^(?=.)", re.M)
_PARAGRAPH = re.compile(r"(?<=\n)[ \t\r]*\n[ \t]*(?=\S)")

Sentences: TypeAlias = Callable[[str], Sequence[tuple[int, int]]]  # places [start, end) in a text, in order


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, word for word, and its place: what becomes one item."""

    text: str
    heading: tuple[str, ...] = ()  # the path of headings it stands under
    place: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    key: str | None = None
    likeness: bool = True  # whether other words may be known for the same passage by their likeness
    author: str | None = None
    dated: datetime | str | None = None


def passages_of(blocks: Iterable[Block], sentences: Sentences) -> Iterator[Passage]:
    """The passages of a document, in order."""
    path: list[tuple[int, str]] = []
    waiting: list[Block] = []  # headings and introductions, which go with what follows them
    for block in blocks:
        if block.sort == "heading":
            if waiting and waiting[-1].sort != "heading":
                yield from _cut(waiting, path, sentences)
                waiting = []
            path = [*(one for one in path if one[0] < block.level), (block.level, _title(block.title))]
            waiting.append(block)
            if sum(len(one.text) for one in waiting) > HEADINGS_CHARS_MAX:
                yield from _cut(waiting, path, sentences)
                waiting = []
            continue
        waiting.append(block)
        if not _introduces(block):
            yield from _cut(waiting, path, sentences)
            waiting = []
    yield from _cut(waiting, path, sentences)


def _introduces(block: Block) -> bool:
    ends = block.text.rstrip()[-1:]
    return block.sort == "text" and ends in (":", "：") and len(block.text) <= INTRODUCTION_CHARS_MAX


def _title(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= TITLE_CHARS_MAX else one_line[: TITLE_CHARS_MAX - 1] + "…"


def _cut(group: Sequence[Block], path: Sequence[tuple[int, str]], sentences: Sentences) -> Iterator[Passage]:
    """The passages of blocks that belong together: one where they fit, else the last is cut."""
    if not group:
        return
    heading = tuple(title for _, title in path if title)
    body = group[-1]
    head = ""
    for before, after in pairwise(group):
        head += before.text + after.gap
    whole = Passage(
        head + body.text,
        heading,
        _spanning(group[0].place, body.place),
        key=body.key,
        likeness=body.sort != "row",
        author=body.author,
        dated=body.dated,
    )
    if len(whole.text) <= PASSAGE_CHARS_MAX:
        if whole.text.strip():
            yield whole
        return
    if len(head) > PASSAGE_CHARS_MAX // 2:  # headings and an introduction that fill a passage by themselves
        yield replace(whole, text=head.rstrip(), place=_spanning(group[0].place, group[-2].place), key=None)
        head = ""
    room = PASSAGE_CHARS_MAX - len(body.lead)
    breaks = counted = 0  # line breaks, in the characters that were looked at
    for number, (start, end) in enumerate(
        _pieces(body, max(room, PASSAGE_CHARS_MAX // 2), len(head), sentences)
    ):
        lead = "" if number == 0 else body.lead
        text = (head if number == 0 else lead) + body.text[start:end]
        breaks += len(_BREAKS.findall(body.text, counted, start))
        counted = start
        place = dict(_within(body, start, end, breaks))
        if number == 0 and head:
            place = dict(_spanning(group[0].place, place))
        key = None if body.key is None else f"{body.key} {number + 1}"
        yield replace(whole, text=text, place={**place, "part": number + 1}, key=key)


def _pieces(block: Block, limit: int, taken: int, sentences: Sentences) -> Iterator[tuple[int, int]]:
    """Places [start, end) of a block's pieces, none longer than `limit`, the first by `taken` shorter."""
    text = block.text
    edges = [*_edges(block, sentences), len(text)]
    start = previous = 0
    for edge in edges:
        while edge - start > (limit - taken if start == 0 else limit):
            room = limit - taken if start == 0 else limit
            cut = previous if previous > start else _between_words(text, start, start + room)
            yield from _trimmed(text, start, cut)
            start = previous = cut
        previous = edge
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        stripped = piece.rstrip()
        begin = len(piece) - len(piece.lstrip("\r\n"))
        yield start + begin, start + len(stripped)


def _edges(block: Block, sentences: Sentences) -> list[int]:
    """Where a block may be cut: before a line, an entry of a list, a paragraph or a sentence."""
    text = block.text
    if block.sort in ("table", "code", "row"):
        return [found.start() for found in _LINE.finditer(text)]
    if block.sort == "list":
        entries = [found.start() for found in _ENTRY.finditer(text)]
        if len(entries) > 1:
            return sorted({*entries, *_sentence_edges(text, sentences)})
    return _sentence_edges(text, sentences)


def _sentence_edges(text: str, sentences: Sentences) -> list[int]:
    """Before each sentence; a line's end alone ends none, an empty line does."""
    found: list[int] = []
    begin = 0
    for stop in [*(match.end() for match in _PARAGRAPH.finditer(text)), len(text)]:
        one_line = text[begin:stop].replace("\r", " ").replace("\n", " ")
        found += [begin, *(begin + start for start, _ in sentences(one_line))]
        begin = stop
    return sorted(set(found))


def _between_words(text: str, start: int, end: int) -> int:
    """A cut at the last space before `end`, or at `end` where a word is that long."""
    for at in range(end, start + (end - start) // 2, -1):
        if text[at - 1].isspace():
            return at
    return end


def _spanning(first: Mapping[str, Json], last: Mapping[str, Json]) -> Mapping[str, Json]:
    """The place of what begins with one block and ends with another."""
    if first is last:
        return first
    begins = {name: first[name] for name in ("line", "block") if name in first}
    return {**last, **begins}


def _within(block: Block, start: int, end: int, breaks: int) -> Mapping[str, Json]:
    """The place of a piece of a block, before which it has so many line breaks: its own lines, where the
    block's are known."""
    first, last = block.place.get("line"), block.place.get("line_end")
    if not isinstance(first, int) or not isinstance(last, int):
        return block.place
    begin = first + breaks
    until = begin + len(_BREAKS.findall(block.text, start, end))
    return {**block.place, "line": begin, "line_end": min(until, last)}
