"""Connections dealt to the processes of a server, one to each in turn.

A socket that all listen on gives most connections to whichever process is awake, and so all work to one core.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Sequence
from itertools import cycle

MARK = b"c"  # a connection travels beside at least one byte
SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)  # of what other connections will free
PAUSE_S = 0.05


def deal(
    listener: socket.socket, channels: Sequence[socket.socket], *, is_stopping: Callable[[], bool]
) -> None:
    """Accept connections until a process is gone or the server is stopping."""
    for channel in cycle(channels):
        try:
            connection, _ = listener.accept()
        except ConnectionError:  # whoever asked has left already
            continue
        except OSError as error:
            if error.errno not in SHORT:  # the listener was closed
                return
            time.sleep(PAUSE_S)
            continue
        with connection:
            if is_stopping():
                return
            try:
                socket.send_fds(channel, [MARK], [connection.fileno()])
            except ConnectionError:  # the process is gone, and with it the server
                return
            except OSError:  # too many on their way: this one is told by being closed
                time.sleep(PAUSE_S)


def take(
    channel: socket.socket, serve: Callable[[socket.socket], None], *, loop: asyncio.AbstractEventLoop
) -> None:
    """Have each connection served that comes through the channel, until it is closed."""
    channel.setblocking(False)

    def come() -> None:
        try:
            told, handles, *_ = socket.recv_fds(channel, len(MARK), 1)
        except BlockingIOError:  # nothing after all
            return
        for handle in handles:
            serve(socket.socket(fileno=handle))
        if not told:
            loop.remove_reader(channel)

    loop.add_reader(channel, come)
