"""Wrong requests, each with its one documented answer; and none that fails the server."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from http_server import Server, make, problem

from command_line import in_a_process

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small bounds."""
    folder = tmp_path_factory.mktemp("strict")
    config = folder / "server.toml"
    config.write_text("body_bytes_max = 2000\nbody_seconds_max = 1\nstreams_max = 2\nopen_cubes_max = 2\n")
    server = Server(folder / "data", ("--config", str(config))).start()
    yield server
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid_request"),
        (b"{", 400, "broken_json"),
        (b'{"text": "\xff"}', 400, "broken_json"),
        (b"[" * 100_000, 400, "broken_json"),
        (b"null", 422, "invalid_request"),
        (b"[]", 422, "invalid_request"),
        (b'{"text": "a", "colour": "red"}', 422, "invalid_request"),
        (b'{"text": 1}', 422, "invalid_request"),
        (b'{"text": null}', 422, "invalid_request"),
        (b'{"text": "a", "confidence": "0.5"}', 422, "invalid_request"),
        (b'{"text": "a", "confidence": 2}', 422, "invalid_request"),
        (b'{"text": "a", "confidence": NaN}', 422, "invalid_request"),
        (b'{"text": "a", "kind": "rumour"}', 422, "invalid_request"),
        (b'{"text": "a", "tags": "food"}', 422, "invalid_request"),
        (b'{"text": "   "}', 422, "invalid_input"),
        (b'{"text": "a", "valid_from": "the day after never"}', 422, "invalid_input"),
        (b'{"text": "a", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}', 422, "invalid_input"),
        (b'{"text": "a", "derived_from": ["zzzzzzzz"]}', 404, "not_found"),
        (b'{"text": "a", "derived_from": ["../"]}', 422, "invalid_input"),
        (b'{"text": "a", "metadata": {"n": 1e999}}', 422, "invalid_input"),
        (b'{"text": "a", "metadata": {"n": ' + b"9" * 5000 + b"}}", 400, "broken_json"),
    ],
)
def test_a_wrong_body_is_told_and_changes_nothing(
    client: httpx2.Client, cube: str, body: bytes, status: int, code: str
) -> None:
    problem(client.post(f"{cube}/items", content=body, headers=JSON), status, code)
    assert client.get(f"{cube}/stats").json()["counts"]["items"] == 0


def test_every_misfit_is_named_by_its_place_without_its_value(client: httpx2.Client, cube: str) -> None:
    body = {"text": 5, "secret/field": "hunter2", "slot": {"subject": "a", "attribute": 3}}
    told = problem(client.post(f"{cube}/items", json=body), 422, "invalid_request")
    assert {one["pointer"] for one in told["errors"]} == {
        "body/text",
        "body/secret~1field",
        "body/slot/attribute",
        "body/slot/value",
    }
    assert "hunter2" not in json.dumps(told)


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e",
        "..%2fx",
        "%2e%2e%2fserver.sqlite",
        "a%00b",
        "Alice",
        "a.b",
        "con",
        "lpt1",
        "a" * 65,
        "-a",
        "é",
    ],
)
def test_a_cube_is_never_sought_outside_of_its_folder(
    open_server: Server, client: httpx2.Client, name: str
) -> None:
    before = sorted(open_server.data.rglob("*"))
    parts = urlsplit(open_server.url)
    plain = http.client.HTTPConnection(parts.hostname or "", parts.port)  # sends a path as it is
    try:
        plain.request("PUT", f"/v1/cubes/{name.encode('ascii', 'ignore').decode() or '%C3%A9'}", "{}", JSON)
        answer = plain.getresponse()
        told = json.loads(answer.read())
    finally:
        plain.close()
    assert told["code"] in ("invalid_cube_name", "route_not_found", "method_not_allowed"), told
    assert sorted(open_server.data.rglob("*")) == before


def test_what_is_not_there_is_told(client: httpx2.Client, cube: str) -> None:
    problem(client.get("/v1/nothing"), 404, "route_not_found")
    refused = client.delete(cube)
    problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, PUT"
    problem(client.get("/v1/cubes/nobody"), 404, "cube_not_found")
    problem(client.get(f"{cube}/items/zzzzzzzz"), 404, "not_found")
    problem(client.get(f"{cube}/items/!"), 422, "invalid_input")
    problem(client.get(f"{cube}/timeline"), 422, "invalid_request")
    problem(client.get(f"{cube}/journal", params={"limit": 0}), 422, "invalid_request")
    problem(client.get(f"{cube}/journal", params={"limit": "many"}), 422, "invalid_request")
    problem(client.get(f"{cube}/items/abc", params={"as_of": "2026-01-01"}), 422, "invalid_request")
    for kind in ({"content-type": "application/x-www-form-urlencoded"}, {"content-type": "text/plain"}, {}):
        refused = client.post(f"{cube}/items", content=b'{"text": "a"}', headers=kind)
        assert "Content-Type: application/json" in problem(refused, 422, "invalid_request")["detail"]
    problem(client.get(f"{cube}/"), 404, "route_not_found")


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "WyJqb3VybmFsIiwgLTFd", "WyJqb3VybmFsIiwgInQiXQ", "W10", "a" * 500]
)
def test_a_cursor_from_elsewhere_is_refused(client: httpx2.Client, cube: str, cursor: str) -> None:
    problem(client.get(f"{cube}/journal", params={"cursor": cursor}), 422, "invalid_cursor")


def test_a_cursor_of_one_list_is_none_of_another(client: httpx2.Client, cube: str) -> None:
    for text in ("a b", "c d"):
        client.post(f"{cube}/items", json={"text": text})
    cursor = client.get(f"{cube}/journal", params={"limit": 1}).json()["next"]
    problem(client.get(f"{cube}/units", params={"cursor": cursor}), 422, "invalid_cursor")


