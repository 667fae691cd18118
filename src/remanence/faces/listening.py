"""What all faces that serve HTTP ask alike: where to listen, who reaches it there, which key was shown."""

from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from remanence.errors import InvalidInput

# By which names this machine asks for itself. A page in a browser could reach it under any other.
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
BACKLOG = 2_048


@lru_cache(maxsize=16)  # asked for each request
def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("alice.example")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # the name of some machine
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises InvalidInput where that can't be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        raise InvalidInput(
            f"can't listen at {host} port {port}: {error}; give another --host or --port"
        ) from error


def in_an_address(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets.

    >>> in_an_address("::1"), in_an_address("localhost")
    ('[::1]', 'localhost')
    """
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


@lru_cache(maxsize=64)
def host_of(address: str) -> str | None:
    """The host that an address names, or a Host header behind "//"; None where it names none.

    >>> host_of("//[::1]:8080"), host_of("https://Example.org"), host_of("//")
    ('::1', 'example.org', None)
    """
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def bearer_key(authorization: str | None) -> str | None:
    """The key in a header `Authorization: Bearer KEY`; None where it shows none.

    >>> bearer_key("bearer  rem_1 "), bearer_key("Basic YTpi"), bearer_key("Bearer ")
    ('rem_1', None, None)
    """
    scheme, _, key = (authorization or "").partition(" ")
    return (key.strip() or None) if scheme.lower() == "bearer" else None
