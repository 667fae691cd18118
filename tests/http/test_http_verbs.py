"""The verbs over HTTP: what a local cube answers, the server answers, in the documents of every face."""

from __future__ import annotations

import httpx2
import pytest
from http_server import Server, problem

import remanence
from remanence.faces import documents

MESSAGES = [
    {"role": "user", "content": "I live in Porto. 我喜欢茶", "id": "m1", "timestamp": "2026-03-01T10:00:00Z"},
    {"role": "assistant", "content": "Noted, tea it is.", "id": "m2", "timestamp": "2026-03-01T10:01:00Z"},
]


def remember(client: httpx2.Client, cube: str, text: str, **more: object) -> dict:
    answer = client.post(f"{cube}/items", json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_statement_is_remembered_and_recalled(client: httpx2.Client, cube: str) -> None:
    item = remember(
        client,
        cube,
        "Alice is allergic to peanuts",
        confidence=0.95,
        because="she said so",
        tags=["food"],
        metadata={"source": {"page": 3}},
        valid_from="2020-01-01",
        slot={"subject": "Alice", "attribute": "allergy", "value": "peanuts"},
    )
    assert item["content"] == "Alice is allergic to peanuts"
    assert item["tags"] == ["food"]
    assert item["metadata"] == {"source": {"page": 3}}
    assert item["valid_from"].startswith("2020-01-01") or item["valid_from"].startswith("2019-12-31")
    hits = client.post(f"{cube}/recall", json={"text": "what must I avoid for Alice?", "k": 3}).json()["hits"]
    assert hits[0]["item"]["id"] == item["id"]
    assert 0 <= hits[0]["score"] <= 1
    assert hits[0]["why"][0]["name"]
    told = client.post(f"{cube}/context", json={"text": "dinner with Alice, peanuts", "budget": 300}).json()
    assert item["id"] in told["items"]
    assert told["tokens"] <= 300


def test_a_local_cube_and_the_server_tell_the_same(
    open_server: Server, client: httpx2.Client, cube: str
) -> None:
    item = remember(client, cube, "Alice likes tea", kind="preference")
    client.post(f"{cube}/observe", json={"messages": MESSAGES, "session": "s"})
    path = open_server.data / "cubes" / f"{cube.rpartition('/')[2]}.cube"
    with remanence.open(path, embedder=None, read_only=True) as local:
        assert client.get(f"{cube}/items/{item['id']}").json() == documents.of_item(local.show(item["id"]))
        assert client.get(f"{cube}/journal").json()["lines"] == documents.of_journal(local.journal())["lines"]
        assert client.get(f"{cube}/stats").json()["counts"] == dict(local.stats().counts)
        found = client.get(f"{cube}/items/{item['id']}/history").json()["revisions"]
        assert found == documents.of_history(local.history(item["id"]))["revisions"]


def test_a_conversation_is_known_again_when_it_comes_again(client: httpx2.Client, cube: str) -> None:
    first = client.post(f"{cube}/observe", json={"messages": MESSAGES, "session": "s"}).json()
    assert len(first["added"]) == 2
    again = client.post(f"{cube}/observe", json={"messages": MESSAGES, "session": "s"}).json()
    assert again["added"] == []
    assert again["known"] == 2
    home = client.get(f"{cube}/timeline", params={"subject": "Alice", "attribute": "home"}).json()["periods"]
    assert [one["value"] for one in home] == ["Porto"]
    message = client.get(f"{cube}/items/{first['added'][0]}").json()
    assert message["content"] == "I live in Porto. 我喜欢茶"


def test_revise_keeps_what_was_believed(client: httpx2.Client, cube: str) -> None:
    item = remember(client, cube, "Alice lives in Porto")
    revised = client.post(
        f"{cube}/items/{item['id']}/revise",
        json={"text": "Alice lives in Lisbon", "valid_from": "2026-05-01", "because": "she moved"},
    )
    assert revised.status_code == 200
    assert revised.json()["content"] == "Alice lives in Lisbon"
    history = client.get(f"{cube}/items/{item['id']}/history").json()["revisions"]
    assert {row["content"] for row in history} == {"Alice lives in Porto", "Alice lives in Lisbon"}
    asked = {"text": "where does Alice live?", "as_of": "2026-01-01", "k": 1}
    hits = client.post(f"{cube}/recall", json=asked).json()["hits"]
    assert hits[0]["item"]["content"] == "Alice lives in Porto"
    then = client.get(f"{cube}/items/{item['id']}", params={"known_at": item["recorded_from"]})
    assert then.json()["content"] == "Alice lives in Porto"


def test_a_revise_of_what_changed_meanwhile_is_refused(client: httpx2.Client, cube: str) -> None:
    item = remember(client, cube, "Alice likes tea")
    place = f"{cube}/items/{item['id']}"
    read = client.get(place).headers["etag"]
    done = client.post(f"{place}/revise", json={"text": "Alice likes mate"}, headers={"if-match": read})
    assert done.status_code == 200
    assert done.headers["etag"] != read
    late = client.post(f"{place}/revise", json={"text": "Alice likes cocoa"}, headers={"if-match": read})
    problem(late, 412, "changed_meanwhile")
    assert late.headers["etag"] == done.headers["etag"]
    assert client.get(place).json()["content"] == "Alice likes mate"
    assert client.get(place).headers["etag"] == done.headers["etag"]
    among = {"if-match": f'"0", {done.headers["etag"]}'}
    assert client.post(f"{place}/revise", json={"text": "cocoa"}, headers=among).status_code == 200
    assert client.post(f"{place}/forget", json={}, headers={"if-match": read}).status_code == 412
    assert client.post(f"{place}/forget", json={}, headers={"if-match": "*"}).status_code == 200


def test_a_change_of_another_row_of_an_item_changes_its_etag(client: httpx2.Client, cube: str) -> None:
    item = remember(client, cube, "Alice works at a bakery")
    place = f"{cube}/items/{item['id']}"
    before = client.get(place).headers["etag"]
    past = {"text": "Alice was at school", "valid_from": "2001-01-01", "valid_to": "2005-01-01"}
    assert client.post(f"{place}/revise", json=past).status_code == 200
    assert client.get(place).json()["content"] == "Alice works at a bakery"
    assert client.get(place).headers["etag"] != before


def test_what_is_forgotten_is_kept_and_what_is_erased_is_gone(
    open_server: Server, client: httpx2.Client, cube: str
) -> None:
    kept = remember(client, cube, "Alice likes jazz")
    answer = client.post(f"{cube}/items/{kept['id']}/forget", json={"because": "she asked"})
    assert answer.json()["state"] != "active"
    assert client.post(f"{cube}/recall", json={"text": "jazz"}).json()["hits"] == []
    gone = remember(client, cube, "Alice has a zebrafinch")
    receipt = client.post(f"{cube}/items/{gone['id']}/forget", json={"erase": True}).json()
    assert receipt["items"] == [gone["id"]]
    assert not receipt["pending"]
    assert client.get(f"{cube}/items/{gone['id']}").json()["content"] == ""
    for path in open_server.data.rglob("*"):
        assert path.is_dir() or b"zebrafinch" not in path.read_bytes(), path
    told = client.post(f"{cube}/items/{gone['id']}/revise", json={"text": "Alice has a dog"})
    problem(told, 410, "item_erased")


def test_the_grounds_of_an_item_are_told(client: httpx2.Client, cube: str) -> None:
    client.post(f"{cube}/observe", json={"messages": MESSAGES, "session": "s"})
    (home,) = client.get(f"{cube}/timeline", params={"subject": "Alice", "attribute": "home"}).json()[
        "periods"
    ]
    tree = client.get(f"{cube}/items/{home['item']['id']}/why").json()
    assert tree["item"]["content"] == home["item"]["content"]
    assert tree["sources"][0]["item"]["content"].startswith("I live in Porto")


def test_units_are_listed_and_shown(client: httpx2.Client, cube: str) -> None:
    client.post(f"{cube}/observe", json={"messages": MESSAGES, "session": "winter/spring"})
    found = client.get(f"{cube}/units").json()["units"]
    assert {one["kind"] for one in found} >= {"persona", "context"}
    named = client.get(f"{cube}/unit", params={"name": "context:winter/spring"}).json()
    session = client.get(f"{cube}/units/{named['id']}").json()
    told = {one["item"]["content"] for one in session["members"]}
    assert told >= {one["content"] for one in MESSAGES}
    problem(client.get(f"{cube}/units/nobody"), 404, "not_found")


def test_conflicts_are_told(client: httpx2.Client, cube: str) -> None:
    for value, author in (("Porto", "Ana"), ("Lisbon", "Ben")):
        remember(
            client,
            cube,
            f"Carla's home is {value}",
            author=author,
            trust="document" if value == "Lisbon" else "user",
            slot={"subject": "Carla", "attribute": "home", "value": value},
        )
    (conflict,) = client.get(f"{cube}/conflicts", params={"subject": "Carla"}).json()["conflicts"]
    assert len(conflict["claims"]) == 2


def test_a_cube_is_made_once_and_listed(client: httpx2.Client) -> None:
    made = client.put("/v1/cubes/made-once", json={"owner": "Ana"})
    assert made.status_code == 201
    assert made.json()["owner"] == "Ana"
    assert client.put("/v1/cubes/made-once", json={"owner": "Ana"}).status_code == 200
    other = problem(client.put("/v1/cubes/made-once", json={"owner": "Ben"}), 409, "cube_exists")
    assert "Ana" not in other["detail"]
    assert client.get("/v1/cubes/made-once").json()["owner"] == "Ana"
    assert {"name": "made-once"} in client.get("/v1/cubes", params={"limit": 1000}).json()["cubes"]


@pytest.mark.parametrize("of", ["journal", "cubes", "units", "history"])
def test_pages_give_everything_once(client: httpx2.Client, cube: str, of: str) -> None:
    item = remember(client, cube, "Alice likes tea")["id"]
    for number in range(6):
        client.post(f"{cube}/items/{item}/revise", json={"text": f"Alice likes tea number {number}"})
        client.put(f"/v1/cubes/page-{of}-{number}", json={})
        said = {"messages": [{"role": "user", "content": "hello"}], "session": f"s{number}"}
        client.post(f"{cube}/observe", json=said)
    place, field = {
        "journal": (f"{cube}/journal", "lines"),
        "cubes": ("/v1/cubes", "cubes"),
        "units": (f"{cube}/units", "units"),
        "history": (f"{cube}/items/{item}/history", "revisions"),
    }[of]
    whole = client.get(place, params={"limit": 1000}).json()
    assert whole["next"] is None
    paged, cursor, turns = [], None, 0
    while turns == 0 or cursor is not None:
        page = client.get(place, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page[field]) <= 2
        paged += page[field]
        cursor, turns = page["next"], turns + 1
    assert paged == whole[field]
    assert len(paged) > 6


def test_half_a_character_survives(client: httpx2.Client, cube: str) -> None:
    body = b'{"text": "half \\ud83d of a \\u0000 smile"}'
    answer = client.post(f"{cube}/items", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201
    assert answer.json()["content"] == "half \ud83d of a \0 smile"
