"""Questions that are asked as they should be, past FastAPI's layers, which take longer than reading the body.

A request whose body is JSON of the right shape goes this way; every other one goes FastAPI's, which says what
is wrong with it. Both end in the same function of `recall_routes`, and the OpenAPI document is FastAPI's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from fastapi import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from remanence.faces.http import bodies, names, recall_routes
from remanence.faces.http.house import JSON, Place, admitted

T = TypeVar("T", bound=BaseModel)
TRIED = "remanence.quick"  # in the scope of a request that FastAPI has to read
_NAME = re.compile(names.NAME_PATTERN)


class _Question(Generic[T]):
    """Reads the body of one route, and asks."""

    def __init__(self, shape: type[T], answer: Callable[[Place, T], Awaitable[Response]]) -> None:
        self._shape = shape
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, cube = Request(scope, receive), scope["path_params"]["cube"]
        try:
            body = await request.body()
        except ClientDisconnect as error:
            raise HTTPException(400, "the body did not come whole") from error
        given = self._read(body) if _is_plain(request, cube) else None
        if given is None:
            scope[TRIED] = True
            await scope["router"](scope, _once_more(body, receive), send)
            return
        response = await self._answer(await admitted(request, cube, "read"), given)
        await response(scope, receive, send)

    def _read(self, body: bytes) -> T | None:
        try:
            return self._shape.model_validate(json.loads(body))
        except (ValueError, RecursionError):  # told by FastAPI, with its place
            return None


class _QuickRoute(Route):
    """A route that is passed over by what has been tried, and by what it doesn't fit wholly."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = (Match.NONE, {}) if TRIED in scope else super().matches(scope)
        return (match, {**found, "route": self}) if match is Match.FULL else (Match.NONE, {})


def _is_plain(request: Request, cube: str) -> bool:
    return request.headers.get("content-type") == JSON and _NAME.fullmatch(cube) is not None


def _once_more(body: bytes, receive: Receive) -> Receive:
    """What gives the body that was read already, and then what else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


ROUTES = [
    _QuickRoute(f"{recall_routes.router.prefix}/{name}", question, methods=["POST"], include_in_schema=False)
    for name, question in (
        ("recall", _Question(bodies.Recall, recall_routes.recall)),
        ("context", _Question(bodies.Context, recall_routes.context)),
    )
]
