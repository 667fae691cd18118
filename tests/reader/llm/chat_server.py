"""A stand-in server that speaks the chat-completions protocol: it answers by script, and is no model.

It writes down what it was asked. Its faults are those that a real endpoint has and no test can order there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import scripted_server
from scripted_server import ScriptedServer, hangs, send, serving

__all__ = ["hangs", "send"]  # the rest is defined here

PROMPT_TOKENS, COMPLETION_TOKENS = 100, 10  # of each answer
Item = dict[str, Any]


class Asked(scripted_server.Asked):
    """One request for a completion."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The messages that were shown, as they were shown."""
        shown = self.document["messages"][1]["content"]
        return [json.loads(line) for line in shown.splitlines() if line.startswith('{"n"')]

    @property
    def read(self) -> list[dict[str, Any]]:
        """Those of them that were to be read."""
        return [line for line in self.lines if line["read"]]


Script = Callable[[BaseHTTPRequestHandler, Asked], None]
ChatServer = ScriptedServer[Asked]


@contextmanager
def serve(*scripts: Script) -> Iterator[ChatServer]:
    """Run the endpoint until the block ends."""
    with serving(scripts, Asked) as server:
        server.url += "/v1"
        yield server


def item(message: int, quote: str, sentence: str, **more: object) -> Item:
    """A statement as the prompt describes it."""
    return {
        "message": message,
        "quote": quote,
        "sentence": sentence,
        "kind": "fact",
        "subject": None,
        "attribute": None,
        "value": None,
        "affirmed": True,
        "modality": "asserted",
        "confidence": 0.8,
        "when": None,
        **more,
    }


def of(document: object) -> bytes:
    """A completion whose content is this document, or this text."""
    content = document if isinstance(document, str) else json.dumps(document)
    return json.dumps(
        {
            "id": "c",
            "object": "chat.completion",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS},
        }
    ).encode()


def says(content: object) -> Script:
    """A completion with this content."""
    return lambda handler, asked: send(handler, 200, of(content))


def states(*items: Item) -> Script:
    """A completion with these statements."""
    return says({"items": list(items)})


def reads(find: Callable[[dict[str, Any]], list[Item]]) -> Script:
    """A completion with what `find` finds in each message that is to be read."""

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        found = [one for line in asked.read for one in find(line)]
        send(handler, 200, of({"items": found}))

    return answer


def refuses(status: int, message: str = "no", headers: Mapping[str, str] | None = None) -> Script:
    """An error as these endpoints send it."""
    body = json.dumps({"error": {"message": message, "type": "error"}}).encode()
    return lambda handler, asked: send(handler, status, body, headers)


def breaks_off(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """An answer that promises more than it sends."""
    body = of({"items": []})
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True
