"""How the server listens and ends: clients over HTTP, who is let in, and a clean end of both transports."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import anyio
import httpx2
import mcp_client as mcp
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import Implementation

import remanence
from remanence.faces.cli.app import run

KEY = "correct-horse-battery"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPTED = {"Accept": "application/json, text/event-stream"}


def ended(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    """Tell it to end; its exit code, and what it said on standard error."""
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    return process.returncode, said


def one_file(cube: Path) -> bool:
    """Whether the cube was closed: a log of writes beside it is gone then."""
    return [one.name for one in cube.parent.iterdir() if one.name.startswith(cube.name)] == [cube.name]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_two_clients_share_one_memory_and_the_journal_tells_them_apart(tmp_path: Path, mode: str) -> None:
    async def write(client: Client, who: str) -> None:
        for number in range(5):
            await mcp.ask(client, "remember", text=f"{who} saw comet number {number}")

    async def conversation(address: str) -> None:
        async with (
            Client(address, mode=mode, client_info=Implementation(name="desk", version="1")) as desk,
            Client(address, mode=mode, client_info=Implementation(name="phone", version="1")) as phone,
        ):
            async with anyio.create_task_group() as together:
                together.start_soon(write, desk, "Ana")
                together.start_soon(write, phone, "Rui")
            found = mcp.text(await mcp.ask(desk, "recall", question="who saw a comet?", limit=50))
            assert (found.count("Ana saw"), found.count("Rui saw")) == (5, 5)
            assert "remembered" not in await mcp.refused(phone, "history", id="zzzzzzzz")

    with mcp.serving(tmp_path / "a.cube", "--owner", "Alice") as (process, address):
        mcp.run(lambda: conversation(address))
        assert ended(process, signal.SIGTERM) == (0, "")
    assert one_file(tmp_path / "a.cube")
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        assert [line.actor for line in cube.journal()].count("mcp:phone") == 5


def test_by_default_it_serves_this_machine_alone_and_under_its_own_name(tmp_path: Path) -> None:
    with mcp.serving(tmp_path / "a.cube") as (_, address):
        assert address.startswith("http://127.0.0.1:")
        port = address.split(":")[2].split("/")[0]
        for headers, status in (
            ({"Host": "evil.example"}, 421),
            ({"Host": f"evil.example:{port}"}, 421),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": f"http://127.0.0.1:{port}.evil.example"}, 403),
        ):
            answer = httpx2.post(address, json=CALL, headers=ACCEPTED | headers)
            assert answer.status_code == status, (headers, answer.text)
        assert httpx2.post(address, content=b"{", headers=ACCEPTED).status_code == 400
        assert httpx2.get(address.removesuffix("mcp")).status_code == 404


def test_with_a_key_nobody_is_let_in_without_it(tmp_path: Path) -> None:
    async def conversation(address: str) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            await mcp.ask(client, "remember", text="behind the door")

    with mcp.serving(tmp_path / "a.cube", REMANENCE_MCP_KEY=KEY) as (_, address):
        for shown in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}):
            answer = httpx2.post(address, json=CALL, headers=ACCEPTED | shown)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert KEY not in answer.text
        mcp.run(lambda: conversation(address))


def test_other_machines_are_served_only_behind_a_key_and_under_names_that_were_given(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n", encoding="utf-8")
    options = ("--host", "0.0.0.0", "--allow-host", "memory.example", "--key-file", str(key_file))
    with mcp.serving(tmp_path / "a.cube", *options) as (_, address):
        port = address.split(":")[2].split("/")[0]
        here = f"http://127.0.0.1:{port}/mcp"
        headers = ACCEPTED | {"Authorization": f"bearer {KEY}"}
        assert httpx2.post(here, json=CALL, headers=headers).status_code == 421
        named = headers | {"Host": f"memory.example:{port}"}
        assert httpx2.post(here, json=CALL, headers=named).status_code not in (401, 403, 421)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--http", "--host", "0.0.0.0"], "REMANENCE_MCP_KEY"),
        (["--http", "--allow-host", "memory.example"], "REMANENCE_MCP_KEY"),  # a proxy would pass others on
        (["--http", "--host", "::", "--key-file", "KEY"], "--allow-host NAME"),
        (["--http", "--host", "192.0.2.1", "--key-file", "missing"], "can't be read"),
        (["--http", "--key-file", "SHORT"], "at least 16 characters"),
        (["--http", "--host", "192.0.2.1", "--key-file", "KEY"], "can't listen at 192.0.2.1"),
        (["--http", "--port", "PORT"], "give another --host or --port"),
        (["--host", "0.0.0.0"], "go with --http"),
        (["--profile", "other"], "is not one of: remanence, reference"),
        (["--read-only"], "no cube"),
    ],
)
def test_what_can_not_be_served_is_refused_with_what_would_be_right(
    tmp_path: Path,
    options: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REMANENCE_MCP_KEY", raising=False)
    (tmp_path / "KEY").write_text(KEY, encoding="utf-8")
    (tmp_path / "SHORT").write_text("short", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        stand_ins = {"KEY": str(tmp_path / "KEY"), "SHORT": str(tmp_path / "SHORT")}
        stand_ins["PORT"] = str(taken.getsockname()[1])
        given = [stand_ins.get(one, one) for one in options]
        code = run(["--cube", str(tmp_path / "a.cube"), "--embedder", "hashing", "mcp", *given])
    printed = capsys.readouterr()
    assert code in (1, 2)
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_while_a_client_listens_it_closes_the_cube(tmp_path: Path, number: int) -> None:
    with mcp.serving(tmp_path / "a.cube") as (process, address):
        hello = {
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18", "capabilities": {},
                "clientInfo": {"name": "c", "version": "1"},
            },
        }  # fmt: skip
        answer = httpx2.post(address, json=hello, headers=ACCEPTED)
        session = {"Mcp-Session-Id": answer.headers["mcp-session-id"]}
        with httpx2.stream("GET", address, headers=ACCEPTED | session) as events:
            assert events.status_code == 200
            code, _ = ended(process, number)
        assert code == (0 if number == signal.SIGTERM else 130)
    assert one_file(tmp_path / "a.cube")


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "raw\u202e\nclient", "version": "1"},
    },
}


def send(process: subprocess.Popen[str], *messages: object) -> None:
    assert process.stdin is not None
    process.stdin.write("".join(json.dumps(message) + "\n" for message in messages))
    process.stdin.flush()


def answered(process: subprocess.Popen[str]) -> dict[str, dict[str, object]]:
    assert process.stdout is not None
    found: dict[str, dict[str, object]] = json.loads(process.stdout.readline())
    return found


def begun(cube: Path) -> subprocess.Popen[str]:
    """A server over standard input and output that has shaken hands and remembered something."""
    process = mcp.started(cube)
    send(process, INITIALIZE)
    assert answered(process)["result"]["serverInfo"] == {
        "name": "remanence",
        "title": "Remanence memory",
        "version": remanence.__version__,
    }
    call = {"name": "remember", "arguments": {"text": "Alice sails"}}
    send(
        process,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
    )
    assert "structuredContent" in answered(process)["result"]
    return process


def test_the_end_of_its_input_ends_it(tmp_path: Path) -> None:
    process = begun(tmp_path / "a.cube")
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
    assert one_file(tmp_path / "a.cube")
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        assert cube.journal(limit=1)[0].actor == "mcp:rawclient"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_though_its_input_goes_on(tmp_path: Path, number: int, code: int) -> None:
    process = begun(tmp_path / "a.cube")
    begin = time.monotonic()
    process.send_signal(number)
    assert process.wait(timeout=20) == code
    assert time.monotonic() - begin < 10
    assert process.communicate()[1] == ""
    assert one_file(tmp_path / "a.cube")


def test_lines_that_are_no_messages_do_not_end_it(tmp_path: Path) -> None:
    process = begun(tmp_path / "a.cube")
    assert process.stdin is not None
    process.stdin.write("not json\n{}\n[1, 2\n\n\ufffd\x00\n")
    send(process, {"jsonrpc": "2.0", "id": 7, "method": "ping"})
    while (answer := answered(process)).get("id") != 7:
        assert "error" in answer or answer.get("method") == "notifications/message"
    process.stdin.close()
    process.stdin = None
    process.communicate(timeout=20)
    assert process.returncode == 0
