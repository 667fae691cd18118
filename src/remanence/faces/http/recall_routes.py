"""Routes that take in a conversation and answer a question, or say why something does not answer it."""

from __future__ import annotations

from typing import TypedDict, cast

from fastapi import APIRouter, Response

from remanence.faces import documents, explanation_documents
from remanence.faces.http import bodies, shapes
from remanence.faces.http.answers import ANSWERS, Hits, Observed, Prompt
from remanence.faces.http.care_answers import WhyNot
from remanence.faces.http.explanation_answers import Explanation, Recognised
from remanence.faces.http.house import Changing, Readable
from remanence.faces.http.item_routes import ItemId

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["memory"])


class _Filters(TypedDict):
    as_of: str | None
    known_at: str | None
    said_before: str | None
    kinds: list[str] | None
    sessions: list[str] | None
    authors: list[str] | None
    tags: list[str] | None
    metadata: dict[str, bool | int | float | str | None] | None
    confidence_min: float
    units: list[str] | None
    units_boost: dict[str, float] | None
    entities: list[str] | None
    without: list[str]
    goal: str | None
    asker: str | None
    ageing: bool


@router.post("/recall", summary="Find what answers best", responses=ANSWERS.of(Hits))
async def recall(place: Readable, given: bodies.Recall) -> Response:
    """Best first, each with its score and what the score is made of. Changes nothing."""
    return await place.read(
        lambda cube: cube.recall(
            given.text,
            k=given.k,
            score_min=given.score_min,
            include=given.include,
            **_filters(given),
        ),
        documents.of_hits,
    )


@router.post("/observe", summary="Take in a conversation", responses=ANSWERS.of(Observed))
async def observe(place: Changing, given: bodies.Observe) -> Response:
    """Each message is kept word for word, and what follows from it beside it. All or nothing."""
    return await place.change(
        lambda cube: cube.observe(
            given.messages,
            session=given.session,
            shown=given.shown,
            because=given.because,
            actor=place.actor,
        ),
        shapes.OBSERVED,
    )


@router.post("/recognise", summary="Which items messages are", responses=ANSWERS.of(Recognised))
async def recognise(place: Readable, given: bodies.Recognise) -> Response:
    """Those that `observe` would know again: give them to `recall` or `context` as `without`."""
    return await place.read(
        lambda cube: cube.recognise(given.messages, session=given.session),
        lambda found: {"items": list(found)},
    )


@router.post("/explain", summary="A recall taken apart", responses=ANSWERS.of(Explanation))
async def explain(place: Readable, given: bodies.Recall) -> Response:
    """How the question was read, how many rows pass each filter, and each hit's place by each road."""
    return await place.read(
        lambda cube: cube.explain(
            given.text, k=given.k, score_min=given.score_min, include=given.include, **_filters(given)
        ),
        explanation_documents.of_explanation,
    )


@router.post("/context", summary="Text for a prompt", responses=ANSWERS.of(Prompt))
async def context(place: Readable, given: bodies.Context) -> Response:
    """Under a budget of tokens, each line dated and cited to its item. Changes no item.

    Which rows it showed is noted, without the question, where the key may write.
    """
    return await place.read(
        lambda cube: cube.context(
            given.text,
            budget=given.budget,
            format=given.format,
            score_min=given.score_min,
            record=given.record and "write" in place.caller.scopes,
            **_filters(given),
        ),
        documents.of_context,
    )


@router.post("/items/{item}/why-not", summary="Why an item is no hit", responses=ANSWERS.of(WhyNot))
async def why_not(place: Readable, item: ItemId, given: bodies.WhyNot) -> Response:
    """What keeps it out of the first k hits of the same recall."""
    return await place.read(
        lambda cube: cube.why_not(item, given.text, k=given.k, include=given.include, **_filters(given)),
        documents.of_why_not,
    )


def _filters(given: bodies.Question) -> _Filters:
    return _Filters(
        as_of=given.as_of,
        known_at=given.known_at,
        said_before=given.said_before,
        kinds=cast("list[str] | None", given.kinds),
        sessions=given.sessions,
        authors=given.authors,
        tags=given.tags,
        metadata=given.metadata,
        confidence_min=given.confidence_min,
        units=given.units,
        units_boost=given.units_boost,
        entities=given.entities,
        without=given.without,
        goal=given.goal,
        asker=given.asker,
        ageing=given.ageing,
    )
