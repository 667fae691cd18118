"""Routes for whoever runs the server: is it alive, is it ready, what does it count."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from remanence.faces.http import problems
from remanence.faces.http.answers import ANSWERS
from remanence.faces.http.house import caller_of, house_of, json_response
from remanence.faces.http.problems import Refusal

router = APIRouter(tags=["operation"])
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", summary="Is the process alive")
async def healthz() -> Response:
    """Needs no key."""
    return json_response({"status": "alive"})


@router.get("/readyz", summary="May requests be sent", responses=ANSWERS.problems)
async def readyz(request: Request) -> Response:
    """Needs no key; 503 from the moment on at which the server is told to stop, or when it can't work."""
    house = house_of(request)
    if house.is_stopping():
        return problems.answer(problems.OF_SERVER["too_busy"], "the server is about to stop")
    await house.in_a_worker(house.registry.has_keys)
    return json_response({"status": "ready"})


@router.get("/metrics", summary="What the server counts", response_class=Response, responses=ANSWERS.problems)
async def metrics(request: Request) -> Response:
    """In Prometheus' text format; where keys are needed, for one with the scope admin on every cube."""
    caller = await caller_of(request)
    if "admin" not in caller.scopes or "*" not in caller.patterns:
        raise Refusal("scope_missing", "metrics need a key with the scope admin for the pattern *")
    return Response(house_of(request).metrics.text(), media_type=METRICS_TYPE)
