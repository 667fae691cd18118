"""How the server runs: others that hold a cube, HTTPS, ports that are taken, parts that are not installed."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest
from http_server import START_SECONDS, Server, make, problem

from command_line import in_a_process, process_environment

HELD = "write_wait_seconds_max = 30\nanswer_seconds_max = 1\n"


def test_a_cube_that_another_process_holds_is_busy(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("write_wait_seconds_max = 0.2\n")
    server = Server(tmp_path / "data", ("--config", str(tmp_path / "s.toml"))).start()
    try:
        with server.client() as client:
            cube = make(client, "held")
            other = sqlite3.connect(tmp_path / "data" / "cubes" / "held.cube", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            told = client.post(f"{cube}/items", json={"text": "Alice likes tea"})
            problem(told, 503, "cube_busy")
            assert told.headers["retry-after"]
            assert client.post(f"{cube}/recall", json={"text": "tea"}).status_code == 200, "reading goes on"
            other.execute("ROLLBACK")
            other.close()
            assert client.post(f"{cube}/items", json={"text": "Alice likes tea"}).status_code == 201
    finally:
        assert server.stop() == 0


def test_a_cube_that_is_held_holds_up_no_other(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("write_wait_seconds_max = 60\nworkers_max = 2\n")
    server = Server(tmp_path / "data", ("--config", str(tmp_path / "s.toml"))).start()
    try:
        with server.client() as client:
            held, free = make(client, "held"), make(client, "free")
            other = sqlite3.connect(
                tmp_path / "data" / "cubes" / "held.cube", isolation_level=None, check_same_thread=False
            )
            other.execute("BEGIN IMMEDIATE")
            told: list[int] = []
            threads = [
                threading.Thread(
                    target=lambda: told.append(client.post(f"{held}/items", json={"text": "tea"}).status_code)
                )
                for _ in range(6)
            ]
            for thread in threads:
                thread.start()
            for number in range(20):
                assert client.post(f"{free}/items", json={"text": f"tea {number}"}).status_code == 201
            assert told == [], "those still wait"
            other.execute("ROLLBACK")
            other.close()
            for thread in threads:
                thread.join()
            assert told == [201] * 6
    finally:
        assert server.stop() == 0


def test_only_so_many_calls_wait(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("write_wait_seconds_max = 60\nworkers_max = 1\nwaiting_max = 3\n")
    server = Server(tmp_path / "data", ("--config", str(tmp_path / "s.toml"))).start()
    try:
        with server.client() as client:
            held = make(client, "held")
            place = tmp_path / "data" / "cubes" / "held.cube"
            other = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
            other.execute("BEGIN IMMEDIATE")
            told: list[httpx2.Response] = []

            def write() -> None:
                told.append(client.post(f"{held}/items", json={"text": "tea"}))

            threads = [threading.Thread(target=write) for _ in range(6)]
            for thread in threads:
                thread.start()
            while sum(not thread.is_alive() for thread in threads) < 3:
                threads[0].join(0.01)
            assert client.get("/healthz").status_code == 200
            other.execute("ROLLBACK")
            other.close()
            for thread in threads:
                thread.join()
            assert sorted(one.status_code for one in told) == [201] * 3 + [503] * 3
            problem(next(one for one in told if one.status_code == 503), 503, "too_busy")
    finally:
        assert server.stop() == 0


def test_an_answer_that_takes_too_long_says_that_the_change_may_come(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(HELD)
    server = Server(tmp_path / "data", ("--config", str(tmp_path / "s.toml"))).start()
    try:
        with server.client() as client:
            cube = make(client, "held")
            other = sqlite3.connect(tmp_path / "data" / "cubes" / "held.cube", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            headers = {"idempotency-key": "late"}
            told = client.post(f"{cube}/items", json={"text": "Alice likes tea"}, headers=headers)
            assert "Idempotency-Key" in problem(told, 504, "timed_out")["detail"]
            other.execute("ROLLBACK")
            other.close()
            again = client.post(f"{cube}/items", json={"text": "Alice likes tea"}, headers=headers)
            assert again.status_code == 201
            assert again.headers["idempotency-replayed"] == "true", "it was carried out after all"
            assert client.get(f"{cube}/stats").json()["counts"]["items"] == 1
    finally:
        assert server.stop() == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_it_speaks_https(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    asked = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate, "-keyout", key]
    subprocess.run([*asked, *names], check=True, capture_output=True)
    options = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    server = Server(tmp_path / "data", options).start()
    try:
        assert server.url.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert httpx2.get(f"{server.url}/healthz", verify=trusting).json() == {"status": "alive"}
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--tls-certificate", "none.pem", "--tls-key", "none.pem"],
        ["--tls-certificate", "none.pem"],
        ["--port", "70000"],
        ["--host", "no.such.host.invalid"],
    ],
)
def test_where_it_cannot_listen_it_says_so(tmp_path: Path, options: list[str]) -> None:
    done = in_a_process(tmp_path / "a.cube", "serve", "--data", str(tmp_path / "d"), *options)
    assert done.returncode == 1
    (told,) = [line for line in done.stderr.decode().splitlines() if line.startswith("remanence: ")]
    assert "Traceback" not in done.stderr.decode()
    assert told


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = in_a_process(tmp_path / "a.cube", "serve", "--data", str(tmp_path / "d"), "--port", port)
    assert done.returncode == 1
    assert f"port {port}".encode() in done.stderr


def test_without_the_extra_the_commands_say_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None\n"
        "from remanence.faces.cli.app import run\n"
        "sys.exit(run(['--json', 'serve']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=process_environment(tmp_path / "a.cube"),
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    told = json.loads(done.stderr)["error"]
    assert told["type"] == "ExtraMissing"
    assert "remanence[server]" in told["message"]


def test_the_command_line_loads_nothing_of_the_server(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from remanence.faces.cli.app import run\n"
        "run(['--help'])\n"
        "sys.exit(', '.join({'fastapi', 'uvicorn', 'argon2', 'pydantic', 'starlette'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.stderr.strip() == ""
