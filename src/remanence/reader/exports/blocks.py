"""Content blocks of Claude and Letta messages as text; what the message reader does not know is salvaged."""

from __future__ import annotations

import json
from collections.abc import Mapping

from remanence.errors import InvalidInput
from remanence.reader.exports.values import items, mapping, shown, text
from remanence.reader.parts import content_text

_WORDS = ("text", "thinking", "reasoning", "summary", "content", "message", "tool_return", "title")


def blocks_text(content: object) -> tuple[str, list[str], dict[str, object]]:
    """The text of a message's content, what of it has none, and what else its blocks say."""
    if isinstance(content, str):
        return content, [], {}
    pieces: list[str] = []
    missing: list[str] = []
    calls: list[object] = []
    citations: list[object] = []
    for block in items(content):
        try:
            pieces.append(content_text([block]))
        except InvalidInput:
            words = _salvaged(block)
            pieces.append(words)
            kind = mapping(block).get("type")
            missing.append(f"a block of type {shown(kind)} is not known; kept is the text found in it")
        fields = mapping(block)
        citations += items(fields.get("citations"))
        if fields.get("type") in ("tool_use", "tool_result"):
            calls.append(
                {one: fields[one] for one in ("type", "id", "tool_use_id", "name") if fields.get(one)}
            )
    further: dict[str, object] = {"citations": citations, "calls": calls}
    return "\n".join(filter(None, pieces)), missing, further


def _salvaged(block: object) -> str:
    if not isinstance(block, Mapping):
        return block if isinstance(block, str) else json.dumps(block, ensure_ascii=False)
    found = []
    for word in _WORDS:
        value = block.get(word)
        if isinstance(value, list | tuple):
            found += [_salvaged(one) for one in value]
        elif text(value):
            found.append(str(value))
    if found:
        return "\n".join(filter(None, found))
    rest = {one: value for one, value in block.items() if one not in ("type", "data", "source") and value}
    return json.dumps(rest, ensure_ascii=False) if rest else ""
