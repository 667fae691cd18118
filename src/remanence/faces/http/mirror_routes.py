"""Routes of the mirror: what an agent's own words show of it, kept as findings, and its persona."""

from __future__ import annotations

from fastapi import APIRouter, Response

from remanence.faces import mirror_documents
from remanence.faces.http import mirror_bodies, shapes, work_shapes
from remanence.faces.http.answers import ANSWERS, Unit
from remanence.faces.http.house import Changing, Readable
from remanence.faces.http.mirror_answers import Portrait, Reflection

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["mirror"])


@router.post("/portrait", summary="What an agent's words show of it", responses=ANSWERS.of(Portrait))
async def portrait(place: Readable, given: mirror_bodies.Portray) -> Response:
    """Habits, drifts, contradictions, inclinations; nothing is written."""
    return await place.read(lambda cube: cube.portrait(agent=given.agent), mirror_documents.of_portrait)


@router.post("/reflect", summary="Keep what an agent's words show", responses=ANSWERS.of(Reflection))
async def reflect(place: Changing, given: mirror_bodies.Reflect) -> Response:
    """As items that cite their evidence, and propose its persona; in one change that `undo` takes back."""
    return await place.change(
        lambda cube: cube.reflect(
            agent=given.agent,
            persona=given.persona,
            abstractive=given.abstractive,
            because=given.because,
            actor=place.actor,
        ),
        work_shapes.reflected(given.agent),
    )


@router.post("/personas/accept", summary="Accept a proposed persona", responses=ANSWERS.of(Unit))
async def accept_persona(place: Changing, given: mirror_bodies.AcceptPersona) -> Response:
    """The agent's persona unit says it then, as its next version."""
    return await place.change(
        lambda cube: cube.accept_persona(given.draft.told, because=given.because, actor=place.actor),
        shapes.UNIT,
    )
