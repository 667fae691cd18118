"""Serves one client on standard input and output, until its input ends or the process is told to end."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mcp.server import MCPServer

CHUNK_BYTES = 65_536
STANDARD_INPUT = 0


def serve(server: MCPServer) -> None:
    """Serve until the client is gone; raises KeyboardInterrupt after Ctrl-C, when all has ended well."""
    if os.name != "posix":  # elsewhere a process is ended by closing its input, or at once
        server.run("stdio")
        return
    with _input_that_ends() as heard:
        server.run("stdio")
    if signal.SIGINT in heard:
        raise KeyboardInterrupt


@contextmanager
def _input_that_ends() -> Iterator[list[int]]:
    """Put a pipe in the place of standard input: a signal to end closes it, as the client would.

    Without it a thread waits for the client's next line and nothing can wake it. Gives the signals heard.
    """
    client = os.dup(STANDARD_INPUT)
    server_end, our_end = os.pipe()
    os.dup2(server_end, STANDARD_INPUT)
    os.close(server_end)
    woken, wake = os.pipe()
    heard: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        if not heard:
            os.write(wake, b".")
        heard.append(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    threading.Thread(target=_pass_on, args=(client, woken, our_end), daemon=True).start()
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pass_on(client: int, woken: int, our_end: int) -> None:
    """Hand on what the client sends until it ends or somebody wakes us; then close our end."""
    try:
        while True:
            ready, _, _ = select.select([client, woken], [], [])
            if woken in ready:
                return
            sent = os.read(client, CHUNK_BYTES)
            if not sent:
                return
            while sent:
                sent = sent[os.write(our_end, sent) :]
    except BrokenPipeError:
        return  # nobody reads any more
    finally:
        os.close(our_end)
