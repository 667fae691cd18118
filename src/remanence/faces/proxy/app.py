"""The application: what becomes of one request, from its headers to what is observed after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import httpx2
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from remanence.errors import InvalidInput
from remanence.faces.proxy.answering import Heard, header, refuse, relay, while_waited_for
from remanence.faces.proxy.callers import ANYONE, Keys
from remanence.faces.proxy.dialects import Chat, Dialect, Message, Responses
from remanence.faces.proxy.listing import KEPT_MAX, LISTS, Listing
from remanence.faces.proxy.memory import Memory, Recalled
from remanence.faces.proxy.spans import Document, read_document
from remanence.faces.proxy.threads import Threads
from remanence.faces.proxy.upstream import Upstream
from remanence.faces.proxy.wishes import Habits, Wish, in_a_header, wish_of

BODY_BYTES_MAX = 64 << 20  # of a call that memory reads: some dozen images
ROOT = "/v1"
TOO_DEEP = "request: NotRead: the body is nested too deep"


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all requests."""

    habits: Habits = field(default_factory=Habits)
    keys: Keys | None = None
    is_shared: bool = False  # one cube for all: a request needs no user
    has_own_key: bool = False  # the upstream's key is the proxy's: whoever is in no table is refused


@dataclass(slots=True)
class Turn:
    """One call, as far as it concerns memory: whose it is, what was said, and what failed."""

    wish: Wish
    user: str | None = None
    messages: list[Message] = field(default_factory=list)
    session: str = ""
    recalled: Recalled = field(default_factory=Recalled)
    faults: list[str] = field(default_factory=list)
    is_kept: bool = False

    def headers(self, listing: Listing) -> list[tuple[bytes, bytes]]:
        """What the answer says of it."""
        found = [header(name, value) for name, value in listing.headers(self.recalled.ids)]
        if self.session:
            found.append(header("x-remanence-session", in_a_header(self.session)))
        if self.faults:
            found.append(header("x-remanence-error", "; ".join(self.faults)))
        return found


