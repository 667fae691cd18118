"""One running server's parts, and the way every route takes: who asks, about which cube, on which thread."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from fastapi import Depends, Header, Path, Request, Response
from pydantic_core import PydanticSerializationError, to_json

from remanence.cube import Cube
from remanence.errors import InvalidInput
from remanence.faces.documents import Document
from remanence.faces.http import names, pages, shapes
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.cubes import OpenCubes, no_such_cube
from remanence.faces.http.keys import SCOPES, Caller, Doorkeeper
from remanence.faces.http.metrics import Metrics
from remanence.faces.http.problems import Refusal
from remanence.faces.http.registry import Registry
from remanence.faces.http.repeats import TOKEN_CHARS_MAX, Changed, Repeats, changed, erased_by
from remanence.faces.http.traces import Traces
from remanence.faces.http.turns import Turns
from remanence.faces.listening import LOCAL_NAMES, bearer_key, host_of
from remanence.model.clock import Clock
from remanence.model.item import Json
from remanence.remote import values

R = TypeVar("R")
JSON = "application/json"
JOBS = ".jobs"  # no cube's name has a dot
CubeName: TypeAlias = Annotated[
    str, Path(description="The cube's name.", pattern=names.NAME_PATTERN, examples=["alice"])
]
IdempotencyKey: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=TOKEN_CHARS_MAX,
        min_length=1,
        description="Any text of your own for this request: sent again with it, the change is made once.",
    ),
]


@dataclass(slots=True)
class House:
    """A server's parts, shared by all requests."""

    config: ServerConfig
    clock: Clock
    registry: Registry
    cubes: OpenCubes
    doorkeeper: Doorkeeper
    repeats: Repeats
    metrics: Metrics
    workers: ThreadPoolExecutor
    traces: Traces = field(default_factory=Traces)
    turns_between: Turns = field(default_factory=Turns)
    is_stopping: Callable[[], bool] = lambda: False
    waiting: int = 0
    streams: int = 0
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    buckets: dict[str, tuple[float, float]] = field(default_factory=dict)  # requests left, and since when

    async def in_a_worker(self, call: Callable[[], R]) -> R:
        """Run a call on one of the workers; who gives up waiting for it leaves it running to its end."""
        self._refuse_too_many()
        self.waiting += 1
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()

        def tell(done: Future[R]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._ended, done, answer)

        self.workers.submit(call).add_done_callback(tell)  # run_in_executor and shield take two futures more
        return await answer

    @asynccontextmanager
    async def turn_at(self, cube: str) -> AsyncIterator[None]:
        """One change of a cube takes a worker at a time: a cube that is held up holds up no other."""
        turn = self.turns.get(cube)
        if turn is None:
            turn = self.turns[cube] = asyncio.Lock()
        self._refuse_too_many()
        self.waiting += 1
        try:
            await turn.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            turn.release()

    def _refuse_too_many(self) -> None:
        most = self.config.waiting_max
        if self.waiting >= most:
            raise Refusal("too_busy", f"waiting_max = {most} calls are at work or wait; ask again later")

    def _ended(self, done: Future[R], answer: asyncio.Future[R]) -> None:
        self.waiting -= 1
        if answer.done():  # given up
            return
        error = done.exception()
        if error is None:
            answer.set_result(done.result())
        else:
            answer.set_exception(error)

    def close(self) -> None:
        """Let what runs come to its end, then close every cube."""
        self.workers.shutdown(wait=True)
        self.cubes.close()
        self.registry.close()


def house_of(request: Request) -> House:
    """The parts of the server that has this request."""
    house = request.app.state.house
    assert isinstance(house, House)
    return house


async def caller_of(request: Request) -> Caller:
    """Who asks; raises a Refusal for a key that is missing, wrong, revoked, expired or used too often."""
    house = house_of(request)
    if not house.registry.has_keys() and house.config.is_loopback:
        _refuse_other_names(request)
        return Caller("", None, frozenset(SCOPES), ("*",), house.registry.salt)
    key, now = bearer_key(request.headers.get("authorization")), house.clock.now()
    if key is None:
        raise Refusal("key_missing", "send your key in the header `Authorization: Bearer rem_...`")
    found = house.doorkeeper.known(key, now=now)
    if found is None:
        found = await house.in_a_worker(lambda: house.doorkeeper.prove(key, now=now))
    if found is None:
        raise Refusal("key_refused", "this key is wrong, revoked or expired; `remanence keys` makes another")
    request.state.caller = found
    _spend(house, found)
    return found


def _refuse_other_names(request: Request) -> None:
    """A page in a browser could reach a server without keys under a name of its own: let none in."""
    if host_of(f"//{request.headers.get('host', '')}") not in LOCAL_NAMES:
        raise Refusal("host_refused", "without keys the server answers to localhost and 127.0.0.1 alone")


def _spend(house: House, caller: Caller) -> None:
    """Count a request against its key: as many a second as are allowed, saved up for at most a second."""
    rate = house.config.requests_a_second_max
    if not rate:
        return
    now = time.monotonic()
    left, since = house.buckets.get(caller.lookup, (max(rate, 1.0), now))
    left = min(max(rate, 1.0), left + (now - since) * rate)
    if left < 1:
        seconds = max(1, round((1 - left) / rate))
        raise Refusal(
            "too_many_requests",
            f"this key may ask {rate:g} times a second",
            headers={"retry-after": str(seconds)},
        )
    house.buckets[caller.lookup] = (left - 1, now)


Asking: TypeAlias = Annotated[Caller, Depends(caller_of)]


