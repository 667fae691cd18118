"""API keys: who is let in, to what, and what nobody may learn."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.routing import APIRoute
from http_server import START_SECONDS, Server, make, problem
from starlette.routing import BaseRoute, Route

from command_line import in_a_process, process_environment
from remanence.faces.http.app import ROUTERS, make_app, open_house
from remanence.faces.http.config import ServerConfig

CUBE = "/v1/cubes/{cube}"
ROUTES = sorted(
    (method, route.path.removeprefix(CUBE))
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.path.startswith(CUBE)
    for method in route.methods
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with keys: root may all, alice only her own cubes, and less."""
    server = Server(tmp_path_factory.mktemp("keys") / "data")
    every = ["--scope", "read", "--scope", "write", "--scope", "erase", "--scope", "admin"]
    server.root = server.add_key("root", *every, "--for", "*")  # type: ignore[attr-defined]
    server.alice = server.add_key("alice", *every, "--for", "alice", "--for", "alice-*")  # type: ignore[attr-defined]
    server.start()
    with server.client(server.root) as client:  # type: ignore[attr-defined]
        for name in ("alice", "alice-work", "bob"):
            make(client, name)
    yield server
    assert server.stop() == 0


@pytest.fixture
def root(server: Server) -> Iterator[httpx2.Client]:
    with server.client(server.root) as client:  # type: ignore[attr-defined]
        yield client


@pytest.fixture
def alice(server: Server) -> Iterator[httpx2.Client]:
    with server.client(server.alice) as client:  # type: ignore[attr-defined]
        yield client


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_key_of_one_cube_cannot_learn_of_another(alice: httpx2.Client, method: str, path: str) -> None:
    place = re.sub(r"\{\w+\}", "abcdefgh", path)
    body = {} if method != "GET" else None
    there = alice.request(method, f"/v1/cubes/bob{place}", json=body)
    absent = alice.request(method, f"/v1/cubes/zed{place}", json=body)
    problem(there, 404, "cube_not_found")
    assert there.text.replace("bob", "zed") == absent.text
    plain = {name: value for name, value in there.headers.items() if name not in ("x-request-id", "date")}
    assert plain == {n: v for n, v in absent.headers.items() if n not in ("x-request-id", "date")}


def whole(table: Iterable[BaseRoute]) -> Iterator[Route]:
    """The routes of an application, those of its routers among them; no other one is mounted in it."""
    for one in table:
        router = getattr(one, "original_router", None)  # how newer versions of FastAPI include one
        if router is None:
            assert isinstance(one, Route), one
            yield one
        else:
            yield from whole(router.routes)


