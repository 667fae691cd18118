"""The calls of tools in a conversation: what an assistant called, and whether a tool says that it failed.

Calls stand in a message's text as `parts` writes them, a line each, so that imported ones are read too.
Pure; asked by the verb that makes actions of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from remanence.model.item import Json

CALL_IDS, ANSWERS = "tool_call_ids", "tool_call_id"  # keys of a message's metadata
_CALL = re.compile(
    r"^\[calls (?P<name>[^\s(]{1,100})\((?P<arguments>.*?)\)\][ \t]*$", re.MULTILINE | re.DOTALL
)
_FAILED_FLAGS = ("is_error", "isError")
_FAILED_WORDS = ("error", "exception", "traceback (most recent call last)")


@dataclass(frozen=True, slots=True)
class Call:
    """One call, at characters [start, end) of the message; arguments as JSON, else as they were written."""

    name: str
    arguments: Json
    call_id: str | None
    start: int
    end: int


def read_calls(text: str, metadata: Mapping[str, Json]) -> list[Call]:
    """The calls in an assistant's message, in order; ids are theirs where there is one for each.

    >>> [(call.name, call.arguments) for call in read_calls('[calls find({"q": 1})]', {})]
    [('find', {'q': 1})]
    """
    if "[calls " not in text:
        return []
    found = list(_CALL.finditer(text))
    ids = metadata.get(CALL_IDS)
    named = ids if isinstance(ids, list) and len(ids) == len(found) else [None] * len(found)
    return [
        Call(
            match["name"],
            _json_or_text(match["arguments"]),
            call_id if isinstance(call_id, str) else None,
            match.start(),
            match.start() + len(match[0].rstrip()),
        )
        for match, call_id in zip(found, named, strict=True)
    ]


def says_failed(text: str, metadata: Mapping[str, Json]) -> bool:
    """Whether a tool's message says that the call failed: by a flag, a key "error", or its first word.

    >>> says_failed('{"error": "no such flight"}', {}), says_failed("3 flights, no error", {})
    (True, False)
    """
    if metadata.get("status") == "error" or any(metadata.get(flag) is True for flag in _FAILED_FLAGS):
        return True
    answer = _json_or_text(text)
    if isinstance(answer, dict):
        return bool(answer.get("error")) or any(answer.get(flag) is True for flag in _FAILED_FLAGS)
    return re.match(rf"\W*(?:{'|'.join(map(re.escape, _FAILED_WORDS))})(?!\w)", text.casefold()) is not None


def _json_or_text(text: str) -> Json:
    try:
        parsed: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return parsed
