"""What the two protocols have in common and where they differ: which messages a body holds, where memory
goes in, what an answer says.

Pure: bytes and values in, bytes and values out. A message is a dict in the form that `observe` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

from remanence.errors import InvalidInput
from remanence.faces.proxy import streams
from remanence.faces.proxy.spans import Document, members_of
from remanence.reader.parts import content_text

Message: TypeAlias = dict[str, object]

OUTSIDE = ("system", "developer")  # an application's instructions, which are no conversation
_KEPT = ("role", "content", "name", "refusal", "tool_calls", "function_call", "tool_call_id")


class Dialect(Protocol):
    """One of the protocols."""

    def messages(self, document: Document) -> list[Message]:
        """The conversation of a request, without the application's instructions."""
        ...

    def thread(self, document: Document) -> str | None:
        """What the request itself names as the conversation it belongs to."""
        ...

    def insert(self, document: Document, block: str) -> bytes:
        """The request with this text before the conversation; raises InvalidInput where there is no place."""
        ...

    def answer(self, body: bytes, *, streamed: bool) -> tuple[list[Message], str | None] | None:
        """What a whole answer says, and the name that a later request may give it; None for half of one."""
        ...


class Chat:
    """Chat completions."""

    def messages(self, document: Document) -> list[Message]:
        """The messages, each with what memory reads of it."""
        return [_kept(one) for one in _objects(document.get("messages")) if one.get("role") not in OUTSIDE]

    def thread(self, document: Document) -> str | None:
        """None: each request holds its whole conversation."""
        return None

    def insert(self, document: Document, block: str) -> bytes:
        """At the end of the leading instructions; a message of its own before all others without them.

        Not a second system message: the templates of many open models take one, and refuse another.
        """
        member = document.members.get("messages")
        if member is None or not isinstance(member.value, list):
            raise InvalidInput("the body has no list of messages")
        leading = 0
        while leading < len(member.value) and _role(member.value[leading]) in OUTSIDE:
            leading += 1
        if not leading:
            more = "," if member.value else ""
            return document.with_text(member.start + 1, f"{_system(block)}{more}")
        content = members_of(document.text, member, leading - 1).get("content")
        if content is not None and isinstance(content.value, str):
            return document.with_text(content.end - 1, _within_text(block))
        if content is not None and isinstance(content.value, list):
            part = json.dumps({"type": "text", "text": block})
            return document.with_text(content.end - 1, f",{part}" if content.value else part)
        raise InvalidInput("the instructions are no text")

    def answer(self, body: bytes, *, streamed: bool) -> tuple[list[Message], str | None] | None:
        """The message of the first choice."""
        message = streams.chat_message(body) if streamed else _first_choice(body)
        return None if message is None else ([_kept(message)], None)


class Responses:
    """Responses."""

    def messages(self, document: Document) -> list[Message]:
        """The input as messages: calls and their results too, reasoning and references not."""
        given = document.get("input")
        if isinstance(given, str):
            return [{"role": "user", "content": given}]
        return [one for one in map(_of_item, _objects(given)) if one and one["role"] not in OUTSIDE]

    def thread(self, document: Document) -> str | None:
        """The conversation, or else the response that it goes on from."""
        conversation = document.get("conversation")
        if isinstance(conversation, Mapping):
            conversation = conversation.get("id")
        for name in (conversation, document.get("previous_response_id")):
            if isinstance(name, str) and name:
                return name
        return None

    def insert(self, document: Document, block: str) -> bytes:
        """At the end of the instructions, which no later response inherits."""
        member = document.members.get("instructions")
        if member is None:
            more = "," if document.members else ""
            return document.with_text(document.inside, f'"instructions":{json.dumps(block)}{more}')
        if member.value is None:
            return document.with_text(member.start, json.dumps(block), until=member.end)
        if not isinstance(member.value, str):
            raise InvalidInput("the instructions are no text")
        return document.with_text(member.end - 1, _within_text(block))

    def answer(self, body: bytes, *, streamed: bool) -> tuple[list[Message], str | None] | None:
        """The messages and calls of the output."""
        response = streams.last_response(body) if streamed else _object(body)
        if response is None or response.get("status") not in (None, "completed", "incomplete"):
            return None
        said = [one for one in map(_of_item, _objects(response.get("output"))) if one]
        name = response.get("id")
        return said, name if isinstance(name, str) else None


def cue_of(messages: Sequence[Message]) -> str:
    """The text of the user's last message; empty where it has none. Raises InvalidInput for a broken one."""
    for message in reversed(messages):
        if message.get("role") == "user":
            content = message.get("content")
            return "" if content is None else _words(content)
    return ""


def _system(block: str) -> str:
    return json.dumps({"role": "system", "content": block})


def _within_text(block: str) -> str:
    """The block as it stands within a JSON string, after an empty line."""
    return json.dumps(f"\n\n{block}")[1:-1]


def _words(content: object) -> str:
    """The text alone, without what stands for images and files."""
    if not isinstance(content, list):
        return content_text(content)
    spoken = [part for part in _objects(content) if part.get("type") in ("text", "input_text")]
    return content_text(spoken)


def _of_item(item: Mapping[str, object]) -> Message | None:
    """A message for an item of a response's input or output; None for one that says nothing."""
    kind = item.get("type", "message")
    if kind == "message" and "role" in item:
        return _kept(item)
    if kind in ("function_call", "custom_tool_call"):
        arguments = item.get("arguments", item.get("input", ""))
        function = {"name": item.get("name"), "arguments": arguments}
        call = {"id": item.get("call_id"), "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    if kind in ("function_call_output", "custom_tool_call_output"):
        output = item.get("output")
        if not isinstance(output, str | list):
            output = json.dumps(output, ensure_ascii=False)
        return {"role": "tool", "content": output, "tool_call_id": item.get("call_id")}
    return None


def _kept(message: Mapping[str, object]) -> Message:
    """What memory reads of a message: no ids, times and extras that an endpoint gave it."""
    kept = {name: message[name] for name in _KEPT if message.get(name) is not None}
    kept.setdefault("content", None)
    audio = message.get("audio")
    if isinstance(audio, Mapping) and isinstance(audio.get("transcript"), str):
        kept["audio"] = {"transcript": audio["transcript"]}
    return kept


def _role(message: object) -> object:
    return message.get("role") if isinstance(message, Mapping) else None


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    return (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else iter(())


def _object(body: bytes) -> Mapping[str, object] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def _first_choice(body: bytes) -> Mapping[str, object] | None:
    answer = _object(body)
    for choice in _objects(None if answer is None else answer.get("choices")):
        message = choice.get("message")
        return message if isinstance(message, Mapping) else None
    return None
