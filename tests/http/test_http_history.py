"""Own history, promises, the mirror and a recall taken apart, as documents: whole, repeatable, by scope."""

from __future__ import annotations

import httpx2
import pytest
from http_server import Server, make, problem
from pydantic import TypeAdapter

from overheard import talk
from remanence.faces.http import (
    answers,
    care_answers,
    deed_answers,
    explanation_answers,
    mirror_answers,
    promise_answers,
)

BUSY = "die Zahlungsschnittstelle antwortet mit 429"


def ok(answer: httpx2.Response) -> dict:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def post(client: httpx2.Client, path: str, **body: object) -> dict:
    return ok(client.post(path, json=body))


def fits(shape: object, document: dict, *full: str) -> dict:
    """The document, which has every field of its shape and no other, and something in these."""
    TypeAdapter(shape).validate_python(document)
    assert all(document[name] for name in full), full
    return document


def test_deeds_are_told_as_documented(client: httpx2.Client, cube: str) -> None:
    goal = fits(answers.Item, post(client, f"{cube}/goals", aim="pay the bills"))
    decided = post(
        client, f"{cube}/decisions", choice="wait", options=["wait", "ask"], situation=BUSY, reason="it heals"
    )
    for number in range(3):
        deed = post(
            client, f"{cube}/actions", what="retry", arguments={"n": 1}, situation=BUSY, result="200",
            goal=goal["id"], session=f"s{number}",
        )  # fmt: skip
    fits(answers.Item, post(client, f"{cube}/items/{decided['id']}/outcome", text="it did", worked=True))
    fits(answers.Item, post(client, f"{cube}/items/{goal['id']}/progress", share=0.5, note="half of them"))
    found = post(client, f"{cube}/precedents", situation=BUSY, k=4)
    fits(deed_answers.Precedents, found, "precedents")
    assert {one["worked"] for one in found["precedents"]} == {True}
    learnt = fits(deed_answers.Learnt, post(client, f"{cube}/lessons"), "made", "lessons")
    assert [one["id"] for one in learnt["lessons"]] == learnt["made"]
    story = ok(client.get(f"{cube}/story", params={"about": "retry", "budget": 300}))
    assert deed["id"] in {
        item for line in fits(deed_answers.Story, story, "lines")["lines"] for item in line["items"]
    }
    problem(client.post(f"{cube}/goals", json={"aim": ""}), 422, "invalid_input")
    problem(client.post(f"{cube}/items/{goal['id']}/outcome", json={"text": "x"}), 422, "invalid_input")


def test_promises_are_told_as_documented(client: httpx2.Client, cube: str) -> None:
    made = fits(promise_answers.Promise, post(client, f"{cube}/promises", body="call", to="Bob"), "promisees")
    found = post(client, f"{cube}/promises/{made['id']}/assess", outcome="broken", by="Bob")
    fits(promise_answers.Assessment, found, "assessor")
    fits(promise_answers.Ledger, ok(client.get(f"{cube}/promises")), "promises", "trust")
    file = '[[promise]]\nname = "tea"\nto = "Bob"\nbody = "bring the tea"\n'
    fits(promise_answers.Promises, post(client, f"{cube}/promises/declare", file=file), "promises")
    fits(promise_answers.PromiseReport, post(client, f"{cube}/promises/check"), "promises")
    gone = post(client, f"{cube}/promises/{made['id']}/withdraw", because="enough")
    assert fits(promise_answers.Promise, gone)["state"] == "withdrawn"


@pytest.mark.parametrize("path", ["declare", "check"])
def test_no_file_of_the_server_is_read(
    open_server: Server, client: httpx2.Client, cube: str, path: str
) -> None:
    file = open_server.data / "promises.toml"
    file.write_text('[[promise]]\nname = "a"\nto = "b"\nbody = "c"\n', encoding="utf-8")
    told = client.post(f"{cube}/promises/{path}", json={"file": str(file)})
    assert str(open_server.data) not in problem(told, 422, "invalid_input")["detail"]


