"""A stand-in for an OpenAI-compatible endpoint: it speaks the protocol, answers by script, and is no model.

It writes down the bytes that it was sent. Its faults are those that a real endpoint has and no test can
order there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import scripted_server
from scripted_server import ScriptedServer, hangs, send, serving

__all__ = ["hangs"]  # the rest is defined here


class Asked(scripted_server.Asked):
    """One request to the endpoint."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of a chat completion."""
        found: list[dict[str, Any]] = self.document["messages"]
        return found

    @property
    def memory(self) -> str:
        """The block of memory in it; empty where there is none."""
        blocks = [one["content"] for one in self.messages if "<memory>" in str(one["content"])]
        return "".join(blocks)


Script = Callable[[BaseHTTPRequestHandler, Asked], None]
UpstreamServer = ScriptedServer[Asked]


@contextmanager
def serve(*scripts: Script) -> Iterator[UpstreamServer]:
    """Run the endpoint until the block ends."""
    with serving(scripts, Asked, http="HTTP/1.1") as server:
        server.url += "/v1"
        yield server


def completion(message: Mapping[str, object]) -> bytes:
    """A chat completion with this message."""
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}],
        },
        ensure_ascii=False,
    ).encode()


def says(content: str, **more: object) -> Script:
    """A completion with this content, and further keys of its message."""
    return lambda handler, asked: send(handler, 200, completion({"content": content, **more}))


def answers(document: object, headers: Mapping[str, str] | None = None) -> Script:
    """Any document."""
    return lambda handler, asked: send(handler, 200, json.dumps(document).encode(), headers)


def refuses(status: int, message: str = "no", headers: Mapping[str, str] | None = None) -> Script:
    """An error as these endpoints send it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": "c"}}).encode()
    return lambda handler, asked: send(handler, status, body, headers)


def begin(handler: BaseHTTPRequestHandler) -> None:
    """The head of a stream of events."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()


def piece(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    """A chunk of a stream."""
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
    handler.wfile.flush()


def event(document: object) -> bytes:
    """One event; text as it is."""
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


def delta(finish: str | None = None, **change: object) -> bytes:
    """An event of a streamed completion."""
    choice = {"index": 0, "delta": change, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return event(chunk)


def streams(*pieces: bytes) -> Script:
    """A whole stream of these events."""

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        begin(handler)
        for one in pieces:
            piece(handler, one)
        piece(handler, b"")

    return answer


def breaks_off_after(*pieces: bytes) -> Script:
    """A stream that ends before it has ended."""

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        begin(handler)
        for one in pieces:
            piece(handler, one)
        handler.close_connection = True

    return answer
