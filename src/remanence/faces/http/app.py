"""The application: routes, what becomes of errors, and the OpenAPI document."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException as StarletteHTTPException

import remanence
from remanence.clock import SystemClock
from remanence.errors import RemanenceError
from remanence.faces.documents import Document
from remanence.faces.http import (
    ageing_routes,
    cube_routes,
    deed_routes,
    entity_routes,
    event_routes,
    item_routes,
    job_routes,
    logs,
    mirror_routes,
    operation_routes,
    problems,
    promise_routes,
    quick,
    recall_routes,
    record_routes,
    then_routes,
    traces,
    transfer_routes,
    unit_routes,
)
from remanence.faces.http.answers import ProblemDocument
from remanence.faces.http.config import ServerConfig
from remanence.faces.http.cubes import OpenCubes
from remanence.faces.http.gate import Gate
from remanence.faces.http.house import House, house_of
from remanence.faces.http.keys import Doorkeeper
from remanence.faces.http.metrics import Metrics
from remanence.faces.http.problems import Refusal
from remanence.faces.http.registry import Registry
from remanence.faces.http.repeats import Repeats
from remanence.faces.http.turns import Turns
from remanence.model.clock import Clock

DESCRIPTION = """A memory for AI agents: what was said is kept word for word, every belief is
dated and explained.

A **cube** is one owner's memory. Its verbs are *remember*, *recall*, *revise* and *forget*; *observe* takes
in a conversation, *context* answers with text for a prompt. Send your key as `Authorization: Bearer rem_...`.
Times may be ISO 8601, a date, or words for one. What goes wrong is told as `application/problem+json`
with a stable `code`."""
_PLAIN = {400: "broken_json", 404: "route_not_found", 405: "method_not_allowed"}
ROUTERS = tuple(
    routes.router
    for routes in (
        recall_routes,  # first: FastAPI tries one route after another
        cube_routes,
        item_routes,
        record_routes,
        then_routes,
        unit_routes,
        entity_routes,
        promise_routes,
        deed_routes,
        mirror_routes,
        ageing_routes,
        job_routes,
        transfer_routes,
        event_routes,
        operation_routes,
    )
)
Located = Sequence[str | int]
TYPE_CHARS_MAX = 100


def open_house(config: ServerConfig, *, clock: Clock | None = None, key: str | None = None) -> House:
    """Open a data directory; it is made where there is none. `key` is the one of encrypted cubes."""
    clock = clock or SystemClock()
    sent = traces.exporting() if config.traces else traces.Traces()
    registry = Registry(config.data, clock)
    config.cubes.mkdir(exist_ok=True, mode=0o700)
    for folder in (config.exports, config.turns):
        if folder is not None:
            folder.mkdir(exist_ok=True, mode=0o700)
    cubes = OpenCubes(config, key=key)
    return House(
        config=config,
        clock=clock,
        registry=registry,
        cubes=cubes,
        doorkeeper=Doorkeeper(registry),
        repeats=Repeats(registry, clock, hours=config.repeat_hours_max),
        metrics=Metrics(cubes.count_open),
        workers=ThreadPoolExecutor(config.workers_max, "remanence"),
        traces=sent,
        turns_between=Turns(config.turns),
    )


def make_app(house: House) -> FastAPI:
    """The application of a house; closing it closes the house."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        house.close()

    app = FastAPI(
        title="Remanence",
        version=remanence.__version__,
        description=DESCRIPTION,
        lifespan=life,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # a path with one more is none of the document's
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.house = house
    app.router.routes.extend(quick.ROUTES)
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(RemanenceError, _failed)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misfit)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Gate, house=house)
    app.openapi = _openapi_of(app)  # type: ignore[method-assign]  # the way FastAPI documents
    return app


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RemanenceError)
    problem = problems.of_error(error)
    if problem.status >= 500:
        logs.tell("error", level=logging.WARNING, code=problem.code, fault=type(error).__name__)
    told, config = str(error), house_of(request).config
    for folder in (config.cubes, config.data):
        told = told.replace(f"{folder}{os.sep}", "")  # where cubes lie is nobody's business
    return problems.answer(problem, told)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    if isinstance(error, Refusal):
        return problems.answer(problems.OF_SERVER[error.code], str(error.detail), headers=error.headers)
    code = _PLAIN.get(error.status_code, "bad_request")
    detail = {
        "broken_json": "the body is no JSON: not in UTF-8, too deep, or with a number of too many digits",
        "route_not_found": "there is no such resource; see /v1/openapi.json",
        "method_not_allowed": "the resource has no such method; see /v1/openapi.json",
    }.get(code, str(error.detail))
    headers = {"allow": _allowed(request.url.path)} if error.status_code == 405 else error.headers
    return problems.answer(problems.OF_SERVER[code], detail, headers=headers)


def _allowed(path: str) -> str:
    """The methods that a path has, all of them: each is a route of its own."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    fitting = [route for route in routes if route.path_regex.match(path)]
    return ", ".join(sorted({method for route in fitting for method in route.methods or ()}))


async def _misfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if isinstance(error.body, bytes) and any(one["loc"] == ("body",) for one in found):
        given = request.headers.get("content-type", "none")[:TYPE_CHARS_MAX]
        detail = f"the body is read as JSON with the header Content-Type: application/json; given was {given}"
        return problems.answer(problems.OF_SERVER["invalid_request"], detail)
    if any(one["type"] == "json_invalid" for one in found):
        where = found[0].get("ctx", {}).get("error", "it can't be parsed")
        return problems.answer(problems.OF_SERVER["broken_json"], f"the body is no JSON: {where}")
    if any(one["loc"][:2] == ("path", "cube") for one in found):
        from remanence.faces.http import names

        detail = f"a cube's name is {names.NAME_RULE}"
        return problems.answer(problems.OF_SERVER["invalid_cube_name"], detail)
    faults: list[Document] = [{"pointer": _pointer(one["loc"]), "message": str(one["msg"])} for one in found]
    detail = "; ".join(f"{one['pointer']}: {one['message']}" for one in faults[:5])
    return problems.answer(problems.OF_SERVER["invalid_request"], detail, faults=faults)


async def _broken(_: Request, error: Exception) -> Response:
    """What nobody foresaw: the log has the places in the code."""
    return problems.answer(
        problems.OF_SERVER["internal"],
        f"{type(error).__name__}; the log tells where. A change may have been made: look at the journal",
    )


def _pointer(place: Located) -> str:
    """A place as `body/messages/0/role`: which part of the request, then a JSON pointer's steps."""
    return "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in place)


def _openapi_of(app: FastAPI) -> Callable[[], dict[str, object]]:
    """Builds the document once: with the problem's shape and the way to send a key."""

    def build() -> dict[str, object]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            parts = document.setdefault("components", {})
            _, shapes = models_json_schema(
                [(ProblemDocument, "serialization")], ref_template="#/components/schemas/{model}"
            )
            parts.setdefault("schemas", {}).update(shapes["$defs"])
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"key": []}, {}]
            app.openapi_schema = document
        return app.openapi_schema

    return build
