"""The formats there are: how each is read, and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remanence.errors import InvalidInput
from remanence.reader.exports import (
    chatgpt,
    claude,
    cube_export,
    json_lines,
    langgraph,
    letta,
    markdown,
    mcp_memory,
    mem0,
)
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import Record
from remanence.reader.exports.sources import Export, text_of

Reader = Callable[[Export, Told], Iterator[Record]]
LOOKED_AT_CHARS = 64 * 2**10  # of a part, to see what it is
PARTS_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its reader, and signs of which one is in the beginning of each of its files.

    The signs of a `plain` one are in files of others too.
    """

    name: str
    read: Reader
    signs: tuple[re.Pattern[str], ...]
    endings: tuple[str, ...] = ()  # of files that are of this format by their names
    plain: bool = False


def _signs(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


# In the order in which an unknown file is held against them: the more telling sign first.
FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("remanence", cube_export.read, _signs(r'"format"\s*:\s*"remanence export"')),
        Format("chatgpt", chatgpt.read, _signs(r'"mapping"\s*:\s*\{', r'"current_node"\s*:')),
        Format("claude", claude.read, _signs(r'"chat_messages"\s*:', r'"conversations_memory"\s*:')),
        Format("mcp-memory", mcp_memory.read, _signs(r'"entityType"\s*:', r'"relationType"\s*:')),
        Format(
            "letta",
            letta.read,
            _signs(r'"in_context_message_\w+"\s*:', r'"core_memory"\s*:\s*\[', '"archive_id"'),
        ),
        Format(
            "langgraph", langgraph.read, _signs(r'"namespace"\s*:\s*\[', r'"prefix"\s*:\s*"[^"]*",\s*"key"')
        ),
        Format("mem0", mem0.read, _signs(r'"(new|old)_memory"\s*:', r'"memory"\s*:\s*"')),
        Format("markdown", markdown.read, (), markdown.ENDINGS),
        Format("jsonl", json_lines.read, _signs(r'"role"\s*:\s*"', r'"messages"\s*:\s*\['), plain=True),
    )
}


def format_named(name: str) -> Format:
    """The format of this name; raises InvalidInput that lists those there are."""
    found = FORMATS.get(name)
    if found is None:
        raise InvalidInput(f"kind {name!r} is not one of: {', '.join(FORMATS)}")
    return found


def looks_like(export: Export) -> Format | None:
    """The format whose signs an export bears; None where it bears none."""
    heads = _heads(export)
    return next((one for one in FORMATS.values() if _bears(export, heads, one)), None)


def refuse_other_format(export: Export, wanted: Format) -> None:
    """Raise InvalidInput where an export bears the signs of another format, and none of this one."""
    heads = _heads(export)
    if not wanted.plain and _bears(export, heads, wanted):
        return
    found = next((one for one in FORMATS.values() if _bears(export, heads, one)), wanted)
    if found is not wanted:
        raise InvalidInput(f"{export.name} does not look like {wanted.name}; it looks like {found.name}")


def _bears(export: Export, heads: Sequence[str], one: Format) -> bool:
    if one.endings:
        return 2 * len(export.ending(*one.endings)) > len(export.parts)
    return any(sign.search(head) for sign in one.signs for head in heads)


def _heads(export: Export) -> list[str]:
    """The beginnings of the first parts that are data; notes may quote anything."""
    data = [part for part in export.parts if not part.name.lower().endswith(markdown.ENDINGS)]
    heads = []
    for part in data[:PARTS_LOOKED_AT]:
        with text_of(part, lambda _: None) as text:
            heads.append(text.read()[:LOOKED_AT_CHARS])
    return heads
