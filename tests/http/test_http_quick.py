"""Questions that go past FastAPI: answered, and refused, as those that FastAPI reads.

It reads them where the header says more than `application/json`, so the same body is sent both ways.
"""

from __future__ import annotations

import httpx2
import pytest

QUICK, READ_BY_FASTAPI = "application/json", "application/json; charset=utf-8"
ROUTES = ("recall", "context")


def sent(client: httpx2.Client, path: str, body: bytes, given: str) -> httpx2.Response:
    return client.post(path, content=body, headers={"content-type": given})


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "peanuts"}',
        '{"text": "Erdnüsse 花生", "kinds": ["fact"], "ageing": false}'.encode(),
        b'{"text": "peanuts \\ud800"}',
        b'{"text": "nuts", "text": "peanuts", "as_of": "2099-01-01", "confidence_min": 1}',
    ],
)
def test_a_question_is_answered_alike(client: httpx2.Client, cube: str, route: str, body: bytes) -> None:
    client.post(f"{cube}/items", json={"text": "Alice is allergic to peanuts"})
    answers = [sent(client, f"{cube}/{route}", body, given) for given in (QUICK, READ_BY_FASTAPI)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json().keys() == answers[1].json().keys()
    ids = [
        [hit["item"]["id"] for hit in answer.json()["hits"]] if route == "recall" else answer.json()
        for answer in answers
    ]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": 1}',
        b'{"text": " "}',
        b'{"text": "a", "known_at": "no time"}',
        b'{"text": "a", "confidence_min": 2}',
        b'{"text": "a", "confidence_min": NaN}',
        b'{"text": "a", "k": 0, "budget": true}',
        b'{"text": "a", "nobody": "knows this"}',
        b'{"k": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_wrong_is_told_alike(client: httpx2.Client, cube: str, route: str, body: bytes) -> None:
    answers = [sent(client, f"{cube}/{route}", body, given) for given in (QUICK, READ_BY_FASTAPI)]
    assert answers[0].status_code == answers[1].status_code >= 400
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("name", ["nobody", "Alice", "a%0A", "con", "-a"])
def test_a_cube_that_is_not_there_is_told_alike(client: httpx2.Client, name: str) -> None:
    path = f"/v1/cubes/{name}/recall"
    answers = [sent(client, path, b'{"text": "a"}', given) for given in (QUICK, READ_BY_FASTAPI)]
    assert answers[0].status_code == answers[1].status_code >= 400
    assert answers[0].json() == answers[1].json()


def test_it_is_counted_as_a_question_of_its_route(client: httpx2.Client, cube: str) -> None:
    for given in (QUICK, READ_BY_FASTAPI):
        assert sent(client, f"{cube}/recall", b'{"text": "a"}', given).status_code == 200
    counted = [line for line in client.get("/metrics").text.splitlines() if line.startswith("remanence_req")]
    asked = [line for line in counted if "/recall" in line and "requests_total" in line and '"200"' in line]
    assert len(asked) == 1, asked
    assert 'route="/v1/cubes/{cube}/recall"' in asked[0]
    assert float(asked[0].rpartition(" ")[2]) >= 2
