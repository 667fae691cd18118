"""One cube in two places: in a file, and behind a server in this process, over a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from either_place import Open

import remanence
from remanence.cube import Cube
from remanence.faces.http.app import make_app, open_house
from remanence.faces.http.config import ServerConfig

START_SECONDS = 30


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server's cubes."""
    house = open_house(ServerConfig(data=tmp_path_factory.mktemp("served") / "data", embedder="hashing"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(make_app(house), log_config=None, access_log=False))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        begun = threading.Event()
        while not running.started and thread.is_alive():
            begun.wait(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/cubes"
        running.should_exit = True
        thread.join(START_SECONDS)


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    """The address of a cube that is not there yet, named for the test."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in request.node.name.lower())
    return f"{server}/{name.strip('-')[-60:].strip('-')}"


@pytest.fixture(params=["file", "server"])
def open_cube(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """What opens the test's cube, again and again if need be."""
    opened: list[Cube] = []

    def open_it(**options: object) -> Cube:
        if request.param == "file":
            found = remanence.open(tmp_path / "one.cube", embedder="hashing", **options)
        else:
            found = remanence.open(request.getfixturevalue("address"), **options)
        opened.append(found)
        return found

    yield open_it
    for one in opened:
        one.close()


@pytest.fixture
def cube(open_cube: Open) -> Cube:
    """Alice's cube, which holds nothing yet."""
    return open_cube(owner="Alice", time_zone="Europe/Lisbon")
