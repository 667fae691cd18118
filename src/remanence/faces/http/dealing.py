"""Connections dealt to the processes of a server, one to each in turn.

A socket that all listen on gives most connections to whichever process is awake, and so all work to one core.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from array import array
from collections.abc import Callable, Sequence
from itertools import cycle, islice

MARK = b"c"  # a connection travels beside at least one byte
SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)  # of what other connections will free
PAUSE_S = 0.05


def deal(
    listener: socket.socket, channels: Sequence[socket.socket], *, is_stopping: Callable[[], bool]
) -> None:
    """Accept connections until a process is gone or the server is stopping.

    A process that takes none, since it hangs, is passed over once its channel is full.
    """
    turns = cycle(channels)
    while True:
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
                is_sent = any(_sent(connection, channel) for channel in islice(turns, len(channels)))
            except ConnectionError:  # the process is gone, and with it the server
                return
            if not is_sent:  # too many on their way: this one is told by being closed
                time.sleep(PAUSE_S)


def _sent(connection: socket.socket, channel: socket.socket) -> bool:
    try:
        # socket.send_fds takes flags and forgets them: https://github.com/python/cpython/issues/107898
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [connection.fileno()]))
        channel.sendmsg([MARK], [rights], socket.MSG_DONTWAIT)
    except ConnectionError:
        raise
    except OSError:  # it is full, or handles are short
        return False
    return True


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
