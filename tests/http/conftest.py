"""Servers that many tests share, each test with a cube of its own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from http_server import Server, make


@pytest.fixture(scope="session")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without keys."""
    server = Server(tmp_path_factory.mktemp("open") / "data").start()
    yield server
    assert server.stop() == 0, "it ends as it should"


@pytest.fixture
def client(open_server: Server) -> Iterator[httpx2.Client]:
    """A client of the server without keys."""
    with open_server.client() as client:
        yield client


@pytest.fixture
def cube(client: httpx2.Client, request: pytest.FixtureRequest) -> str:
    """The path of a new cube of Alice's, named for the test."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name.lower())
    return make(client, name.encode("ascii", "ignore").decode().strip("-")[-60:].strip("-"))
