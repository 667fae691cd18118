"""Answers of endpoints and of places that files are fetched from, for a server that answers by script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from remanence.embedding.hashing import Hashing
from scripted_server import Asked as Request
from scripted_server import ScriptedServer, send, serving

Answer = Callable[[BaseHTTPRequestHandler, Request], None]
LocalServer = ScriptedServer[Request]


@contextmanager
def serve(*answers: Answer) -> Iterator[LocalServer]:
    """Run a server on a free port of the loopback address until the block ends."""
    with serving(answers, Request) as server:
        yield server


def says(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """An answer with this body."""
    return lambda handler, request: send(handler, status, body, headers, kind=None)


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
