"""Runs a server until it is told to stop; what it acknowledged is on disk, what is at work it finishes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from remanence.errors import InvalidInput, Refused
from remanence.faces.http import logs
from remanence.faces.http.app import make_app, open_house
from remanence.faces.http.config import ServerConfig
from remanence.faces.listening import in_an_address, listening

STOPPING = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """A server that ends when it is told to, where uvicorn's would then kill itself by the same signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = [(one, signal.signal(one, self.handle_exit)) for one in STOPPING]
        try:
            yield
        finally:
            for one, handler in before:
                signal.signal(one, handler)


def serve(config: ServerConfig, *, key: str | None = None) -> None:
    """Serve a data directory until SIGINT or SIGTERM.

    Raises Refused where anybody could reach it without a key, InvalidInput where it can't listen there.
    """
    logs.configure()
    house = open_house(config, key=key)
    needs_keys = house.registry.has_keys()
    if not needs_keys and not config.is_loopback:
        house.close()
        raise Refused(
            f"without an API key the server listens on this machine alone, and {config.host} is more; make a "
            "key with `remanence keys add`, or leave --host out"
        )
    try:
        listener = listening(config.host, config.port)
    except InvalidInput:
        house.close()
        raise
    settings = uvicorn.Config(
        make_app(house),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=round(config.stop_seconds_max),
        ssl_certfile=config.tls_certificate,
        ssl_keyfile=config.tls_key,
    )
    try:
        settings.load()
    except OSError as error:  # an unreadable certificate too
        listener.close()
        house.close()
        raise InvalidInput(f"the TLS certificate or its key can't be used: {error}") from error
    server = _Server(settings)
    house.is_stopping = lambda: server.should_exit
    scheme = "http" if config.tls_certificate is None else "https"
    host, port = listener.getsockname()[:2]
    logs.tell(
        "listening",
        url=f"{scheme}://{in_an_address(host)}:{port}",
        data=str(config.data),
        keys="needed" if needs_keys else "none: anybody on this machine may use it, and nobody else",
    )
    server.run(sockets=[listener])
    logs.tell("stopped")
