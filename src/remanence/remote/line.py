"""The connection to one cube of a server: it drives steps, blocking or awaiting, with httpx2."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import unquote, urlsplit

from remanence.errors import CubeClosed, ExtraMissing, InvalidInput
from remanence.model.item import Json
from remanence.remote import values
from remanence.remote.wire import Answer, Lost, Pause, Sent, Steps

if TYPE_CHECKING:
    import httpx2

R = TypeVar("R")
CUBES = "/cubes/"
VERSION = "/v1"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cube lies: `server` ends in the version of the routes, `name` is the cube's there."""

    server: str
    name: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read `http://host/cubes/alice`; InvalidInput for what is no address of a cube.

        >>> Address.parse("https://memory.example.org/cubes/alice")
        Address(server='https://memory.example.org/v1', name='alice')
        """
        try:
            parts = urlsplit(url)
            there = parts.hostname is not None and parts.port != 0
        except ValueError:  # a bracket that is not closed, a port beyond 65535
            raise _no_address(url) from None
        before, found, name = parts.path.rstrip("/").rpartition(CUBES)
        wrong = parts.query or parts.fragment or parts.username or parts.password or "/" in unquote(name)
        if (
            parts.scheme not in ("http", "https")
            or not there
            or not found
            or wrong
            or name in ("", ".", "..")
        ):
            raise _no_address(url)
        return cls(f"{parts.scheme}://{parts.netloc}{before.removesuffix(VERSION)}{VERSION}", name)

    @property
    def cube(self) -> str:
        """The address of its resources."""
        return f"{self.server}{CUBES}{self.name}"


def _no_address(url: str) -> InvalidInput:
    return InvalidInput(f"{url!r} is no address of a cube; give one like http://127.0.0.1:8377/cubes/alice")


def _as_header(key: str) -> str:
    """The header that shows a key, whatever blanks a file has put around it; InvalidInput never quotes it."""
    bare = key.strip()
    if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
        raise InvalidInput(
            "key is no API key: one is a word of letters and digits, as `remanence keys add` prints"
        )
    return f"Bearer {bare}"


class Line:
    """Sends what steps say, over connections that stay open; safe from several threads and tasks."""

    def __init__(self, address: Address, *, key: str | None, timeout_seconds: float) -> None:
        if not timeout_seconds > 0:
            raise InvalidInput(f"timeout_seconds {timeout_seconds!r} must be above 0")
        self.address = address
        self._httpx = _client_library()
        self._headers = {"accept": values.MEDIA_TYPE}
        if key is not None:
            self._headers["authorization"] = _as_header(key)
        self._timeout_seconds = timeout_seconds
        self._blocking: httpx2.Client | None = None
        self._awaiting: httpx2.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._making = threading.Lock()

    def run(self, steps: Steps[R]) -> R:
        """Drive the steps to their end, blocking."""
        told: Answer | Lost | None = None
        try:
            while True:
                step = steps.send(told)
                if isinstance(step, Pause):
                    time.sleep(step.seconds)
                    told = None
                else:
                    told = self._sent(step)
        except StopIteration as end:
            return cast("R", end.value)

    async def arun(self, steps: Steps[R]) -> R:
        """Drive them awaiting."""
        told: Answer | Lost | None = None
        try:
            while True:
                step = steps.send(told)
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                    told = None
                else:
                    told = await self._asent(step)
        except StopIteration as end:
            return cast("R", end.value)

    def close(self) -> None:
        """End the connections that block; what is asked afterwards raises CubeClosed."""
        self._closed = True
        if self._blocking is not None:
            self._blocking.close()

    async def aclose(self) -> None:
        """End all connections."""
        self.close()
        if self._awaiting is not None and self._loop is asyncio.get_running_loop():
            await self._awaiting.aclose()

    def _sent(self, sent: Sent) -> Answer | Lost:
        client, begun = self._client(), False
        request = self._request(client, sent)
        try:
            response = client.send(request, stream=True)
            try:
                if sent.taken is None or response.status_code != 200:
                    return _answer(response, response.read())
                for part in response.iter_bytes():
                    begun = True
                    sent.taken(part)
                return _answer(response, b"")
            finally:
                response.close()
        except self._httpx.TransportError as error:
            return self._lost(error, begun=begun)

    async def _asent(self, sent: Sent) -> Answer | Lost:
        client, begun = self._async_client(), False
        request = self._request(client, sent)
        try:
            response = await client.send(request, stream=True)
            try:
                if sent.taken is None or response.status_code != 200:
                    return _answer(response, await response.aread())
                async for part in response.aiter_bytes():
                    begun = True
                    sent.taken(part)
                return _answer(response, b"")
            finally:
                await response.aclose()
        except self._httpx.TransportError as error:
            return self._lost(error, begun=begun)

    def _request(self, client: httpx2.Client | httpx2.AsyncClient, sent: Sent) -> httpx2.Request:
        headers = {**sent.headers}
        if sent.body is not None:
            headers["content-type"] = sent.media_type
        url = f"{self.address.cube}/{sent.route}".rstrip("/")
        try:
            return client.build_request(
                sent.method, url, params=_query(sent), content=sent.body, headers=headers
            )
        except (UnicodeError, self._httpx.InvalidURL) as error:  # half a character, or too long a name
            raise InvalidInput(f"this can't be sent in an address: {error}") from error

    def _lost(self, error: Exception, *, begun: bool) -> Lost:
        where = self.address.server.removesuffix(VERSION)
        if isinstance(error, self._httpx.ConnectError | self._httpx.ConnectTimeout):
            return Lost(f"{where} can't be reached: {error or type(error).__name__}")
        if isinstance(error, self._httpx.TimeoutException):
            return Lost(f"{where} did not answer within {self._timeout_seconds:g} seconds", late=True)
        return Lost(f"the connection to {where} broke: {error or type(error).__name__}", begun=begun)

    def _client(self) -> httpx2.Client:
        self._refuse_closed()
        with self._making:
            if self._blocking is None:
                self._blocking = self._httpx.Client(headers=self._headers, timeout=self._timeout_seconds)
            return self._blocking

    def _async_client(self) -> httpx2.AsyncClient:
        self._refuse_closed()
        loop = asyncio.get_running_loop()
        if self._awaiting is None or self._loop is not loop:  # connections belong to the loop they began in
            self._loop = loop
            self._awaiting = self._httpx.AsyncClient(headers=self._headers, timeout=self._timeout_seconds)
        return self._awaiting

    def _refuse_closed(self) -> None:
        if self._closed:
            raise CubeClosed(f"the connection to {self.address.cube} was closed; open it again")


def _query(sent: Sent) -> dict[str, str | list[str]]:
    """Values as a query has them: true and false as JSON writes them, a list as one name many times.

    An empty list is the name once, with nothing.
    """
    return {
        name: [_word(part) for part in one] or [""] if isinstance(one, list) else _word(one)
        for name, one in sent.query.items()
    }


def _word(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(response: httpx2.Response, body: bytes) -> Answer:
    return Answer(response.status_code, {name.lower(): one for name, one in response.headers.items()}, body)


def _client_library() -> ModuleType:
    try:
        import httpx2
    except ImportError as error:
        raise ExtraMissing(
            "a cube behind a server needs httpx2; install it with: pip install 'remanence[client]'"
        ) from error
    return httpx2