def test_the_mirror_is_told_as_documented(client: httpx2.Client, cube: str) -> None:
    habit = {"habit": lambda _, number, text: text if number else f"Truth be told, {text}"}
    ok(client.post(f"{cube}/observe", json={"messages": talk(**habit)}))
    shown = fits(mirror_answers.Portrait, post(client, f"{cube}/portrait"), "phrases", "style", "persona")
    done = fits(mirror_answers.Reflection, post(client, f"{cube}/reflect"), "findings", "written")
    assert done["portrait"] == shown
    draft = {name: done["persona"][name] for name in ("agent", "before", "after", "members")}
    unit = fits(answers.Unit, post(client, f"{cube}/personas/accept", draft=draft), "description")
    assert unit["name"] == "Atlas"


def test_a_recall_taken_apart_a_list_and_a_consolidation_are_told_as_documented(
    client: httpx2.Client, cube: str
) -> None:
    said = [{"role": "user", "content": "I met Ana yesterday.", "timestamp": "2026-03-01T10:00:00Z"}]
    seen = post(client, f"{cube}/observe", messages=said, session="s")
    known = post(client, f"{cube}/recognise", messages=said, session="s")
    assert fits(explanation_answers.Recognised, known)["items"] == seen["added"]
    told = post(client, f"{cube}/explain", text="whom did I meet yesterday?")
    fits(explanation_answers.Explanation, told, "hits", "signs", "filters", "answered")
    assert told["question"]["times"]
    for number in range(4):
        post(client, f"{cube}/items", text=f"note {number}")
    page = fits(care_answers.Items, ok(client.get(f"{cube}/items", params={"limit": 2, "kind": "fact"})))
    more = ok(client.get(f"{cube}/items", params={"limit": 2, "kind": "fact", "cursor": page["next"]}))
    assert [one["content"] for one in page["items"] + more["items"]] == [f"note {n}" for n in (3, 2, 1, 0)]
    problem(client.get(f"{cube}/items", params={"cursor": "nonsense"}), 422, "invalid_cursor")
    fits(care_answers.Consolidated, post(client, f"{cube}/consolidate"), "promises")
    fits(care_answers.Summary, ok(client.get(f"{cube}/rollup", params={"period": "day"})))
    fits(care_answers.Restored, post(client, f"{cube}/restore", known_at="2100-01-01"))


def test_promises_and_deeds_sent_again_are_made_once(client: httpx2.Client, cube: str) -> None:
    def send(path: str, token: str, **body: object) -> dict:
        first, again = (
            client.post(f"{cube}/{path}", json=body, headers={"idempotency-key": token}) for _ in range(2)
        )
        assert again.headers["idempotency-replayed"] == "true"
        assert ok(first) == ok(again)
        return first.json()

    made = send("promises", "p", body="bring the tea", to="Bob")
    send(f"promises/{made['id']}/assess", "a", outcome="kept")
    send("actions", "d", what="brew", result="it is hot")
    assert len(ok(client.get(f"{cube}/promises"))["promises"]) == 1
    body, headers = {"body": "bring the tea", "to": "Bob"}, {"idempotency-key": "p"}
    ok(client.post(f"{cube}/items/{made['id']}/forget", json={}))
    problem(client.post(f"{cube}/promises", json=body, headers=headers), 404, "not_found")
    ok(client.post(f"{cube}/items/{made['id']}/forget", json={"erase": True}))
    problem(client.post(f"{cube}/promises", json=body, headers=headers), 410, "item_erased")


def test_a_key_that_only_reads_leaves_no_record(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server(tmp_path_factory.mktemp("recorded") / "data")
    keys = [
        server.add_key("reader", "--scope", "read", "--for", "bob"),
        server.add_key("writer", "--scope", "read", "--scope", "write", "--scope", "admin", "--for", "bob"),
    ]
    server.start()
    with server.client(keys[0]) as reader, server.client(keys[1]) as writer:
        cube = make(writer, "bob")
        post(writer, f"{cube}/items", text="Bob likes tea", kind="preference")

        def looked_at() -> int:
            checked = post(reader, f"{cube}/promises/check")["promises"]
            return sum(one["looked_at"] for one in checked if one["check"] == "preferences")

        assert post(reader, f"{cube}/context", text="tea")["items"]
        post(writer, f"{cube}/context", text="tea", record=False)
        assert looked_at() == 0
        post(writer, f"{cube}/context", text="tea")
        assert looked_at() == 1
    assert server.stop() == 0
