"""What the server promises of changes: once for a key, safe when acknowledged, told to whoever follows."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest
from http_server import Server, make, problem

import remanence

WAIT_SECONDS = 60


def send(client: httpx2.Client, path: str, body: dict, token: str, **headers: str) -> httpx2.Response:
    return client.post(path, json=body, headers={"idempotency-key": token, **headers})


def count(client: httpx2.Client, cube: str) -> int:
    return client.get(f"{cube}/stats").json()["counts"]["items"]


def test_a_request_sent_again_is_carried_out_once(client: httpx2.Client, cube: str) -> None:
    first = send(client, f"{cube}/items", {"text": "Alice likes tea"}, "one")
    again = send(client, f"{cube}/items", {"text": "Alice likes tea"}, "one")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["etag"] == again.headers["etag"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert count(client, cube) == 1
    assert send(client, f"{cube}/items", {"text": "Alice likes mate"}, "two").headers.get("etag")
    assert count(client, cube) == 2


def test_the_answer_is_the_one_of_then(client: httpx2.Client, cube: str) -> None:
    item = send(client, f"{cube}/items", {"text": "Alice likes tea"}, "t").json()
    place = f"{cube}/items/{item['id']}"
    revised = send(client, f"{place}/revise", {"text": "Alice likes mate"}, "r")
    client.post(f"{place}/revise", json={"text": "Alice likes cocoa"})
    again = send(client, f"{place}/revise", {"text": "Alice likes mate"}, "r")
    assert again.json()["content"] == "Alice likes mate"
    assert again.headers["etag"] == revised.headers["etag"]
    assert (
        send(client, f"{cube}/items", {"text": "Alice likes tea"}, "t").json()["content"] == "Alice likes tea"
    )


@pytest.mark.parametrize("change", ["body", "path", "if-match"])
def test_a_key_for_another_request_is_refused(client: httpx2.Client, cube: str, change: str) -> None:
    body = {"text": "Alice likes tea"}
    item = send(client, f"{cube}/items", body, "k").json()["id"]
    path, headers = f"{cube}/items", {}
    if change == "body":
        body = {"text": "Alice likes mate"}
    elif change == "path":
        path = f"{cube}/items/{item}/revise"
    else:
        headers = {"if-match": '"1"'}
    problem(send(client, path, body, "k", **headers), 422, "idempotency_key_reused")
    assert count(client, cube) == 1


def test_a_key_counts_for_one_cube(client: httpx2.Client, cube: str) -> None:
    other = make(client, "another-one")
    assert send(client, f"{cube}/items", {"text": "Alice likes tea"}, "same").status_code == 201
    assert (
        send(client, f"{other}/items", {"text": "Ben likes mate"}, "same").json()["content"]
        == "Ben likes mate"
    )


def test_a_request_that_failed_may_try_again(client: httpx2.Client, cube: str) -> None:
    body = {"text": "Alice likes tea", "derived_from": ["zzzzzzzz"]}
    problem(send(client, f"{cube}/items", body, "f"), 404, "not_found")
    assert send(client, f"{cube}/items", {"text": "Alice likes tea"}, "f").status_code == 201


def test_conversations_and_erasures_are_told_again(client: httpx2.Client, cube: str) -> None:
    said = {"messages": [{"role": "user", "content": "I live in Porto"}], "session": "s"}
    first = send(client, f"{cube}/observe", said, "o").json()
    assert first["added"]
    again = send(client, f"{cube}/observe", said, "o")
    assert again.json() == first
    gone = client.post(f"{cube}/items", json={"text": "Alice has a zebrafinch"}).json()["id"]
    receipt = send(client, f"{cube}/items/{gone}/forget", {"erase": True}, "e")
    assert send(client, f"{cube}/items/{gone}/forget", {"erase": True}, "e").json() == receipt.json()


def test_what_was_erased_comes_back_by_no_key(open_server: Server, client: httpx2.Client, cube: str) -> None:
    body = {"text": "Alice has a secret twin"}
    item = send(client, f"{cube}/items", body, "secret-token-k").json()["id"]
    client.post(f"{cube}/items/{item}/forget", json={"erase": True})
    problem(send(client, f"{cube}/items", body, "secret-token-k"), 410, "item_erased")
    assert client.post(f"{cube}/recall", json={"text": "secret twin"}).json()["hits"] == []
    for path in open_server.data.glob("server.sqlite*"):
        held = path.read_bytes()
        assert b"twin" not in held
        assert b"secret-token-k" not in held
        assert item.encode() not in held, "the answer's ids went with it"


def test_many_at_once_with_one_key_make_one_change(client: httpx2.Client, cube: str) -> None:
    told: list[httpx2.Response] = []
    threads = [
        threading.Thread(target=lambda: told.append(send(client, f"{cube}/items", {"text": "tea"}, "race")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.status_code for one in told} == {201}
    assert len({one.json()["id"] for one in told}) == 1
    assert count(client, cube) == 1


def test_of_many_revises_from_one_etag_one_wins(client: httpx2.Client, cube: str) -> None:
    item = client.post(f"{cube}/items", json={"text": "number 0"})
    place = f"{cube}/items/{item.json()['id']}"
    told: list[int] = []

    def revise(number: int) -> None:
        headers = {"if-match": item.headers["etag"]}
        told.append(
            client.post(f"{place}/revise", json={"text": f"number {number}"}, headers=headers).status_code
        )

    threads = [threading.Thread(target=revise, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [200] + [412] * 7


def writers(server: Server, count: int, end: threading.Event, kept: list[str]) -> list[threading.Thread]:
    """Threads that write until the server is gone; `kept` gets the text of each acknowledged write."""

    def write(name: int) -> None:
        with server.client() as client:
            for number in range(100_000):
                text = f"writer {name} said {number}"
                try:
                    answer = send(client, "/v1/cubes/busy/items", {"text": text}, text)
                except httpx2.TransportError:
                    return
                if answer.status_code == 201:
                    kept.append(text)
                if end.is_set() and answer.status_code != 201:
                    return

    threads = [threading.Thread(target=write, args=(name,)) for name in range(count)]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.parametrize("way", ["kill", "stop"])
def test_no_acknowledged_write_is_lost(tmp_path: Path, way: str) -> None:
    server = Server(tmp_path / "data").start()
    with server.client() as client:
        make(client, "busy")
    kept: list[str] = []
    end = threading.Event()
    threads = writers(server, 4, end, kept)
    until = time.monotonic() + WAIT_SECONDS
    while len(kept) < 60:
        assert time.monotonic() < until
        time.sleep(0.01)
    end.set()
    if way == "kill":
        server.kill()
    else:
        assert server.stop() == 0
        assert not list(tmp_path.rglob("*-wal")), "each cube is one file again"
    for thread in threads:
        thread.join()
    with remanence.open(tmp_path / "data" / "cubes" / "busy.cube", embedder=None) as cube:
        assert cube.check() == ()
        written = {
            cube.show(line.item_id).content for line in cube.journal(limit=10_000) if line.item_id is not None
        }
        assert set(kept) <= written
        assert len(written) <= len(kept) + 4, "each writer had one write in flight"
        items = cube.stats().counts["items"]
    again = Server(tmp_path / "data").start()
    try:
        with again.client() as client:
            for text in kept[-3:]:
                told = send(client, "/v1/cubes/busy/items", {"text": text}, text)
                assert told.json()["content"] == text
                assert told.headers["idempotency-replayed"] == "true"
            assert count(client, "/v1/cubes/busy") == items
    finally:
        again.stop()


def events_of(lines: list[str]) -> list[tuple[int, dict]]:
    """The id and the document of each event among lines of a stream."""
    ids = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    told = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    return list(zip(ids, told, strict=True))


def follow(client: httpx2.Client, cube: str, events: int, after: str | None) -> list[tuple[int, dict]]:
    """So many events of a stream."""
    headers = {} if after is None else {"last-event-id": after}
    lines: list[str] = []
    with client.stream("GET", f"{cube}/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            lines.append(line)
            if sum(one.startswith("data: ") for one in lines) == events:
                return events_of(lines)
    raise AssertionError(f"the stream ended with {lines}")


def test_changes_are_followed_and_resumed(client: httpx2.Client, cube: str) -> None:
    item = client.post(f"{cube}/items", json={"text": "Alice likes tea", "because": "she said"}).json()["id"]
    client.post(f"{cube}/items/{item}/revise", json={"text": "Alice likes mate"})
    client.post(f"{cube}/observe", json={"messages": [{"role": "user", "content": "I live in Porto"}]})
    told = follow(client, cube, 3, "0")
    assert [one["verb"] for _, one in told][:2] == ["remember", "revise"]
    assert told[0][1]["items"] == [item]
    assert "tea" not in json.dumps(told)
    assert "she said" not in json.dumps(told)
    assert follow(client, cube, 2, str(told[0][0])) == told[1:], "what comes after the id"
    head = client.get(f"{cube}/journal", params={"limit": 1}).json()["lines"][0]["sequence"]
    assert told[-1][0] == head
    later = threading.Timer(1.0, lambda: client.post(f"{cube}/items/{item}/forget", json={}))
    later.start()
    ((_, change),) = follow(client, cube, 1, None)
    later.join()
    assert change["verb"] == "retire"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_open_streams_do_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    with server.client() as client:
        cube = make(client, "watched")
        with client.stream("GET", f"{cube}/events") as stream:
            parts = stream.iter_bytes()
            next(parts)
            began = time.monotonic()
            server.process.send_signal(signal.SIGINT)
            assert server.process.wait(timeout=WAIT_SECONDS) == 0
            assert time.monotonic() - began < 25, "sooner than stop_seconds_max"
    assert json.loads(server.lines[-1])["event"] == "stopped"


def test_what_rules_erased_is_not_made_again(client: httpx2.Client, cube: str) -> None:
    body = {"text": "Alice likes tea", "tags": ["old"]}
    send(client, f"{cube}/items", body, "once")
    rules = '[[rule]]\nname = "gone"\nwhen = "\'old\' in tags"\nthen = "erase"\n'
    done = client.post(f"{cube}/lifecycle/apply", json={"rules": rules, "allow_erase": True})
    assert done.json()["receipt"]["items"]
    problem(send(client, f"{cube}/items", body, "once"), 410, "item_erased")
    assert client.post(f"{cube}/recall", json={"text": "tea"}).json()["hits"] == []
