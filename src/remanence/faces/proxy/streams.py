"""A streamed answer put together: the events of its bytes, and the message or response they add up to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


def events(body: bytes) -> Iterator[Mapping[str, object] | None]:
    """The JSON objects of a stream of server-sent events; None for [DONE]. What is neither is left out.

    >>> list(events(b'data: {"a": 1}\\n\\n: ping\\n\\ndata: [DONE]\\n\\n'))
    [{'a': 1}, None]
    """
    data: list[str] = []
    lines = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines:
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            text, data = "\n".join(data), []
            if text.strip() == "[DONE]":
                yield None
            elif (found := _object(text)) is not None:
                yield found


@dataclass(slots=True)
class _Heard:
    """The pieces of one message."""

    content: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    calls: dict[int, dict[str, str]] = field(default_factory=dict)
    ended: bool = False


def chat_message(body: bytes) -> Mapping[str, object] | None:
    """The assistant's message of the first choice; None where the stream ends before the message does."""
    heard = _Heard()
    for event in events(body):
        if event is None:
            heard.ended = True
        elif "error" in event:
            return None
        else:
            _hear(heard, event)
    if not heard.ended:
        return None
    message: dict[str, object] = {"role": "assistant", "content": "".join(heard.content) or None}
    if heard.refusal:
        message["refusal"] = "".join(heard.refusal)
    if heard.calls:
        message["tool_calls"] = [_call(call) for _, call in sorted(heard.calls.items())]
    return message


def last_response(body: bytes) -> Mapping[str, object] | None:
    """The response with which a stream of the Responses protocol ends; None where it breaks off before."""
    for event in events(body):
        if event is not None and event.get("type") in ("response.completed", "response.incomplete"):
            response = event.get("response")
            return response if isinstance(response, Mapping) else None
    return None


def _hear(heard: _Heard, chunk: Mapping[str, object]) -> None:
    choices = chunk.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if not isinstance(choice, Mapping) or choice.get("index", 0) != 0:
            continue
        delta = choice.get("delta")
        if isinstance(delta, Mapping):
            for name, pieces in (("content", heard.content), ("refusal", heard.refusal)):
                piece = delta.get(name)
                if isinstance(piece, str):
                    pieces.append(piece)
            calls = delta.get("tool_calls")
            for place, call in enumerate(calls if isinstance(calls, list) else ()):
                if isinstance(call, Mapping):
                    _hear_call(heard.calls, place, call)
        heard.ended = heard.ended or choice.get("finish_reason") is not None


def _hear_call(calls: dict[int, dict[str, str]], place: int, piece: Mapping[str, object]) -> None:
    index = piece.get("index", place)
    call = calls.setdefault(
        index if isinstance(index, int) else place, {"id": "", "name": "", "arguments": ""}
    )
    for source in (piece, piece.get("function"), piece.get("custom")):
        if isinstance(source, Mapping):
            for name in ("id", "name", "arguments", "input"):
                found = source.get(name)
                if isinstance(found, str):
                    call["arguments" if name == "input" else name] += found


def _call(call: Mapping[str, str]) -> dict[str, object]:
    function = {"name": call["name"], "arguments": call["arguments"]}
    return {"id": call["id"], "type": "function", "function": function}


def _object(text: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None
