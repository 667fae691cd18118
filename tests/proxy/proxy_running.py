"""A proxy in this process on a real port, with the cubes of a folder, or one cube for all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import openai
import uvicorn

import remanence
from remanence.faces.proxy.app import Proxy, Rules, application
from remanence.faces.proxy.callers import Keys
from remanence.faces.proxy.cubes import Cubes, Folder, OneFile
from remanence.faces.proxy.memory import Memory
from remanence.faces.proxy.serving import Doors, Place
from remanence.faces.proxy.upstream import Upstream
from remanence.faces.proxy.wishes import Habits


@dataclass
class RunningProxy:
    """Where it is reached; `end` stops it as a signal does."""

    url: str
    server: uvicorn.Server
    thread: threading.Thread
    clients: list[openai.OpenAI] = field(default_factory=list)

    def client(self, key: str = "sk-caller", **headers: str) -> openai.OpenAI:
        """The real client, pointed here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = openai.OpenAI(
            base_url=self.url, api_key=key, max_retries=0, timeout=30, default_headers=named
        )
        self.clients.append(client)
        return client

    def end(self) -> None:
        """Let it end in its own time: all that was heard is written then."""
        for client in self.clients:
            client.close()
        self.clients.clear()
        self.server.should_exit = True
        self.thread.join()


@contextmanager
def running(
    upstream: str,
    *,
    folder: Path | None = None,
    cube: Path | None = None,
    keys: Keys | None = None,
    key: str | None = None,
    habits: Habits | None = None,
    memory_timeout_s: float = 60.0,
    upstream_timeout_s: float = 60.0,
    wait_seconds: float = 30.0,
) -> Iterator[RunningProxy]:
    """Run a proxy until the block ends."""

    def open_cube(path: Path, owner: str | None) -> remanence.Cube:
        return remanence.open(path, owner=owner, embedder="hashing", wait_seconds=wait_seconds)

    places = OneFile(cube) if cube is not None else Folder(folder or Path())
    memory = Memory(Cubes(places, open_cube), timeout_s=memory_timeout_s, names_speakers=cube is not None)
    behind = Upstream(upstream, key=key, timeout_s=upstream_timeout_s)
    rules = Rules(habits or Habits(), keys, is_shared=cube is not None, has_own_key=key is not None)
    app = Doors(application(Proxy(behind, memory, rules)), Place().allowed)
    config = uvicorn.Config(
        app, port=0, log_level="error", server_header=False, date_header=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    one = RunningProxy(f"http://127.0.0.1:{port}/v1", server, thread)
    try:
        yield one
    finally:
        one.end()
