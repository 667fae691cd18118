"""The processes of a server: one that serves, or several that share a port, each with a house of its own.

What was acknowledged is on disk; what is at work when it is to end is finished.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import TypeAlias

import uvicorn

from remanence.errors import InvalidInput, RemanenceError
from remanence.faces.http import dealing, logs
from remanence.faces.http.app import make_app, open_house
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.metrics import TOGETHER_VARIABLE
from remanence.faces.listening import BACKLOG

STOPPING = (signal.SIGINT, signal.SIGTERM)
Beginning: TypeAlias = "asyncio.Task[tuple[asyncio.Transport, asyncio.Protocol]]"
SETTLED_AFTER_S = 30.0  # until then first requests have imported what they need


class _Server(uvicorn.Server):
    """A server that ends when it is told to, where uvicorn's would then kill itself by the same signal."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket | None) -> None:
        super().__init__(config)
        self._channel = channel
        self._beginning: set[Beginning] = set()  # held: the loop itself holds them weakly

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        _freeze()
        loop = asyncio.get_running_loop()
        loop.call_later(SETTLED_AFTER_S, _freeze)
        await super().startup(sockets)
        if self._channel is not None:
            dealing.take(self._channel, self._serve_connection, loop=loop)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel)
        await super().shutdown(sockets)

    def _serve_connection(self, connection: socket.socket) -> None:
        """As uvicorn does with a connection that it accepts itself."""
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        begun = loop.create_task(
            loop.connect_accepted_socket(
                lambda: self.config.http_protocol_class(  # type: ignore[call-arg]  # of any of its protocols
                    config=self.config, server_state=self.server_state, app_state=self.lifespan.state
                ),
                connection,
                ssl=self.config.ssl,
            )
        )
        self._beginning.add(begun)
        begun.add_done_callback(self._begun)

    def _begun(self, begun: Beginning) -> None:
        self._beginning.discard(begun)
        if not begun.cancelled() and (error := begun.exception()) is not None:  # no TLS, or gone already
            logs.tell("connection lost", level=logging.DEBUG, fault=type(error).__name__)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = [(one, signal.signal(one, self.handle_exit)) for one in STOPPING]
        try:
            yield
        finally:
            for one, handler in before:
                signal.signal(one, handler)


def run(
    config: ServerConfig,
    key: str | None,
    ready: Callable[[], None],
    *,
    listener: socket.socket | None = None,
    channel: socket.socket | None = None,
) -> None:
    """Serve from this process until it is told to stop; `ready` is called before the first request.

    Connections are accepted at the listener, or come through the channel.
    """
    house = open_house(config, key=key)
    settings = uvicorn.Config(
        make_app(house),
        log_config=None,
        access_log=False,
        proxy_headers=False,  # who asks is told by the key alone
        server_header=False,
        lifespan="on",
        backlog=BACKLOG,
        timeout_graceful_shutdown=round(config.stop_seconds_max),
        ssl_certfile=config.tls_certificate,
        ssl_keyfile=config.tls_key,
    )
    try:
        settings.load()
    except OSError as error:  # an unreadable certificate too
        house.close()
        raise InvalidInput(f"the TLS certificate or its key can't be used: {error}") from error
    server = _Server(settings, channel)
    house.is_stopping = lambda: server.should_exit
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, server), daemon=True).start()
    ready()
    server.run(sockets=[] if listener is None else [listener])


def run_together(config: ServerConfig, key: str | None, listener: socket.socket) -> None:
    """Serve from several processes, until told to stop or one is lost: then none goes on, and it raises."""
    config.metrics.mkdir(mode=0o700)
    os.environ[TOGETHER_VARIABLE] = str(config.metrics)  # read as the library is imported, by each process
    spawning = multiprocessing.get_context("spawn")  # no thread and no open cube is taken along
    pairs = [socket.socketpair() for _ in range(config.processes)]
    workers = [spawning.Process(target=_one_of, args=(config, key, theirs)) for _, theirs in pairs]
    is_stopping = threading.Event()

    def stop(number: int, frame: object) -> None:
        is_stopping.set()
        _end(workers)

    for one, (_, theirs) in zip(workers, pairs, strict=True):
        one.start()
        theirs.close()
    ours = [channel for channel, _ in pairs]
    dealer = partial(dealing.deal, listener, ours, is_stopping=is_stopping.is_set)
    threading.Thread(target=dealer, daemon=True).start()
    before = [(one, signal.signal(one, stop)) for one in STOPPING]
    try:
        wait([one.sentinel for one in workers])
        is_lost = not is_stopping.is_set()
        _end(workers)
        for one in workers:
            one.join()
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    if is_lost:
        codes = ", ".join(str(one.exitcode) for one in workers)
        raise RemanenceError(
            f"a process of the server ended by itself, so all were stopped (exit codes {codes})"
        )


def _one_of(config: ServerConfig, key: str | None, channel: socket.socket) -> None:
    logs.configure()
    run(config, key, lambda: None, channel=channel)


def _freeze() -> None:
    """Take what stays from the garbage collector: looking through all modules stops a server for 0.1 s."""
    gc.collect()
    gc.freeze()


def _end(workers: Sequence[BaseProcess]) -> None:
    for one in workers:
        if one.is_alive():
            one.terminate()


def _end_with(sentinel: int, server: uvicorn.Server) -> None:
    """Stop once the process that began this one is gone, however it went."""
    wait([sentinel])
    server.should_exit = True
