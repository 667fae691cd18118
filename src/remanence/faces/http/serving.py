"""Runs a server until it is told to stop; what it acknowledged is on disk, what is at work it finishes."""

from __future__ import annotations

import shutil
import socket

from remanence.clock import SystemClock
from remanence.errors import InvalidInput, Refused
from remanence.faces.http import logs
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.registry import Registry
from remanence.faces.http.running import BACKLOG, run, run_together


def serve(config: ServerConfig, *, key: str | None = None) -> None:
    """Serve a data directory until SIGINT or SIGTERM.

    Raises Refused where anybody could reach it without a key, InvalidInput where it can't listen there.
    """
    logs.configure()
    with Registry(config.data, SystemClock()) as registry:
        needs_keys = registry.has_keys()
    if not needs_keys and not config.is_loopback:
        raise Refused(
            f"without an API key the server listens on this machine alone, and {config.host} is more; make a "
            "key with `remanence keys add`, or leave --host out"
        )
    try:
        listener = _listener(config)
    except OSError as error:
        raise InvalidInput(f"{config.host} port {config.port} can't be had: {error.strerror}") from error
    with listener:
        for folder in (config.exports, config.metrics):
            shutil.rmtree(folder, ignore_errors=True)  # what a server that was killed left there
        if config.processes == 1:
            run(config, key, listener, lambda: _tell_listening(config, listener, needs_keys))
        else:
            _tell_listening(config, listener, needs_keys)
            run_together(config, key, listener)
    logs.tell("stopped")


def _tell_listening(config: ServerConfig, listener: socket.socket, needs_keys: bool) -> None:
    scheme = "http" if config.tls_certificate is None else "https"
    host, port = listener.getsockname()[:2]
    logs.tell(
        "listening",
        url=f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}",
        data=str(config.data),
        keys="needed" if needs_keys else "none: anybody on this machine may use it, and nobody else",
    )


def _listener(config: ServerConfig) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
