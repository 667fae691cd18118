"""Runs a server until it is told to stop; what it acknowledged is on disk, what is at work it finishes."""

from __future__ import annotations

import shutil
import socket

from remanence.clock import SystemClock
from remanence.errors import Refused
from remanence.faces.http import logs
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.registry import Registry
from remanence.faces.http.running import run, run_together
from remanence.faces.listening import in_an_address, listening


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
    with listening(config.host, config.port) as listener:
        for folder in (config.exports, config.metrics):
            shutil.rmtree(folder, ignore_errors=True)  # what a server that was killed left there
        if config.processes == 1:
            run(config, key, lambda: _tell_listening(config, listener, needs_keys), listener=listener)
        else:
            _tell_listening(config, listener, needs_keys)
            run_together(config, key, listener)
    logs.tell("stopped")


def _tell_listening(config: ServerConfig, listener: socket.socket, needs_keys: bool) -> None:
    scheme = "http" if config.tls_certificate is None else "https"
    host, port = listener.getsockname()[:2]
    logs.tell(
        "listening",
        url=f"{scheme}://{in_an_address(host)}:{port}",
        data=str(config.data),
        keys="needed" if needs_keys else "none: anybody on this machine may use it, and nobody else",
    )