@dataclass(frozen=True, slots=True)
class Place:
    """One cube, and the caller who may use it so; `exact` asks for values in place of documents."""

    house: House
    caller: Caller
    name: str
    exact: bool
    request: Request
    token: str | None = None  # the Idempotency-Key, on routes that take one

    @property
    def actor(self) -> str | None:
        """Who the journal says did it: the key's name; the owner where there are no keys."""
        return self.caller.name

    async def call(self, call: Callable[[Cube], R]) -> R:
        """What a call of the cube gives, from a worker."""
        return await self.house.in_a_worker(lambda: self._lent(call))

    async def read(self, call: Callable[[Cube], R], shown: Callable[[R], Document]) -> Response:
        """Answer with what a call of the cube gives."""
        return self._response(await self.call(lambda cube: self._said(call(cube), shown)))

    async def page(
        self,
        call: Callable[[Cube], Sequence[R]],
        shown: Callable[[Sequence[R]], Document],
        page: pages.Cutting[R],
    ) -> Response:
        """Answer with one page of what a call of the cube gives, and the cursor of the next."""

        def look(cube: Cube) -> bytes:
            found, following = page.of(call(cube))
            if self.exact:
                return json_bytes({"values": shapes.exact(found), "next": following})
            return json_bytes({**shown(found), "next": following})

        return self._response(await self.call(look))

    async def change(
        self,
        change: Callable[[Cube], R],
        shape: shapes.Shape[R],
        *,
        status: int = 200,
        is_job: bool = False,
    ) -> Response:
        """Make a change, once for each Idempotency-Key, and answer with what came of it.

        A job takes its time between its changes: it waits for other jobs of the cube, and holds up no change.
        """
        asked = b"" if self.token is None else await _said_by(self.request)
        turn = f"{self.name}{JOBS}" if is_job else self.name

        def make(cube: Cube) -> R:
            value = change(cube)
            if gone := erased_by(value):  # forget which requests brought it; that they came, stays
                self.house.registry.erase(self.name, gone)
            return value

        def run() -> tuple[Changed[R], bytes]:
            with (
                self.house.turns_between.held(turn),
                self.house.cubes.lent(self.name, for_change=not is_job) as cube,
            ):
                made = self._made(cube, make, shape, asked)
                return made, self._said(made.value, shape.shown)

        async with self.house.turn_at(turn):
            made, body = await self.house.in_a_worker(run)
        response = self._response(body, status=status)
        if made.etag is not None:
            response.headers["etag"] = made.etag
        if made.repeated:
            response.headers["idempotency-replayed"] = "true"
        return response

    def _made(
        self, cube: Cube, change: Callable[[Cube], R], shape: shapes.Shape[R], asked: bytes
    ) -> Changed[R]:
        if self.token is None:
            return changed(cube, change(cube))
        return self.house.repeats.once(
            cube, self.name, change, shape, caller=self.caller, token=self.token, request=asked
        )

    def _said(self, value: R, shown: Callable[[R], Document]) -> bytes:
        return json_bytes(shapes.exact(value) if self.exact else shown(value))

    def _response(self, body: bytes, *, status: int = 200) -> Response:
        return Response(body, status, media_type=values.MEDIA_TYPE if self.exact else JSON)

    def _lent(self, call: Callable[[Cube], R]) -> R:
        with self.house.cubes.lent(self.name) as cube:
            return call(cube)


def require(place: Place, scope: str) -> None:
    """Raise a Refusal where the key lacks a scope."""
    if scope not in place.caller.scopes:
        raise Refusal("scope_missing", f"this key has not the scope {scope!r}, which the request needs")


async def admitted(request: Request, cube: str, scope: str, *, token: str | None = None) -> Place:
    """The cube of this name, for a caller who has this scope.

    What a key may not see is answered as what is not there, before anything is looked up.
    """
    caller = await caller_of(request)
    try:
        names.checked(cube)
    except InvalidInput as error:
        raise Refusal("invalid_cube_name", str(error)) from None
    if not caller.may_know(cube):
        raise no_such_cube(cube)
    exact = values.MEDIA_TYPE in request.headers.get("accept", "")
    place = Place(house_of(request), caller, cube, exact, request, token)
    require(place, scope)
    return place


# Each is one dependency: FastAPI takes its time over every one beneath another.
async def _readable(request: Request, cube: CubeName) -> Place:
    return await admitted(request, cube, "read")


async def _governed(request: Request, cube: CubeName) -> Place:
    return await admitted(request, cube, "admin")


async def _changing(request: Request, cube: CubeName, token: IdempotencyKey = None) -> Place:
    return await admitted(request, cube, "write", token=token)


Readable: TypeAlias = Annotated[Place, Depends(_readable)]
Governed: TypeAlias = Annotated[Place, Depends(_governed)]
Changing: TypeAlias = Annotated[Place, Depends(_changing)]


def json_response(document: Document, *, status: int = 200) -> Response:
    """A document as a response."""
    return Response(json_bytes(document), status, media_type=JSON)


def json_bytes(document: Json) -> bytes:
    """In UTF-8; where it holds halves of characters or the like, in ASCII, so that any text survives."""
    try:
        return to_json(document)
    except PydanticSerializationError:
        return json.dumps(document, separators=(",", ":")).encode()


async def _said_by(request: Request) -> bytes:
    query = request.scope["query_string"].decode("latin-1")
    head = f"{request.method} {request.scope['path']}?{query}\n{request.headers.get('if-match', '')}\n"
    return head.encode("utf-8", "surrogatepass") + await request.body()
