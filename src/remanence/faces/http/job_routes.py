"""Routes of what waits to be done: vectors, readings by a language model, readings by newer rules."""

from __future__ import annotations

from fastapi import APIRouter, Response

from remanence.faces import reading_documents
from remanence.faces.http import care_bodies, work_shapes
from remanence.faces.http.answers import ANSWERS
from remanence.faces.http.care_answers import (
    Embedded,
    Parked,
    ReadReport,
    Reread,
    RereadPlan,
    Retried,
)
from remanence.faces.http.house import Changing, Readable

router = APIRouter(prefix="/v1/cubes/{cube}/jobs", tags=["jobs"])


@router.post("/embed", summary="Embed what waits for its vectors", responses=ANSWERS.of(Embedded))
async def embed_pending(place: Changing, given: care_bodies.Job) -> Response:
    """`stats` counts what waits."""
    return await place.change(
        lambda cube: cube.embed_pending(limit=given.limit), work_shapes.counted("embedded"), is_job=True
    )


@router.post("/read", summary="Read what waits for the language model", responses=ANSWERS.of(ReadReport))
async def read_pending(place: Changing, given: care_bodies.ReadJob) -> Response:
    """Refused where the server has none; `seconds` keep it within the time that an answer may take."""
    return await place.change(
        lambda cube: cube.read_pending(limit=given.limit, seconds=given.seconds, actor=place.actor),
        work_shapes.READ,
        is_job=True,
    )


@router.get("/parked", summary="Messages that could not be read", responses=ANSWERS.of(Parked))
async def parked(place: Readable) -> Response:
    """So often that they wait no longer."""
    return await place.read(
        lambda cube: cube.parked(), lambda found: reading_documents.of_parked(found, retried=0)
    )


@router.post("/parked/retry", summary="Let parked messages wait again", responses=ANSWERS.of(Retried))
async def retry_parked(place: Changing, given: care_bodies.Retry) -> Response:
    """These or all."""
    return await place.change(lambda cube: cube.retry_parked(given.items), work_shapes.counted("retried"))


@router.get("/reread/plan", summary="What a reread would touch", responses=ANSWERS.of(RereadPlan))
async def plan_reread(place: Readable) -> Response:
    """Nothing is changed, and no model is asked."""
    return await place.read(lambda cube: cube.plan_reread(), reading_documents.of_reread_plan)


@router.post("/reread", summary="Read again what older readers have read", responses=ANSWERS.of(Reread))
async def reread(place: Changing, given: care_bodies.Reason) -> Response:
    """By the rules at once; for a language model the messages are queued."""
    return await place.change(
        lambda cube: cube.reread(because=given.because, actor=place.actor), work_shapes.REREAD
    )
