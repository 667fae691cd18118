"""The formats there are: how each is read, and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from remanence.errors import InvalidInput
from remanence.reader.exports import chatgpt, mem0
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import Record
from remanence.reader.exports.sources import Export, text_of

Reader = Callable[[Export, Told], Iterator[Record]]
LOOKED_AT_CHARS = 64 * 2**10  # of a part, to see what it is


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its reader, and signs of which one is in the beginning of each of its files."""

    name: str
    read: Reader
    signs: tuple[re.Pattern[str], ...]
    endings: tuple[str, ...] = ()  # of files that are of this format by their names


def _signs(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


# In the order in which an unknown file is held against them: the more telling sign first.
FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("chatgpt", chatgpt.read, _signs(r'"mapping"\s*:\s*\{', r'"current_node"\s*:')),
        Format("mem0", mem0.read, _signs(r'"(new|old)_memory"\s*:', r'"memory"\s*:\s*"')),
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
    for one in FORMATS.values():
        if one.endings and any(part.name.lower().endswith(one.endings) for part in export.parts):
            return one
    heads = [_head(export, number) for number in range(min(len(export.parts), 20))]
    for one in FORMATS.values():
        if any(sign.search(head) for sign in one.signs for head in heads):
            return one
    return None


def refuse_other_format(export: Export, wanted: Format) -> None:
    """Raise InvalidInput where an export bears the signs of another format, and none of this one."""
    found = looks_like(export)
    if found is None or found is wanted:
        return
    heads = [_head(export, number) for number in range(min(len(export.parts), 20))]
    if not any(sign.search(head) for sign in wanted.signs for head in heads):
        raise InvalidInput(
            f"{export.name} does not look like {wanted.name}; it looks like {found.name}, and was left"
        )


def _head(export: Export, number: int) -> str:
    with text_of(export.parts[number], lambda _: None) as text:
        return text.read()[:LOOKED_AT_CHARS]
