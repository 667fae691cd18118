"""A stand-in for an OpenAI-compatible endpoint: it speaks the protocol, answers by script, and is no model.

It writes down the bytes that it was sent. Its faults are those that a real endpoint has and no test can
order there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[BaseHTTPRequestHandler, "Asked"], None]


@dataclass(frozen=True)
class Asked:
    """One request as it came in; the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    closing: threading.Event

    @property
    def document(self) -> dict[str, Any]:
        """Its body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found

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


@dataclass
class UpstreamServer:
    """Answers the n-th request by the n-th script, and all later ones by the last."""

    scripts: list[Script]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(*scripts: Script) -> Iterator[UpstreamServer]:
    """Run a server on a free port of the loopback address until the block ends."""
    server = UpstreamServer(list(scripts))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # http.server's name
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body, server.closing)
            with lock:
                script = server.scripts[min(len(server.asked), len(server.scripts) - 1)]
                server.asked.append(asked)
            script(self, asked)

        def do_GET(self) -> None:  # http.server's name
            self.do_POST()

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


def hangs(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """No answer before the server ends."""
    asked.closing.wait(60)
    handler.close_connection = True


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
