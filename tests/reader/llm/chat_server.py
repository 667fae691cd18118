"""A stand-in server that speaks the chat-completions protocol: it answers by script, and is no model.

It writes down what it was asked. Its faults are those that a real endpoint has and no test can order there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROMPT_TOKENS, COMPLETION_TOKENS = 100, 10  # of each answer
Item = dict[str, Any]
Script = Callable[[BaseHTTPRequestHandler, "Asked"], None]


@dataclass(frozen=True)
class Asked:
    """One request: its headers in lower case, and its document."""

    path: str
    headers: Mapping[str, str]
    document: dict[str, Any]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The messages that were shown, as they were shown."""
        shown = self.document["messages"][1]["content"]
        return [json.loads(line) for line in shown.splitlines() if line.startswith('{"n"')]

    @property
    def read(self) -> list[dict[str, Any]]:
        """Those of them that were to be read."""
        return [line for line in self.lines if line["read"]]


@dataclass
class ChatServer:
    """Answers the n-th request by the n-th script, and all later ones by the last."""

    scripts: list[Script]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(*scripts: Script) -> Iterator[ChatServer]:
    """Run a server on a free port of the loopback address until the block ends."""
    server = ChatServer(list(scripts))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's name
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, headers, json.loads(body))
            with lock:
                script = server.scripts[min(len(server.asked), len(server.scripts) - 1)]
                server.asked.append(asked)
            script(self, asked)

        def log_message(self, format: str, *args: object) -> None:  # http.server's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
        try:
            yield server
        finally:
            server.closing.set()
            http.shutdown()
            thread.join()


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


def hangs(server_closing: Callable[[], threading.Event]) -> Script:
    """No answer before the server ends."""

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        server_closing().wait(60)

    return answer


def send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> None:
    """One whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
