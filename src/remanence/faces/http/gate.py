"""What every request passes: a bound on its body and its time, a line in the log, a count."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from remanence.faces.http import logs, problems
from remanence.faces.http.house import House
from remanence.faces.http.problems import Refusal

if TYPE_CHECKING:
    from opentelemetry.trace import Span

Message: TypeAlias = "MutableMapping[str, object]"
Scope: TypeAlias = "MutableMapping[str, object]"
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
REQUEST_ID_BITS = 64
UNKNOWN_ROUTE = "(none)"


@dataclass(slots=True)
class _Passage:
    """One request on its way through."""

    receive: Receive
    send: Send
    body_bytes_max: int
    body_until: float
    request_id: str
    status: int | None = None
    bytes_in: int = 0
    started: float = field(default_factory=time.perf_counter)
    lasting: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))  # of the whole answer

    async def receive_bounded(self) -> Message:
        """The next part of the body; a Refusal for too much of it, or too slow a one."""
        if self._is_read:
            return await self.receive()
        try:
            async with asyncio.timeout_at(self.body_until):
                message = await self.receive()
        except TimeoutError:
            raise Refusal("body_too_slow", "the body did not arrive in time; send it again") from None
        if message["type"] == "http.request":
            part = message.get("body", b"")
            assert isinstance(part, bytes), "ASGI says so"
            self.bytes_in += len(part)
            self._is_read = not message.get("more_body", False)
            if self.bytes_in > self.body_bytes_max:
                raise too_large(self.body_bytes_max)
        return message

    _is_read: bool = False

    async def send_noted(self, message: Message) -> None:
        """Pass an answer on, and note how it begins."""
        if message["type"] == "http.response.start":
            status, headers = message["status"], message["headers"]
            assert isinstance(status, int)
            assert isinstance(headers, list)
            self.status = status
            if all(name.lower() != b"content-length" for name, _ in headers):
                self.lasting.reschedule(None)  # a stream may last
            message["headers"] = [*headers, (b"x-request-id", self.request_id.encode())]
        await self.send(message)


class Gate:
    """Stands before the application."""

    def __init__(self, app: App, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        config = self._house.config
        passage = _Passage(
            receive,
            send,
            config.body_bytes_max,
            asyncio.get_running_loop().time() + config.body_seconds_max,
            f"{self._house.clock.random_bits(REQUEST_ID_BITS):016x}",
        )
        self._house.metrics.begin()
        span = self._house.traces.begin(scope)
        try:
            await self._within_time(scope, passage)
        finally:
            self._tell(scope, passage, span)

    async def _within_time(self, scope: Scope, passage: _Passage) -> None:
        seconds = self._house.config.answer_seconds_max
        too_large_by_far = _announced(scope) > passage.body_bytes_max
        if too_large_by_far:
            await _refuse(passage, too_large(passage.body_bytes_max))
            return
        passage.lasting = asyncio.timeout(seconds)
        try:
            async with passage.lasting:
                await self._app(scope, passage.receive_bounded, passage.send_noted)
        except TimeoutError:
            if not passage.lasting.expired():
                raise
            if passage.status is None:
                await _refuse(passage, Refusal("timed_out", _late(seconds)))

    def _tell(self, scope: Scope, passage: _Passage, span: Span | None) -> None:
        seconds = time.perf_counter() - passage.started
        route = str(getattr(scope.get("route"), "path", UNKNOWN_ROUTE))
        method, status = str(scope["method"]), passage.status or 499  # nobody waited for an answer
        self._house.metrics.end(method=method, route=route, status=status, seconds=seconds)
        self._house.traces.end(span, method=method, route=route, status=status, request_id=passage.request_id)
        state = scope.get("state")
        caller = state.get("caller") if isinstance(state, dict) else None
        logs.tell(
            "request",
            id=passage.request_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            bytes_in=passage.bytes_in,
            key=None if caller is None else caller.name,
        )


def too_large(bytes_max: int) -> Refusal:
    """What is said of a body beyond the bound."""
    return Refusal("body_too_large", f"the body has more than body_bytes_max = {bytes_max} bytes; split it")


def _late(seconds: float) -> str:
    return (
        f"no answer within answer_seconds_max = {seconds:g}; a change may still be made: "
        "ask again with the same Idempotency-Key, or look at the journal"
    )


def _announced(scope: Scope) -> int:
    headers = scope["headers"]
    assert isinstance(headers, list)
    given = dict(headers).get(b"content-length", b"0")
    return int(given) if given.isdigit() else 0


async def _refuse(passage: _Passage, refusal: Refusal) -> None:
    problem = problems.OF_SERVER[refusal.code]
    body = problems.document_bytes(problem, refusal.detail)
    headers = [
        (b"content-type", problems.MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await passage.send_noted({"type": "http.response.start", "status": problem.status, "headers": headers})
    await passage.send({"type": "http.response.body", "body": body})
