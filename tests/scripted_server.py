"""A server on this machine that answers by script and writes down what it was asked: in tests alone.

Its faults are those that a real endpoint has and no test can order there. What a protocol's answers look
like is for the module that speaks it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar


@dataclass(frozen=True)
class Asked:
    """One request as it came in; the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    closing: threading.Event  # set when the server ends

    @property
    def document(self) -> dict[str, Any]:
        """Its body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


A = TypeVar("A", bound=Asked)


@dataclass
class ScriptedServer(Generic[A]):
    """Answers the n-th request by the n-th script, and all later ones by the last."""

    scripts: list[Callable[[BaseHTTPRequestHandler, A], None]]
    url: str = ""  # without a slash at its end
    asked: list[A] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(
    scripts: Sequence[Callable[[BaseHTTPRequestHandler, A], None]],
    asked_as: type[A],
    *,
    http: str = "HTTP/1.0",
) -> Iterator[ScriptedServer[A]]:
    """Run a server on a free port of the loopback address until the block ends."""
    server: ScriptedServer[A] = ScriptedServer(list(scripts))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = http

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = asked_as(self.command, self.path, headers, body, server.closing)
            with lock:
                script = server.scripts[min(len(server.asked), len(server.scripts) - 1)]
                server.asked.append(asked)
            script(self, asked)

        do_GET = do_POST = answer  # noqa: N815  # http.server's names

        def log_message(self, format: str, *args: object) -> None:  # http.server's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        listening.block_on_close = False
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        try:
            yield server
        finally:
            server.closing.set()
            listening.shutdown()
            thread.join()


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    kind: str | None = "application/json",
) -> None:
    """One whole answer."""
    handler.send_response(status)
    if kind is not None:
        handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def hangs(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """No answer before the server ends."""
    asked.closing.wait(60)
    handler.close_connection = True
