"""The OpenAPI document and the table of problems: whole, true to the answers, and documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import httpx2
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from http_server import make
from pydantic import BaseModel, TypeAdapter

from remanence import errors
from remanence.faces.http import answers, bodies, problems
from remanence.faces.http.app import ROUTERS
from remanence.model.kind import Kind, Trust

PAGE = Path(__file__).parents[2] / "docs" / "server.md"
ROUTES = [
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.path.startswith("/v1")
]


def public_errors() -> list[type[errors.RemanenceError]]:
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.RemanenceError)
    ]


@pytest.mark.parametrize("error", public_errors(), ids=lambda error: error.__name__)
def test_every_public_error_has_its_own_problem(error: type[errors.RemanenceError]) -> None:
    problem = problems.of_error(error("told"))
    assert problem is problems.OF_ERRORS[error], "not that of its parent"
    answer = problems.answer(problem, "told")
    assert answer.status_code == problem.status >= 400
    assert answer.media_type == "application/problem+json"


def test_codes_are_stable_words_of_which_no_two_are_the_same() -> None:
    codes = [one.code for one in (*problems.OF_ERRORS.values(), *problems.OF_SERVER.values())]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


def test_every_problem_stands_in_the_documentation_with_its_status() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = {error.__name__: problem for error, problem in problems.OF_ERRORS.items()}
    rows = [f"| `{one.code}` | {one.status} | `{name}` |" for name, one in named.items()]
    rows += [f"| `{one.code}` | {one.status} |" for one in problems.OF_SERVER.values()]
    assert [row for row in rows if row not in page] == []


def test_every_setting_stands_in_the_documentation() -> None:
    from dataclasses import fields

    from remanence.faces.http.config import ServerConfig

    page = PAGE.read_text(encoding="utf-8")
    assert [one.name for one in fields(ServerConfig) if f"`{one.name}`" not in page] == []


def test_the_words_of_requests_are_those_of_the_model() -> None:
    assert set(get_args(bodies.KindName)) == set(Kind)
    assert set(get_args(bodies.TrustName)) == set(Trust)


def test_the_openapi_document_reads_well(client: httpx2.Client) -> None:
    document = client.get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["summary"]
        assert one["description"]
        assert one["tags"]
        for parameter in one.get("parameters", []):
            assert parameter.get("description"), (one["operationId"], parameter["name"])
    of_cubes = [m for path, m in document["paths"].items() if path.startswith("/v1")]
    for one in (operation for methods in of_cubes for operation in methods.values()):
        assert {"401", "403", "404", "422"} <= one["responses"].keys()
        assert "application/problem+json" in one["responses"]["404"]["content"]
    shapes = document["components"]["schemas"]
    assert "HTTPValidationError" not in shapes
    assert [name for name, shape in shapes.items() if not shape.get("description")] == ["JsonValue"]


def test_answers_have_the_shapes_that_are_documented(client: httpx2.Client, cube: str) -> None:
    said = [
        {"role": "user", "content": "I live in Porto", "name": "Ana"},
        {"role": "assistant", "content": "ok"},
    ]
    found: list[tuple[object, dict]] = [
        (answers.Observed, client.post(f"{cube}/observe", json={"messages": said, "session": "s"}).json())
    ]
    slot = {"subject": "Ana", "attribute": "home", "value": "Lisbon"}
    other = {"text": "Ana lives in Lisbon", "slot": slot, "trust": "document", "author": "registry"}
    item = client.post(f"{cube}/items", json={**other, "metadata": {"a": [1]}}).json()
    place = f"{cube}/items/{item['id']}"
    gone = client.post(f"{cube}/items", json={"text": "Ana has a dog"}).json()
    asked = {"text": "where does Ana live?"}
    found += [
        (answers.Item, item),
        (answers.Item, client.get(place).json()),
        (answers.History, client.get(f"{place}/history").json()),
        (answers.Support, client.get(f"{place}/why").json()),
        (answers.Forgotten, client.post(f"{cube}/items/{gone['id']}/forget", json={"erase": True}).json()),
        (answers.Hits, client.post(f"{cube}/recall", json=asked).json()),
        (answers.Prompt, client.post(f"{cube}/context", json=asked).json()),
        (answers.Journal, client.get(f"{cube}/journal").json()),
        (answers.Conflicts, client.get(f"{cube}/conflicts").json()),
        (answers.Timeline, client.get(f"{cube}/timeline", params={"subject": "Ana"}).json()),
        (answers.UnitPage, client.get(f"{cube}/units").json()),
        (answers.WholeUnit, client.get(f"{cube}/units/persona:Ana").json()),
        (answers.CubePage, client.get("/v1/cubes").json()),
        (answers.Cube, client.get(cube).json()),
        (answers.Stats, client.get(f"{cube}/stats").json()),
        (answers.ProblemDocument, client.get(f"{cube}/items/!").json()),
    ]
    for shape, document in found:
        TypeAdapter(shape).validate_python(document)
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            required = {name for name, one in shape.model_fields.items() if one.is_required()}
            assert required <= document.keys()
    assert all(
        document[name] for _, document in found for name in ("hits", "lines", "periods") if name in document
    )


def asked_first(dependant: Dependant) -> Iterator[object]:
    """What is called before a route, at whichever depth."""
    for one in dependant.dependencies:
        yield one.call
        yield from asked_first(one)


def test_every_route_of_a_cube_names_its_scope() -> None:
    from remanence.faces.http.house import Asking, Changing, Governed, Readable

    admitted = {
        dependency for one in (Readable, Changing, Governed, Asking) for dependency in get_args(one)[1:]
    }
    calls = {one.dependency for one in admitted}
    for route in ROUTES:
        assert calls & set(asked_first(route.dependant)), route.path


def test_making_a_cube_twice_is_one_cube(client: httpx2.Client) -> None:
    assert make(client, "twice") == make(client, "twice")
