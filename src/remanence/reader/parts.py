"""The content of a message as plain text: content parts, attachments and tool calls.

What is text stays word for word; what is not leaves a placeholder in brackets, with the caption,
transcript or file name that came with it. Asked by `messages`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from remanence.errors import InvalidInput

PARTS_MAX = 10_000  # content parts or tool calls in one message; models take some hundreds

_CAPTIONS = ("caption", "alt", "alt_text", "description")


def as_mapping(value: object) -> Mapping[str, object] | None:
    """The value as a mapping: a dict as it is, a pydantic model (as the openai client gives) dumped."""
    if isinstance(value, Mapping):
        return value
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        dumped = dump(exclude_none=True)
        return dumped if isinstance(dumped, Mapping) else None
    return None


def content_text(content: object) -> str:
    """The text of a message's content: a str as it is, a list of content parts joined by newlines.

    Raises InvalidInput for another type, or a part that cannot be read.
    """
    if isinstance(content, str):
        return content
    if not isinstance(content, list | tuple):
        raise InvalidInput(f"content is a {type(content).__name__}; give text or a list of content parts")
    _bounded("content parts", content)
    return "\n".join(text for text in map(_part_text, range(len(content)), content) if text)


def calls_text(calls: object) -> tuple[str, tuple[str, ...]]:
    """Tool calls as lines of "[calls NAME(ARGUMENTS)]", and the ids of those that have one.

    Raises InvalidInput when it is no list of calls in the OpenAI format.
    """
    if not isinstance(calls, list | tuple):
        raise InvalidInput(f"tool_calls is a {type(calls).__name__}; give a list of calls")
    _bounded("tool_calls", calls)
    lines, ids = [], []
    for number, raw in enumerate(calls):
        call = as_mapping(raw)
        if call is None:
            raise InvalidInput(f"tool call {number} is a {type(raw).__name__}; give an object")
        target = as_mapping(call.get("function")) or as_mapping(call.get("custom")) or call
        lines.append(_call_line(target, f"tool call {number}"))
        call_id = call.get("id")
        if isinstance(call_id, str):
            ids.append(call_id)
    return "\n".join(lines), tuple(ids)


def _bounded(what: str, parts: list[object] | tuple[object, ...]) -> None:
    if len(parts) > PARTS_MAX:
        raise InvalidInput(f"{len(parts)} {what}; a message holds at most PARTS_MAX = {PARTS_MAX}")


def _call_line(target: Mapping[str, object], where: str) -> str:
    name = target.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidInput(f"{where} names no function; give it a 'name'")
    arguments = target.get("arguments", target.get("input", ""))
    if not isinstance(arguments, str):
        try:
            arguments = json.dumps(arguments, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidInput(f"{where}: its arguments are neither text nor JSON ({error})") from None
    return f"[calls {name}({arguments})]"


def _part_text(number: int, raw: object) -> str:
    if isinstance(raw, str):
        return raw
    part = as_mapping(raw)
    if part is None:
        raise InvalidInput(f"content part {number} is a {type(raw).__name__}; give text or an object")
    kind = part.get("type")
    if kind is None and isinstance(part.get("text"), str):
        kind = "text"
    if not isinstance(kind, str) or kind not in _PARTS:
        raise InvalidInput(f"content part {number} has type {kind!r}, not one of: {', '.join(_PARTS)}")
    return _PARTS[kind](part, f"content part {number}")


def _spoken(key: str) -> Callable[[Mapping[str, object], str], str]:
    """A reader of parts whose words stand under that key."""

    def read(part: Mapping[str, object], where: str) -> str:
        text = part.get(key)
        if not isinstance(text, str):
            raise InvalidInput(f"{where}: its {key!r} is a {type(text).__name__}, not text")
        return text

    return read


def _attached(label: str, keys: Iterable[str]) -> Callable[[Mapping[str, object], str], str]:
    """A reader of attachments: a placeholder, with the first of the keys that says what it shows."""
    wanted = tuple(keys)

    def read(part: Mapping[str, object], where: str) -> str:
        for holder in (part, *part.values()):
            if isinstance(holder, Mapping):
                for key in wanted:
                    text = holder.get(key)
                    if isinstance(text, str) and text.strip():
                        return f"[{label}: {text.strip()}]"
        return f"[{label}]"

    return read


def _tool_result(part: Mapping[str, object], where: str) -> str:
    return content_text(part.get("content") or "")


_IMAGE = _attached("image", _CAPTIONS)
_AUDIO = _attached("audio", ("transcript", *_CAPTIONS))
_VIDEO = _attached("video", ("transcript", *_CAPTIONS))
_FILE = _attached("file", (*_CAPTIONS, "filename", "title", "name"))

_PARTS: Mapping[str, Callable[[Mapping[str, object], str], str]] = {
    "text": _spoken("text"),
    "input_text": _spoken("text"),
    "output_text": _spoken("text"),
    "refusal": _spoken("refusal"),
    "thinking": _spoken("thinking"),
    "image": _IMAGE,
    "image_url": _IMAGE,
    "input_image": _IMAGE,
    "audio": _AUDIO,
    "input_audio": _AUDIO,
    "video": _VIDEO,
    "video_url": _VIDEO,
    "file": _FILE,
    "input_file": _FILE,
    "document": _FILE,
    "tool_use": _call_line,
    "tool_result": _tool_result,
}