class Proxy:
    """What answers the requests of one process."""

    def __init__(self, upstream: Upstream, memory: Memory, rules: Rules) -> None:
        self._upstream = upstream
        self._memory = memory
        self._rules = rules
        self._threads = Threads()
        self._listing = Listing()

    async def close(self) -> None:
        """Write what was heard, and end."""
        await self._memory.finish()
        await self._upstream.close()

    async def remembering(self, dialect: Dialect, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call of a protocol that memory knows."""
        request = Request(scope, receive)
        body = await _body(request)
        if body is None:
            await refuse(send, 413, "body_too_large", f"the body is over BODY_BYTES_MAX = {BODY_BYTES_MAX}")
            return
        document = read_document(body)
        try:
            turn = Turn(wish_of(request.headers, document, self._rules.habits))
        except InvalidInput as error:
            await refuse(send, 400, "remanence_invalid_header", f"{error}; nothing was sent on")
            return
        if self._is_stranger(request):
            await _refuse_key(send)
            return
        if turn.wish.reads or turn.wish.writes:
            body = await self._prepare(turn, dialect, request, document, body)
        heard = Heard()
        keep = partial(self._keep, turn, dialect, heard)
        try:
            await while_waited_for(receive, self._pass_on(request, body, send, turn, heard, keep))
        finally:
            keep()

    async def passing(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass any other call on, and its answer back."""
        request = Request(scope, receive)
        if ".." in scope["path"].split("/"):
            await refuse(send, 404, "no_such_path", "a path goes up by ..; nothing was sent on")
            return
        if self._is_stranger(request):
            await _refuse_key(send)
            return
        has_body = {"content-length", "transfer-encoding"} & set(request.headers)
        body = request.stream() if has_body else b""
        await self._pass_on(request, body, send, None, Heard(), _nothing)

    async def listed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the whole of a list that a header cut."""
        ids = self._listing.all_of(scope["path_params"]["name"])
        if ids is None:
            await refuse(send, 404, "no_such_list", f"no such list of items; the last {KEPT_MAX} are kept")
            return
        await JSONResponse({"object": "list", "data": ids})(scope, receive, send)

    async def _prepare(
        self, turn: Turn, dialect: Dialect, request: Request, document: Document | None, body: bytes
    ) -> bytes:
        """Find out whose call it is, and recall; returns the body to send."""
        user = self._user_of(turn, request)
        if document is None:
            turn.faults.append("request: NotRead: the body is no JSON object in UTF-8")
        if user is None or document is None:
            return body
        turn.user = user
        if (fault := self._memory.fault_of(user)) is not None:
            turn.faults.append(f"{fault} (after an earlier call)")
        try:
            turn.messages = dialect.messages(document)
            session = turn.wish.session or self._threads.session_of(
                user, turn.messages, thread=dialect.thread(document)
            )
        except RecursionError:
            turn.user = None
            turn.faults.append(TOO_DEEP)
            return body
        if turn.wish.writes:
            turn.session = session
        if not turn.wish.reads:
            return body
        turn.recalled = await self._memory.recall(user, session, turn.messages, turn.wish)
        if turn.recalled.fault is not None:
            turn.faults.append(turn.recalled.fault)
        if turn.recalled.block is None:
            return body
        try:
            return dialect.insert(document, turn.recalled.block)
        except InvalidInput as error:
            turn.faults.append(f"request: NoPlace: {error}")
        except RecursionError:
            turn.faults.append(TOO_DEEP)
        turn.recalled = Recalled()
        return body

    def _user_of(self, turn: Turn, request: Request) -> str | None:
        """Whose memory it is about; empty for a shared cube's unnamed user, None where that can't be told."""
        keys = self._rules.keys
        known = ANYONE if keys is None else keys.user_of(request.headers)
        if known is None:
            turn.faults.append("user: UnknownKey: the API key belongs to no user of the table")
        elif known != ANYONE:
            return known
        elif turn.wish.user is not None:
            return turn.wish.user
        elif self._rules.is_shared:
            return ""
        else:
            turn.faults.append("user: NoUser: name one in X-Remanence-User, or in the field user")
        return None

    def _is_stranger(self, request: Request) -> bool:
        """Whether the caller would use the proxy's own key with none of the table's."""
        keys = self._rules.keys
        return self._rules.has_own_key and keys is not None and keys.user_of(request.headers) is None

    async def _pass_on(
        self,
        request: Request,
        body: bytes | AsyncIterator[bytes],
        send: Send,
        turn: Turn | None,
        heard: Heard,
        keep: Callable[[], None],
    ) -> None:
        """Ask the upstream, and send its answer on as it comes; it is kept when all of it has come."""
        ours = [] if turn is None else turn.headers(self._listing)
        plain = turn is not None and turn.wish.writes
        headers = request.headers.raw
        try:
            response = await self._upstream.ask(
                request.method, _path(request.scope), headers, body, plain=plain
            )
        except httpx2.TimeoutException:
            await refuse(send, 504, "upstream_timeout", "the upstream did not answer in time", ours)
            return
        except httpx2.TransportError as error:
            said = f"the upstream can't be reached: {type(error).__name__}"
            await refuse(send, 502, "upstream_unreachable", said, ours)
            return
        try:
            await relay(response, send, ours, heard, keep)
        finally:
            await response.aclose()

    def _keep(self, turn: Turn, dialect: Dialect, heard: Heard) -> None:
        """Have the conversation observed, once, with the answer if it came whole."""
        if turn.is_kept or turn.user is None or not turn.wish.writes or not heard.went_well:
            return
        turn.is_kept = True
        answer = dialect.answer(bytes(heard.body), streamed=heard.streamed)
        said, name = answer if answer is not None else ([], None)
        self._threads.note(turn.user, turn.session, said, name=name)
        self._memory.observe_later(turn.user, turn.session, [*turn.messages, *said], shown=turn.recalled.ids)


def application(proxy: Proxy) -> ASGIApp:
    """The routes of a proxy; it is closed when the server ends."""

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        await proxy.close()

    return Starlette(
        routes=[
            Route("/healthz", _health),
            Route(f"{ROOT}/chat/completions", _Address(partial(proxy.remembering, Chat())), methods=["POST"]),
            Route(f"{ROOT}/responses", _Address(partial(proxy.remembering, Responses())), methods=["POST"]),
            Route(ROOT + LISTS + "/{name}", _Address(proxy.listed), methods=["GET"]),
            Route(ROOT + "/{path:path}", _Address(proxy.passing)),
            Route("/{path:path}", _Address(_elsewhere)),
        ],
        lifespan=life,
    )


class _Address:
    """What answers at an address; one who leaves meanwhile is told nothing, and half a request is none."""

    def __init__(self, answer: ASGIApp) -> None:
        self._answer = answer  # a method alone would be taken for a function of a request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            await self._answer(scope, receive, send)


async def _health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def _elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    await refuse(send, 404, "no_such_path", f"there is nothing here: the base URL to give ends with {ROOT}")


def _nothing() -> None:
    """Of a call that memory does not hear, nothing is kept."""


async def _refuse_key(send: Send) -> None:
    await refuse(send, 401, "invalid_api_key", "the API key is in no line of the proxy's table of keys")


async def _body(request: Request) -> bytes | None:
    """The whole body; None where it is too long."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > BODY_BYTES_MAX:
            return None
    return bytes(found)


def _path(scope: Scope) -> str:
    """What follows the root, as it was written, with its query."""
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    path = raw.split(b"?")[0].decode("ascii", "replace").removeprefix(ROOT)
    return f"{path}?{query.decode('ascii', 'replace')}" if query else path
