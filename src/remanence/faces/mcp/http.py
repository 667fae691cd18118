"""Serves many clients over HTTP at /mcp: this machine alone, or others too behind a key."""

from __future__ import annotations

import hmac
import ipaddress
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import uvicorn
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from remanence.errors import InvalidInput
from remanence.faces.listening import LOCAL_NAMES, bearer_key, in_an_address, is_loopback, listening

PATH = "/mcp"
KEY_VARIABLE = "REMANENCE_MCP_KEY"
KEY_CHARS_MIN = 16
GRACE_SECONDS = 3  # for answers on their way when the server is told to end


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, under which names clients may ask for it, and the key that they must show."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    key: str | None = field(default=None, repr=False)

    @property
    def is_private(self) -> bool:
        """Whether only this machine reaches it, and under its own names: a proxy would have another."""
        return self.is_loopback and not self.names

    @property
    def is_loopback(self) -> bool:
        """Whether it listens to this machine alone."""
        return is_loopback(self.host)

    def check(self) -> None:
        """Raise InvalidInput for a place that would give the memory away."""
        if self.key is not None and (len(self.key) < KEY_CHARS_MIN or not self.key.isascii()):
            raise InvalidInput(f"the key must have at least {KEY_CHARS_MIN} characters, all ASCII")
        if self.is_private:
            return
        if self.key is None:
            reached = " or ".join([self.host, *self.names])
            raise InvalidInput(
                f"other machines may reach it at {reached}: set {KEY_VARIABLE}, or give --key-file, to a key "
                "that clients must show; or leave --host and --allow-host out to serve this machine alone"
            )
        if not self.names and _is_any_address(self.host):
            raise InvalidInput(
                f"{self.host} means every address of this machine: give --allow-host NAME for each name or "
                "address by which clients reach it, so that no other site's name can stand for it"
            )


def key_of(file: str | None, variable: str | None) -> str | None:
    """The key in a file, else in the environment; raises InvalidInput where the file can't be read."""
    if file is None:
        return variable or None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the key can't be read from {file}: {error}") from error


def serve(server: MCPServer, place: Place, *, owner: str) -> None:
    """Serve until the process is told to end; raises InvalidInput where it can't listen there."""
    place.check()
    with listening(place.host, place.port) as listener:
        port = int(listener.getsockname()[1])
        app: ASGIApp = server.streamable_http_app(
            streamable_http_path=PATH, transport_security=_allowed(place, port)
        )
        if place.key is not None:
            app = KeyAsked(app, place.key)
        config = uvicorn.Config(
            app,
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        signal.signal(signal.SIGTERM, _leave)  # uvicorn raises it again when all clients are served
        who = "this machine only" if place.is_private else "whoever has the key"
        sys.stderr.write(
            f"remanence: serving {owner!r} at http://{in_an_address(place.host)}:{port}{PATH} to {who}\n"
        )
        sys.stderr.flush()
        uvicorn.Server(config).run(sockets=[listener])


class KeyAsked:
    """An application behind a bearer key: who does not show it learns nothing."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._expected = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in that shows the key; answer 401 to any other."""
        if scope["type"] == "http" and not self._shown(Headers(scope=scope)):
            body = {"error": "invalid_token", "error_description": "send Authorization: Bearer and the key"}
            refusal = JSONResponse(body, status_code=401, headers={"WWW-Authenticate": "Bearer"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _shown(self, headers: Headers) -> bool:
        given = bearer_key(headers.get("authorization")) or ""
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._expected)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(0)


def _allowed(place: Place, port: int) -> TransportSecuritySettings:
    """By which names a request may ask for the server, so that no site can point its own name at it."""
    names: Sequence[str] = place.names or (place.host,)
    if place.is_loopback:
        names = (*LOCAL_NAMES, place.host, *place.names)
    written = [in_an_address(one) for one in dict.fromkeys(names)]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[host for one in written for host in (one, f"{one}:{port}")],
        allowed_origins=[
            origin
            for one in written
            for scheme in ("http", "https")
            for origin in (f"{scheme}://{one}", f"{scheme}://{one}:{port}")
        ],
    )


def _is_any_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
