"""A server of several processes: one change at a time, counted together, and none left behind."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from http_server import STOP_SECONDS, Server, make

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a server is one process there")
CALLERS = 12


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data", ("--processes", "2")).start()
    yield server
    server.process.kill()
    server.process.wait()


def children(server: Server) -> list[int]:
    """The processes that serve, found by their parent; not the one by which Python keeps account."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            words, line = status.read_text(), (status.parent / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if f"\nPPid:\t{server.process.pid}\n" in words and b"spawn_main" in line:
            found.append(int(status.parent.name))
    return found


def at_once(server: Server, count: int, path: str, body: dict, **headers: str) -> list[httpx2.Response]:
    """The same request from many callers, each with a connection of its own."""

    def send(_: int) -> httpx2.Response:
        with server.client() as client:
            return client.post(path, json=body, headers=headers)

    with ThreadPoolExecutor(count) as callers:
        return list(callers.map(send, range(count)))


def test_a_change_is_made_once_whichever_process_it_meets(server: Server) -> None:
    with server.client() as client:
        cube = make(client, "alice")
        told = at_once(
            server, CALLERS, f"{cube}/items", {"text": "Alice likes tea"}, **{"idempotency-key": "k"}
        )
        assert [one.status_code for one in told] == [201] * CALLERS
        assert len({one.json()["id"] for one in told}) == 1
        assert sum("idempotency-replayed" not in one.headers for one in told) == 1
        item = told[0].json()["id"]
        etag = client.get(f"{cube}/items/{item}").headers["etag"]
        met = at_once(server, CALLERS, f"{cube}/items/{item}/revise", {"text": "mate"}, **{"if-match": etag})
        assert sorted(one.status_code for one in met) == [200] + [412] * (CALLERS - 1)
        assert client.get(f"{cube}/check").json() == {"sound": True, "faults": []}
    server.process.terminate()
    assert server.process.wait(STOP_SECONDS) == 0


def test_what_they_answer_is_counted_together(server: Server) -> None:
    for _ in range(CALLERS):
        with server.client() as client:  # each of its own connection, so that both processes have some
            client.get("/healthz")
    with server.client() as client:
        text = client.get("/metrics").text
    (count,) = re.findall(
        r'remanence_requests_total\{method="GET",route="/healthz",status="200"\} (\S+)', text
    )
    assert float(count) == CALLERS


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_connections_are_dealt_evenly(server: Server) -> None:
    with ExitStack() as open_ones:

        def ask_from_new_ones(count: int) -> None:
            for _ in range(count):
                assert open_ones.enter_context(server.client()).get("/healthz").status_code == 200

        ask_from_new_ones(2)  # then both have begun
        before = [sockets_of(one) for one in children(server)]
        ask_from_new_ones(CALLERS)
        after = [sockets_of(one) for one in children(server)]
    more = [now - then for now, then in zip(after, before, strict=True)]
    assert more == [CALLERS // 2, CALLERS // 2]


def sockets_of(process: int) -> int:
    return sum(os.readlink(handle).startswith("socket:") for handle in Path(f"/proc/{process}/fd").glob("*"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_when_one_is_lost_none_goes_on(server: Server) -> None:
    with server.client() as client:
        make(client, "alice")
    first, _ = children(server)
    os.kill(first, signal.SIGKILL)
    assert server.process.wait(STOP_SECONDS) == 1
    assert any("ended by itself" in line for line in server.lines)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_none_is_left_behind_by_a_parent_that_was_killed(server: Server) -> None:
    with server.client() as client:
        make(client, "alice")
    left = children(server)
    assert len(left) == 2
    server.kill()
    until = time.monotonic() + STOP_SECONDS
    while any(Path(f"/proc/{one}/cmdline").exists() and not is_dead(one) for one in left):
        assert time.monotonic() < until, "they go on"
        time.sleep(0.05)


def is_dead(process: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{process}/status").read_text()
    except OSError:  # it is gone
        return True
