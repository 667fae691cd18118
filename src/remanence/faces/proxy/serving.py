"""Listens for callers: on this machine alone, or for others too where a table of keys says who they are."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from remanence.errors import InvalidInput
from remanence.faces.listening import LOCAL_NAMES, host_of, in_an_address, is_loopback, listening
from remanence.faces.proxy.answering import refuse

GRACE_SECONDS = 30  # for answers on their way when the server is told to end


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and by which further names callers may ask for it."""

    host: str = "127.0.0.1"
    port: int = 8790
    names: tuple[str, ...] = ()
    has_keys: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    def check(self) -> None:
        """Raise InvalidInput for a place where anybody could read anybody's memory."""
        if not self.is_loopback and not self.has_keys:
            raise InvalidInput(
                f"{self.host} can be reached from other machines: give --keys FILE, which says whose memory "
                "an API key opens; or leave --host out to serve this machine alone"
            )

    @property
    def allowed(self) -> frozenset[str] | None:
        """The names by which it may be asked for, None for any: keys tell callers apart then."""
        if self.is_loopback:
            return frozenset((*LOCAL_NAMES, self.host, *self.names))
        return frozenset((self.host, *self.names)) if self.names else None


class Doors:
    """An application that no web page reaches under another name, or from another origin."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str] | None) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it with 403."""
        if scope["type"] == "http" and self._allowed is not None:
            headers = Headers(scope=scope)
            asked = [f"//{headers.get('host', '')}"]
            asked += [headers["origin"]] if "origin" in headers else []
            if not all(host_of(one) in self._allowed for one in asked):
                told = "asked for under a name, or from a page, that is not allowed; see --allow-host"
                await refuse(send, 403, "host_not_allowed", told)
                return
        await self._app(scope, receive, send)


def serve(app: ASGIApp, place: Place, *, say: Callable[[str], None]) -> None:
    """Serve until the process is told to end; raises InvalidInput where it can't listen there."""
    place.check()
    with listening(place.host, place.port) as listener:
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            Doors(app, place.allowed),
            log_level="warning",
            access_log=False,
            server_header=False,  # the upstream's own go through
            date_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        # uvicorn ends by raising again the signal it heard: here that is no second death.
        signal.signal(signal.SIGTERM, lambda *_: None)
        say(f"http://{in_an_address(place.host)}:{port}/v1")
        uvicorn.Server(config).run(sockets=[listener])


def announce(url: str) -> None:
    """Say on standard error where it listens."""
    sys.stderr.write(f"remanence: give your application the base URL {url}\n")
    sys.stderr.flush()
