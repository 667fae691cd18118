"""A server on this machine that answers by script and writes down what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from remanence.embedding.hashing import Hashing


@dataclass(frozen=True)
class Request:
    """What was asked; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[BaseHTTPRequestHandler, Request], None]


@dataclass
class LocalServer:
    """Answers the n-th request by the n-th of `answers`, and all later ones by the last."""

    answers: list[Answer]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(*answers: Answer) -> Iterator[LocalServer]:
    """Run a server on a free port of the loopback address until the block ends."""
    server = LocalServer(list(answers))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            with lock:
                answer = server.answers[min(len(server.requests), len(server.answers) - 1)]
                server.requests.append(request)
            answer(self, request)

        do_GET = do_POST = answer  # noqa: N815  # http.server's names

        def log_message(self, format: str, *args: object) -> None:  # http.server's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        try:
            yield server
        finally:
            server.closing.set()
            http.shutdown()
            thread.join()


def says(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """An answer with this body."""

    def answer(handler: BaseHTTPRequestHandler, request: Request) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def breaks_off(body: bytes, *, after: int) -> Answer:
    """An answer that promises the whole body and ends after so many bytes of it."""

    def answer(handler: BaseHTTPRequestHandler, request: Request) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:after])

    return answer


def hangs_up(handler: BaseHTTPRequestHandler, request: Request) -> None:
    """No answer at all: the connection ends."""


def file_of(body: bytes, *, breaks_after: int | None = None) -> Answer:
    """A file, also from a byte on as Range asks; each connection breaks after `breaks_after` bytes."""

    def answer(handler: BaseHTTPRequestHandler, request: Request) -> None:
        start = int(request.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            handler.send_response(416)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        rest = body[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(rest)))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        handler.wfile.write(rest[:breaks_after])

    return answer


def by_path(answers: dict[str, Answer]) -> Answer:
    """Another answer for each path; 404 for the rest."""

    def answer(handler: BaseHTTPRequestHandler, request: Request) -> None:
        answers.get(request.path, says(b"not here", status=404))(handler, request)

    return answer


def embeds_by_hashing(handler: BaseHTTPRequestHandler, request: Request) -> None:
    """What an endpoint does, with vectors of the hashing embedder, in an order of its own."""
    texts = json.loads(request.body)["input"]
    vectors = [Hashing().query(text).tolist() for text in texts]
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    says(json.dumps({"object": "list", "data": data[::-1], "model": "m"}).encode())(handler, request)
