"""What each client has been answered with, so that what its model says of it again is known for an echo."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from mcp.server.mcpserver import Context

CLIENTS_MAX = 1_000
ITEMS_MAX = 2_000  # of a client, the last ones: some windows full
OVER_PIPES = ""  # one client alone talks over standard input and output
SESSION_HEADER = "mcp-session-id"


class Handed:
    """The items handed out in each client's session; over HTTP without sessions nothing is known."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def note(self, client: Context, items: Iterable[str]) -> None:
        """Say that these items' ids were among what a client was answered with."""
        session = _session_of(client)
        if session is None:
            return
        with self._lock:
            known = self._items.setdefault(session, OrderedDict())
            self._items.move_to_end(session)
            for item in items:
                known[item] = None
                known.move_to_end(item)
            while len(known) > ITEMS_MAX:
                known.popitem(last=False)
            while len(self._items) > CLIENTS_MAX:
                self._items.popitem(last=False)

    def to(self, client: Context) -> list[str]:
        """The ids of what a client was answered with so far."""
        session = _session_of(client)
        with self._lock:
            return [] if session is None else list(self._items.get(session, ()))


def _session_of(client: Context) -> str | None:
    headers = client.headers
    return OVER_PIPES if headers is None else headers.get(SESSION_HEADER)
