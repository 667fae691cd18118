"""Routes of ageing: what helped, what expires, the rules of a lifecycle, consolidation, summaries."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from remanence.faces import documents, lifecycle_documents, unit_documents
from remanence.faces.http import care_bodies, shapes, work_shapes
from remanence.faces.http.answers import ANSWERS, Item
from remanence.faces.http.care_answers import (
    Consolidated,
    Items,
    LifecycleApplied,
    LifecyclePlan,
    Marks,
    Summarised,
    Summary,
    Used,
)
from remanence.faces.http.house import Changing, Readable, require
from remanence.faces.http.item_routes import At, ItemId
from remanence.model.summary import DEFAULT_SUMMARY_TOKENS

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["ageing"])


@router.post("/used", summary="Mark the items that helped", responses=ANSWERS.of(Used))
async def used(place: Changing, given: care_bodies.Used) -> Response:
    """They stay active longer, and wake if dormant."""
    return await place.change(
        lambda cube: cube.used(given.hits, because=given.because, actor=place.actor), shapes.USED
    )


@router.post("/items/{item}/expire", summary="Say until when to recall an item", responses=ANSWERS.of(Item))
async def expire(place: Changing, item: ItemId, given: care_bodies.Expire) -> Response:
    """And then no more; that is not its validity."""
    return await place.change(
        lambda cube: cube.expire(item, at=given.at, because=given.because, actor=place.actor), shapes.ITEM
    )


@router.get("/items/{item}/marks", summary="When an item was used", responses=ANSWERS.of(Marks))
async def marks(place: Readable, item: ItemId) -> Response:
    """And until when it is to be recalled."""
    return await place.read(lambda cube: cube.marks(item), lifecycle_documents.of_marks)


@router.get("/items/{item}/merged", summary="What was merged into an item", responses=ANSWERS.of(Items))
async def merged(place: Readable, item: ItemId) -> Response:
    """Each with its own words."""
    return await place.read(lambda cube: cube.merged(item), documents.of_items)


@router.get("/items/{item}/survivor", summary="What goes on for an item", responses=ANSWERS.of(Item))
async def survivor(place: Readable, item: ItemId) -> Response:
    """What it was merged into, at the last; else itself."""
    return await place.read(lambda cube: cube.survivor(item), documents.of_item)


@router.post("/lifecycle/plan", summary="What rules would do", responses=ANSWERS.of(LifecyclePlan))
async def plan_lifecycle(place: Readable, given: care_bodies.Rules) -> Response:
    """To which items and why; nothing is changed."""
    return await place.read(
        lambda cube: cube.plan_lifecycle(given.told), lifecycle_documents.of_lifecycle_plan
    )


@router.post("/lifecycle/apply", summary="Do what rules say", responses=ANSWERS.of(LifecycleApplied))
async def apply_lifecycle(place: Changing, given: care_bodies.ApplyRules) -> Response:
    """In one change that `undo` takes back; erasures need `allow_erase` and the scope erase."""
    if given.allow_erase:
        require(place, "erase")
    return await place.change(
        lambda cube: cube.apply_lifecycle(
            given.told, allow_erase=given.allow_erase, because=given.because, actor=place.actor
        ),
        work_shapes.applied(given.told),
    )


@router.post("/consolidate", summary="Merge what says the same", responses=ANSWERS.of(Consolidated))
async def consolidate(place: Changing, given: care_bodies.Consolidate) -> Response:
    """And strengthen what is corroborated, let go of what is cold, renew summaries; in one change."""
    return await place.change(
        lambda cube: cube.consolidate(seconds=given.seconds, because=given.because, actor=place.actor),
        work_shapes.CONSOLIDATED,
    )


@router.post("/summaries", summary="Write or renew sessions' summaries", responses=ANSWERS.of(Summarised))
async def summarise(place: Changing, given: care_bodies.Summarise) -> Response:
    """As items that cite the passages they quote; nothing where nothing changed."""
    return await place.change(
        lambda cube: cube.summarise(
            session=given.session,
            budget=given.budget,
            abstractive=given.abstractive,
            because=given.because,
            actor=place.actor,
        ),
        work_shapes.SUMMARISED,
    )


@router.get("/rollup", summary="What a day, week or month brought", responses=ANSWERS.of(Summary))
async def rollup(
    place: Readable,
    period: Annotated[Literal["day", "week", "month"], Query(description="How long.")],
    when: At = None,
    budget: Annotated[int, Query(ge=1, description="Tokens at most.")] = DEFAULT_SUMMARY_TOKENS,
) -> Response:
    """In sentences word for word; nothing is kept."""
    return await place.read(lambda cube: cube.rollup(period, when, budget=budget), unit_documents.of_summary)
