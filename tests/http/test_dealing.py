"""Connections are dealt in turn, and one process that hangs keeps no other from its share."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from remanence.faces.http.dealing import deal

SECONDS = 30.0
MANY = 1_000  # more than a channel holds of a process that takes none
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What the server listens on."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    """The channel of each of two processes: the dealer's end, and the process's."""
    both = [socket.socketpair() for _ in range(2)]
    yield both
    for pair in both:
        for end in pair:
            end.close()


def taken(channel: socket.socket) -> socket.socket:
    channel.settimeout(SECONDS)
    _, handles, *_ = socket.recv_fds(channel, 1, 1)
    return socket.socket(fileno=handles[0])


def dealing(listener: socket.socket, pairs: list[Pair], stopping: threading.Event) -> threading.Thread:
    dealer = threading.Thread(
        target=deal, args=(listener, [pair[0] for pair in pairs]), kwargs={"is_stopping": stopping.is_set}
    )
    dealer.start()
    return dealer


def end(dealer: threading.Thread, listener: socket.socket, stopping: threading.Event) -> None:
    stopping.set()
    with socket.create_connection(listener.getsockname(), SECONDS):
        dealer.join(SECONDS)
    assert not dealer.is_alive()


def test_each_process_gets_every_other_connection(listener: socket.socket, pairs: list[Pair]) -> None:
    stopping = threading.Event()
    dealer = dealing(listener, pairs, stopping)
    with ExitStack() as held:
        for number in range(4):
            asking = held.enter_context(socket.create_connection(listener.getsockname(), SECONDS))
            served = held.enter_context(taken(pairs[number % 2][1]))
            served.sendall(b"hello")
            assert asking.recv(5) == b"hello"
    end(dealer, listener, stopping)


def test_a_process_that_hangs_keeps_no_other_from_its_share(
    listener: socket.socket, pairs: list[Pair]
) -> None:
    stopping = threading.Event()
    dealer = dealing(listener, pairs, stopping)
    heard: set[bytes] = set()
    working = threading.Thread(target=lambda: heard.update(all_said(pairs[1][1], until=b"the last")))
    working.start()  # nobody takes what is dealt to the other
    for number in range(MANY):
        say(listener, b"%d" % number)
    say(listener, b"the last")
    working.join(SECONDS)
    assert b"the last" in heard
    assert MANY / 2 < len(heard) < MANY
    end(dealer, listener, stopping)


def say(listener: socket.socket, text: bytes) -> None:
    with socket.create_connection(listener.getsockname(), SECONDS) as asking:
        asking.sendall(text)


def all_said(channel: socket.socket, *, until: bytes) -> Iterator[bytes]:
    text = b""
    while text != until:
        with taken(channel) as served:
            served.settimeout(SECONDS)
            text = served.recv(100)
        yield text