def test_every_route_of_the_application_is_tried(root: httpx2.Client, tmp_path: Path) -> None:
    house = open_house(ServerConfig(data=tmp_path / "data"))
    table = list(whole(make_app(house).routes))
    house.close()
    served = {(method, one.path) for one in table for method in one.methods or ()}
    of_cubes = {(method, path) for method, path in served if "{cube}" in path}
    assert of_cubes == {(method, f"{CUBE}{path}") for method, path in ROUTES}
    assert {path for _, path in served - of_cubes} == {
        "/healthz",
        "/metrics",  # for a key of every cube
        "/readyz",
        "/v1/cubes",  # tried below
        "/v1/openapi.json",
    }
    paths = root.get("/v1/openapi.json").json()["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert documented == {one for one in served if one[0] != "HEAD" and one[1] != "/v1/openapi.json"}
    assert len(ROUTES) > 80


def test_a_list_shows_only_what_a_key_may_use(root: httpx2.Client, alice: httpx2.Client) -> None:
    assert [one["name"] for one in alice.get("/v1/cubes").json()["cubes"]] == ["alice", "alice-work"]
    assert [one["name"] for one in root.get("/v1/cubes").json()["cubes"]] == ["alice", "alice-work", "bob"]
    page = alice.get("/v1/cubes", params={"limit": 2}).json()
    assert page["next"] is None, "no cursor tells that more is there"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer rem_", "Basic YTpi", "Bearer \xff"])
def test_without_a_key_nothing_is_told(server: Server, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    with server.client() as client:
        for path in ("/v1/cubes", "/v1/cubes/alice/journal", "/v1/cubes/zed/journal", "/metrics"):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] in ("key_missing", "key_refused")
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200


def test_wrong_keys_are_refused_alike(server: Server) -> None:
    root: str = server.root  # type: ignore[attr-defined]
    other = "A" if root[-5] != "A" else "B"
    for wrong in (
        root[:-5] + other + root[-4:],
        "rem_000000000000_" + "a" * 43,
        root + "a",
        root.upper(),
        "?!",
    ):
        with server.client(wrong) as client:
            told = problem(client.get("/v1/cubes"), 401, "key_refused")
            assert wrong not in told["detail"]


def test_scopes_are_kept(server: Server, root: httpx2.Client) -> None:
    item = root.post("/v1/cubes/bob/items", json={"text": "Bob has a boat"}).json()["id"]
    reader = server.add_key("reader", "--scope", "read", "--for", "bob")
    writer = server.add_key("writer", "--scope", "write", "--for", "bob")
    with server.client(reader) as client:
        assert client.get(f"/v1/cubes/bob/items/{item}").status_code == 200
        problem(client.post("/v1/cubes/bob/items", json={"text": "x"}), 403, "scope_missing")
        problem(client.post(f"/v1/cubes/bob/items/{item}/forget", json={}), 403, "scope_missing")
        problem(client.put("/v1/cubes/bob", json={}), 403, "scope_missing")
        problem(client.get("/metrics"), 403, "scope_missing")
    with server.client(writer) as client:
        assert client.post("/v1/cubes/bob/items", json={"text": "Bob sails"}).status_code == 201
        problem(client.get("/v1/cubes/bob/journal"), 403, "scope_missing")
        gone = client.post(f"/v1/cubes/bob/items/{item}/forget", json={"erase": True})
        problem(gone, 403, "scope_missing")
    assert root.get(f"/v1/cubes/bob/items/{item}").json()["content"] == "Bob has a boat"
    assert root.get("/metrics").status_code == 200


def test_the_journal_names_the_key(server: Server, root: httpx2.Client) -> None:
    root.post("/v1/cubes/bob/items", json={"text": "Bob likes rowing"})
    assert root.get("/v1/cubes/bob/journal").json()["lines"][0]["actor"] == "root"
    assert any(json.loads(line).get("key") == "root" for line in server.lines), "and so does the log"
    answer = root.post("/v1/cubes/bob/items", json={"text": "x", "actor": "Bob"})
    problem(answer, 422, "invalid_request")


def test_a_revoked_key_ends_at_once(server: Server) -> None:
    key = server.add_key("short-lived", "--scope", "read", "--for", "bob")
    with server.client(key) as client:
        assert client.get("/v1/cubes/bob").status_code == 200
        done = in_a_process(server.data, "keys", "revoke", "short-lived", "--data", str(server.data))
        assert done.returncode == 0, done.stderr
        problem(client.get("/v1/cubes/bob"), 401, "key_refused")
    again = in_a_process(server.data, "keys", "revoke", "short-lived", "--data", str(server.data))
    assert again.returncode == 1


def test_an_expired_key_is_refused(server: Server) -> None:
    key = server.add_key("brief", "--scope", "read", "--for", "bob", "--days", "0.00001")
    time.sleep(1)
    with server.client(key) as client:
        problem(client.get("/v1/cubes/bob"), 401, "key_refused")


def test_keys_are_kept_as_hashes_and_shown_once(server: Server) -> None:
    key = server.add_key("seen-once", "--scope", "read", "--for", "bob")
    secret = key.split("_", 2)[2].encode()  # it may hold further ones
    for path in server.data.rglob("*"):
        assert path.is_dir() or secret not in path.read_bytes(), path
    listed = in_a_process(server.data, "keys", "list", "--data", str(server.data), "--json")
    told = {one["name"]: one for one in json.loads(listed.stdout)["keys"]}
    assert told["seen-once"]["cubes"] == ["bob"]
    assert secret not in listed.stdout
    plain = in_a_process(server.data, "keys", "list", "--data", str(server.data))
    assert b"seen-once" in plain.stdout
    assert secret not in plain.stdout


@pytest.mark.parametrize(
    "options",
    [
        ["new", "--scope", "rule", "--for", "bob"],
        ["new", "--scope", "read", "--for", "../bob"],
        ["new", "--scope", "read", "--for", "Bob"],
        ["new key", "--scope", "read", "--for", "bob"],
        ["root", "--scope", "read", "--for", "bob"],
        ["new", "--scope", "read", "--for", "bob", "--days", "-1"],
        ["new", "--scope", "read", "--for", "bob", "--days", "1e99"],
    ],
)
def test_a_key_that_cannot_be_is_refused(server: Server, options: list[str]) -> None:
    done = in_a_process(server.data, "keys", "add", "--data", str(server.data), "--", *options[:1])
    assert done.returncode == 2, "scopes and cubes must be said"
    done = in_a_process(server.data, "keys", "add", "--data", str(server.data), *options)
    assert done.returncode == 1
    assert done.stderr.startswith(b"remanence: ")
    assert done.stderr.count(b"\n") == 1


def test_without_keys_the_server_stays_on_its_machine(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "remanence", "serve", "--data", f"{tmp_path}/data", "--host", "0.0.0.0"]
    environment = process_environment(tmp_path / "unused.cube")
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, env=environment)
    assert done.returncode == 1
    assert "keys add" in done.stderr


def test_without_keys_no_page_of_a_browser_gets_in(client: httpx2.Client) -> None:
    for name in ("evil.example", "localhost.evil.example", "evil.example:8377", ""):
        problem(client.get("/v1/cubes", headers={"host": name}), 421, "host_refused")
    for name in ("localhost", "LOCALHOST:1", "127.0.0.1:8377", "[::1]:8377"):
        assert client.get("/v1/cubes", headers={"host": name}).status_code == 200
    answer = client.get("/v1/cubes", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_key_may_ask_only_so_often(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("requests_a_second_max = 2.0\n")
    server = Server(tmp_path / "data", ("--config", str(tmp_path / "s.toml")))
    key = server.add_key("eager", "--scope", "read", "--for", "*")
    server.start()
    try:
        with server.client(key) as client:
            told = [client.get("/v1/cubes") for _ in range(10)]
            refused = [one for one in told if one.status_code == 429]
            assert refused
            problem(refused[0], 429, "too_many_requests")
            assert int(refused[0].headers["retry-after"]) >= 1
            assert told[0].status_code == 200
    finally:
        server.stop()
