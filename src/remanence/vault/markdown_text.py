"""Items as Markdown that a person reads: list entries with their dates, belief, source and id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Json, Revision
from remanence.model.kind import Kind
from remanence.vault.lines import json_bytes

_UNHELD = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
_ESCAPED = re.compile(r"[\\<]|\[\[|!\[|\]\(|(?<=\s)[#^](?=\S)|^[#^](?=\S)|%%|\$\$")
_ALIAS = str.maketrans({"[": "(", "]": ")", "|": "/", "\n": " ", "\r": " "})


def plain(text: str) -> str:
    """Somebody's words, so that none of them is markup that links, runs, tags or hides.

    >>> plain("see [[secret]] <script> #tag")
    'see \\\\[[secret]] \\\\<script> \\\\#tag'
    """
    return _ESCAPED.sub(lambda found: "\\" + found[0], text.translate(_UNHELD))


def entry(text: str, notes: str, item_id: ItemId | None = None) -> str:
    """A list entry: the text, its further lines set in; what is known of it; the id that links lead to."""
    lines = plain(text).splitlines() or [""]
    body = "\n  ".join(line.rstrip() for line in lines)
    tail = f" _({notes})_" if notes else ""
    return f"- {body}{tail}" + (f" ^{item_id}" if item_id is not None else "")


def link(page: str, shown: str, item_id: ItemId | None = None) -> str:
    """A wiki link to a page, or to an item on it."""
    place = page if item_id is None else f"{page}#^{item_id}"
    return f"[[{place}|{shown.translate(_UNHELD).translate(_ALIAS).strip() or page}]]"


def notes_of(row: Revision, zone: tzinfo, sources: str) -> str:
    """What is known of a row beside its text."""
    content = row.content
    is_statement = content.kind is not Kind.UTTERANCE
    parts = [content.kind.value, f"{content.belief.mean:.0%} sure"] if is_statement else []
    if row.state.value not in ("active", "generated"):
        parts.append(row.state.value)
    if not row.is_open:
        parts.append("believed once")
    if is_statement:
        parts += _bounds("holds", row.valid, zone)
    if content.event is not None:
        parts += _bounds("speaks of", content.event, zone)
    if content.tags:
        parts.append("tags: " + ", ".join(map(plain, content.tags)))
    if sources:
        parts.append(f"from {sources}")
    return ", ".join(parts)


def said(row: Revision, zone: tzinfo) -> str:
    """Who said it and when, before the words."""
    return f"{moment(row.provenance.said_at, zone)} {row.provenance.author}"


def moment(time: datetime, zone: tzinfo) -> str:
    """A time to the minute, in the cube's zone."""
    return local(time, zone).isoformat(" ", "minutes")[:16]


def day(time: datetime, zone: tzinfo) -> str:
    """A time's day, in the cube's zone."""
    return local(time, zone).date().isoformat()


def local(time: datetime, zone: tzinfo) -> datetime:
    """The time in that zone; at the ends of the calendar, where it has none there, in its own."""
    try:
        return time.astimezone(zone)
    except OverflowError:
        return time


def front_matter(fields: Mapping[str, Json]) -> str:
    """A page's head: YAML, in the JSON that YAML reads as well."""
    lines = [f"{name}: {json_bytes(value).decode()}" for name, value in fields.items()]
    return "\n".join(["---", *lines, "---", ""])


def _bounds(what: str, interval: Interval, zone: tzinfo) -> list[str]:
    parts = []
    if interval.start is not None:
        parts.append(f"from {day(interval.start, zone)}")
    if interval.end is not None:
        parts.append(f"until {day(interval.end, zone)}")
    return [f"{what} {' '.join(parts)}"] if parts else []
