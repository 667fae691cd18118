"""Answers as ASGI sends them: an upstream's as it comes, or one of the proxy's own in OpenAI's form."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field

import httpx2
from starlette.types import Receive, Send

from remanence.faces.proxy.upstream import end_to_end

ANSWER_BYTES_MAX = 16 << 20  # of an answer that is kept aside to be observed
HEADER_CHARS_MAX = 4_000  # of a header of ours


def header(name: str, value: str) -> tuple[bytes, bytes]:
    """One header of ours: ASCII alone, one line, bounded."""
    text = " ".join(value.encode("ascii", "backslashreplace").decode().split())
    return name.encode(), text[:HEADER_CHARS_MAX].encode()


@dataclass(slots=True)
class Heard:
    """What has come of an answer so far; of a longer one than is kept, no bytes."""

    status: int = 0
    streamed: bool = False
    body: bytearray = field(default_factory=bytearray)
    is_too_long: bool = False

    @property
    def went_well(self) -> bool:
        """Whether the call was answered, and not refused."""
        return 200 <= self.status < 300

    def take(self, piece: bytes) -> None:
        """Keep a further piece."""
        self.is_too_long = self.is_too_long or len(self.body) + len(piece) > ANSWER_BYTES_MAX
        if self.is_too_long:
            self.body.clear()
        else:
            self.body += piece


async def relay(
    response: httpx2.Response,
    send: Send,
    ours: Sequence[tuple[bytes, bytes]],
    heard: Heard,
    ended: Callable[[], None],
) -> None:
    """Send an answer on, each piece as it comes.

    `ended` is called when all of it has come, before anything else can: a caller may ask at once what
    follows from it. Where it breaks off it is left unfinished, so that the server cuts the caller's
    connection too.
    """
    heard.status = response.status_code
    heard.streamed = response.headers.get("content-type", "").startswith("text/event-stream")
    headers = [*end_to_end(response.headers.raw), *ours]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    try:
        async for piece in response.aiter_raw():
            heard.take(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except httpx2.TransportError:
        return
    ended()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def refuse(
    send: Send, status: int, code: str, message: str, ours: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Answer with an error in the form that OpenAI clients read."""
    kind = "invalid_request_error" if status < 500 else "upstream_error"
    error = {"message": message, "type": kind, "param": None, "code": code}
    body = json.dumps({"error": error}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *ours]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def while_waited_for(receive: Receive, answering: Coroutine[None, None, None]) -> None:
    """Answer, and stop as soon as the caller has gone: nobody pays for what nobody reads."""
    watching = asyncio.create_task(_gone(receive))
    answer = asyncio.create_task(answering)
    try:
        await asyncio.wait({watching, answer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
        answer.cancel()  # of one that has ended, nothing
        await asyncio.wait({watching, answer})
    if not answer.cancelled():
        answer.result()  # raises what it raised


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)
