"""A connection that breaks after the server has acted: a change is made once, and its value is true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx2
import pytest

import remanence
from remanence.cube import Cube
from remanence.faces.http.work_shapes import TOLD_BEFORE
from remanence.remote import calls
from scripted_server import Asked, send, serving

PROMISE = b'[[promise]]\nname = "report"\nby = "Alice"\nto = "Bob"\nbody = "sends the report"\n'
RULES = b'[[rule]]\nname = "drop tea"\nwhen = \'kind == "preference"\'\nthen = "archive"\n'
SAID = [
    {"role": "user", "content": "I live in Lisbon and I like green tea."},
    {"role": "assistant", "content": "Certainly! I will never recommend coffee. Certainly!"},
    {"role": "user", "content": "My brother Rui works at the port of Sines."},
]
TOLD_ONCE = {"left_out", "notes", "values", "persona"}  # in words, which a server does not keep
READ_ANEW = {"at"}


@contextmanager
def losing_answers(address: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address before a real one that loses the first answer to each change; and all that was answered."""
    server, _, name = address.rpartition("/cubes/")
    answered: list[dict[str, Any]] = []

    def forward(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        kept = {
            one: asked.headers[one]
            for one in ("accept", "content-type", "idempotency-key")
            if one in asked.headers
        }
        there = httpx2.request(
            asked.method, server + asked.path, headers=kept, content=asked.body, timeout=60
        )
        if "idempotency-key" in kept:
            head = httpx2.get(f"{address.replace('/cubes/', '/v1/cubes/')}/stats").json()["journal_head"]
            answered.append({"key": kept["idempotency-key"], "told": there.json(), "head": head})
            if [one["key"] for one in answered].count(kept["idempotency-key"]) == 1:
                handler.close_connection = True
                return
        send(handler, there.status_code, there.content, kind=there.headers["content-type"])

    with serving([forward], Asked) as before:
        yield f"{before.url}/cubes/{name}", answered


def without(told: object, names: set[str]) -> object:
    """The same without the fields of these names, however deep they stand."""
    if isinstance(told, dict):
        return {name: without(one, names) for name, one in told.items() if name not in names}
    return [without(one, names) for one in told] if isinstance(told, list) else told


WORK: dict[str, Callable[[Cube], object]] = {
    "ingest": lambda cube: cube.ingest(b"# Tea\n\nAlice has a tin of oolong.\n", name="tea.md"),
    "import": lambda cube: cube.import_from("jsonl", b'{"text": "Alice has a boat."}\n{"nothing": 1}\n'),
    "consolidate": lambda cube: cube.consolidate(),
    "summarise": lambda cube: cube.summarise(),
    "rules": lambda cube: cube.apply_lifecycle(RULES),
    "lessons": lambda cube: cube.lessons(),
    "reflect": lambda cube: cube.reflect(),
    "promises": lambda cube: cube.declare_promises(PROMISE),
    "embed": lambda cube: cube.embed_pending(),
    "parked": lambda cube: cube.retry_parked(),
    "reread": lambda cube: cube.reread(),
    "observe": lambda cube: cube.observe(SAID, session="again"),
    "remember": lambda cube: cube.remember("Alice keeps bees"),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_work_whose_answer_was_lost_gives_what_it_did(address: str, work: Callable[[Cube], object]) -> None:
    with remanence.open(address, owner="Alice") as cube:
        cube.observe(SAID, session="first")
        cube.remember("Alice likes green tea", kind="preference")
    with losing_answers(address) as (url, answered), remanence.open(url) as cube:
        work(cube)
        assert len(answered) == 2
        first, second = answered
        assert without(second, TOLD_ONCE | READ_ANEW) == without(first, TOLD_ONCE | READ_ANEW)


def test_a_document_that_came_before_says_that_it_did(address: str) -> None:
    remanence.open(address, owner="Alice").close()
    with losing_answers(address) as (url, _), remanence.open(url) as cube:
        done = cube.ingest(b"<p>Alice sails.</p><p hidden>Bob rows.</p>", name="boats.html")
        assert len(done.added) == 1
        assert done.notes == (TOLD_BEFORE,)
        again = cube.ingest(b"<p>Alice sails.</p>", name="copy.html", because="another name")
        assert again.name == "copy.html"


def test_an_erasure_by_rules_is_told_again_although_what_it_took_is_gone(address: str) -> None:
    rules = RULES.replace(b"archive", b"erase")
    with remanence.open(address, owner="Alice") as cube:
        item = cube.remember("Alice likes green tea", kind="preference")
    with losing_answers(address) as (url, answered), remanence.open(url) as cube:
        done = cube.apply_lifecycle(rules, allow_erase=True)
        assert len(answered) == 2
        assert done.receipt is not None
        assert item.id in done.receipt.items
        assert len(cube.erased()) == 1


def test_every_route_that_changes_something_takes_an_idempotency_key(server: str) -> None:
    told = httpx2.get(server.replace("/cubes", "/v1/openapi.json")).json()["paths"]
    keyed = {
        path
        for path, methods in told.items()
        for one in methods.get("post", {}).get("parameters", [])
        if one["name"] == "Idempotency-Key"
    }
    tables = (calls.OF_CUBE, calls.OF_UNIT, calls.OF_PROPOSAL)
    changing = [call.route for table in tables for call in table.values() if call.changes]
    bare = {re.sub(r"{\w+}", "{}", path) for path in keyed}
    missing = [one for one in changing if re.sub(r"{\w+}", "{}", f"/v1/cubes/{{cube}}/{one}") not in bare]
    assert changing
    assert missing == []
