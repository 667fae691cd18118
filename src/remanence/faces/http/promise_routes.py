"""Routes of promises: made, assessed, withdrawn, declared, taken in, and checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from remanence.faces import promise_documents
from remanence.faces.http import care_bodies, promise_bodies, shapes
from remanence.faces.http.answers import ANSWERS
from remanence.faces.http.house import Changing, Readable
from remanence.faces.http.promise_answers import Assessment, Ledger, Promise, PromiseReport, Promises

router = APIRouter(prefix="/v1/cubes/{cube}/promises", tags=["promises"])
PromiseId = Annotated[str, Path(description="A promise's id, or any beginning of it that no other has.")]


@router.get("", summary="The ledger of promises", responses=ANSWERS.of(Ledger))
async def promises(place: Readable) -> Response:
    """Oldest first, with their assessments; beside them intentions, impositions, and trust in each agent."""
    return await place.read(lambda cube: cube.promises(), promise_documents.of_ledger)


@router.post("", summary="Write down a promise", responses=ANSWERS.of(Promise))
async def promise(place: Changing, given: promise_bodies.NewPromise) -> Response:
    """What can't be kept beside an open promise is taken, and says so in `contradicts`."""
    return await place.change(
        lambda cube: cube.promise(
            given.body,
            to=given.to,
            by=given.by,
            kind=given.kind,
            constraints=given.constraints,
            given=given.given,
            scope=given.scope,
            due=given.due,
            source=given.source,
            said_by=given.said_by,
            replaces=given.replaces,
            trust=given.trust,
            because=given.because,
            actor=place.actor,
        ),
        shapes.PROMISE,
    )


@router.post("/{promise}/assess", summary="Say how a promise came out", responses=ANSWERS.of(Assessment))
async def assess_promise(
    place: Changing, promise: PromiseId, given: promise_bodies.AssessPromise
) -> Response:
    """Assessors may disagree; the last word of each counts."""
    return await place.change(
        lambda cube: cube.assess_promise(
            promise,
            given.outcome,
            by=given.by,
            evidence=given.evidence,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ASSESSMENT,
    )


@router.post("/{promise}/withdraw", summary="Take a promise back", responses=ANSWERS.of(Promise))
async def withdraw_promise(place: Changing, promise: PromiseId, given: care_bodies.Reason) -> Response:
    """It stays in the ledger as withdrawn."""
    return await place.change(
        lambda cube: cube.withdraw_promise(promise, because=given.because, actor=place.actor),
        shapes.PROMISE,
    )


@router.post("/declare", summary="Make the promises of a file", responses=ANSWERS.of(Promises))
async def declare_promises(place: Changing, given: promise_bodies.DeclarePromises) -> Response:
    """In one change; what stands there already is left as it is."""
    return await place.change(
        lambda cube: cube.declare_promises(given.told, because=given.because, actor=place.actor),
        shapes.PROMISES,
    )


@router.post("/check", summary="Check what memory promises", responses=ANSWERS.of(PromiseReport))
async def check_promises(place: Readable, given: promise_bodies.CheckPromises) -> Response:
    """About itself, against the record; nothing is changed."""
    return await place.read(
        lambda cube: cube.check_promises(given.told, coherence=given.figures),
        promise_documents.of_report,
    )


@router.post("/accept", summary="Take in a signed promise", responses=ANSWERS.of(Promise))
async def accept_promise(place: Changing, given: promise_bodies.AcceptPromise) -> Response:
    """Of the holder of this public key; what was taken in before is known again."""
    return await place.change(
        lambda cube: cube.accept_promise(
            given.document, key=given.key, because=given.because, actor=place.actor
        ),
        shapes.PROMISE,
    )