@pytest.mark.parametrize("last", ["-1", "x", "1e3", "9" * 30, "999999", "٣".encode().decode("latin-1")])
def test_a_stream_from_an_unknown_place_is_refused(client: httpx2.Client, cube: str, last: str) -> None:
    answer = client.get(f"{cube}/events", headers={"last-event-id": last.encode("latin-1")})
    problem(answer, 422, "invalid_request")


def test_a_body_that_is_too_large_is_refused(strict: Server) -> None:
    with strict.client() as client:
        cube = make(client, "large")
        problem(client.post(f"{cube}/items", json={"text": "a" * 3000}), 413, "body_too_large")

        def parts() -> Iterator[bytes]:
            yield b'{"text": "'
            for _ in range(100):
                yield b"a" * 100
            yield b'"}'

        problem(client.post(f"{cube}/items", content=parts(), headers=JSON), 413, "body_too_large")
        assert client.post(f"{cube}/items", json={"text": "a" * 1000}).status_code == 201
        assert client.get(f"{cube}/stats").json()["counts"]["items"] == 1


def test_a_body_that_does_not_come_is_not_waited_for(strict: Server) -> None:
    with strict.client() as client:
        cube = make(client, "slow")
    parts = urlsplit(strict.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as sender:
        head = f"POST {cube}/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        sender.sendall(f'{head}Content-Length: 100\r\n\r\n{{"text": '.encode())
        assert b" 408 " in sender.recv(4096).partition(b"\r\n")[0]


def test_a_client_that_goes_away_leaves_no_half_change(strict: Server) -> None:
    with strict.client() as client:
        cube = make(client, "gone")
        parts = urlsplit(strict.url)
        body = json.dumps({"text": "Alice likes tea"}).encode()
        head = f"POST {cube}/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        for sent in (body[:5], body):
            with socket.create_connection((parts.hostname, parts.port), timeout=30) as sender:
                sender.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + sent)
        until = time.monotonic() + 20
        while client.get(f"{cube}/stats").json()["counts"]["items"] != 1:
            assert time.monotonic() < until, "what came whole is carried out"
        assert client.get(f"{cube}/journal").json()["next"] is None
        with client.stream("GET", f"{cube}/events") as stream:
            assert stream.status_code == 200
        assert client.get("/readyz").status_code == 200


def test_more_cubes_than_may_be_open_are_served(strict: Server) -> None:
    with strict.client() as client:
        for turn in range(2):
            for number in range(6):
                cube = make(client, f"many-{number}")
                assert client.post(f"{cube}/items", json={"text": f"tea {turn}"}).status_code == 201
        for number in range(6):
            assert client.get(f"/v1/cubes/many-{number}/stats").json()["counts"]["items"] == 2
        assert "remanence_open_cubes 2.0" in client.get("/metrics").text


def test_only_so_many_streams_are_open(strict: Server) -> None:
    with strict.client() as client:
        cube = make(client, "streams")
        with client.stream("GET", f"{cube}/events") as one, client.stream("GET", f"{cube}/events") as two:
            begun = [one.iter_bytes(), two.iter_bytes()]  # kept: what is dropped is closed
            assert all(next(parts).startswith(b":") for parts in begun)
            with client.stream("GET", f"{cube}/events") as third:
                third.read()
                problem(third, 503, "too_busy")


def test_a_damaged_cube_fails_alone_and_names_no_folder(strict: Server) -> None:
    (strict.data / "cubes" / "damaged.cube").write_bytes(b"this is no cube at all, but it is a file" * 100)
    with strict.client() as client:
        told = problem(client.get("/v1/cubes/damaged/journal"), 500, "not_a_cube")
        assert str(strict.data) not in told["detail"]
        assert client.get("/readyz").status_code == 200


def test_the_log_holds_no_memory_and_no_key(strict: Server) -> None:
    with strict.client("rem_abcdefabcdef_zanzibar") as client:
        cube = make(client, "logged")
        item = client.post(f"{cube}/items", json={"text": "Alice fears zeppelins"}).json()["id"]
        client.post(f"{cube}/recall", json={"text": "zeppelins"})
        client.get(f"{cube}/timeline", params={"subject": "zeppelins"})
        client.get(f"{cube}/units/zeppelins")
        client.post(f"{cube}/items/{item}/revise", json={"text": "zeppelins", "valid_from": "zeppelins"})
        seen = client.get("/healthz").headers["x-request-id"]
    until = time.monotonic() + 20
    while not any(seen in line for line in strict.lines):
        assert time.monotonic() < until
        time.sleep(0.01)
    log = "".join(strict.lines)
    assert "zeppelins" not in log
    assert "zanzibar" not in log
    told = [json.loads(line) for line in strict.lines]
    assert {"id", "method", "route", "status", "ms", "bytes_in", "key", "at", "level"} <= told[-1].keys()
    assert any(one.get("route") == "/v1/cubes/{cube}/items/{item}/revise" for one in told)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("ports = 1", "no setting"),
        ("port = 'a'", "give a int"),
        ("port = 99999", "65535"),
        ("workers_max = 0", "above 0"),
        ("tls_key = 'a'", "certificate"),
        ("port = ", "no TOML"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    told = in_a_process(
        tmp_path / "a", "serve", "--data", str(tmp_path / "d"), "--config", str(tmp_path / "s.toml")
    )
    assert told.returncode == 1
    assert part in told.stderr.decode()
    assert not (tmp_path / "d").exists()
