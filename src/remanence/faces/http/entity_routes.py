"""Routes of entities: whom and what a cube has heard of, and the corrections of who is who."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from remanence.faces import entity_documents
from remanence.faces.http import shapes, unit_bodies
from remanence.faces.http.answers import ANSWERS
from remanence.faces.http.house import Changing, Readable
from remanence.faces.http.pages import Page, Pages
from remanence.faces.http.unit_answers import Candidates, Entities, Entity, EntityPage

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["entities"])
EntityName = Annotated[str, Path(description="An entity's id, or a name where no / stands in it.")]
Asker = Annotated[str | None, Query(description='Who says "I" and "my sister"; the owner if not given.')]
Name = Annotated[str, Query(description="A name, or an id.")]
Kind = Annotated[
    Literal["person", "place", "organisation", "thing", "unknown"] | None,
    Query(description="Only those of this kind."),
]


@router.get("/entities", summary="Whom and what the cube has heard of", responses=ANSWERS.of(Entities))
async def entities(
    place: Readable, page: Annotated[Page, Depends(Pages("entities"))], kind: Kind = None
) -> Response:
    """The most mentioned first."""
    return await place.page(lambda cube: cube.entities(kind=kind), entity_documents.of_entities, page)


@router.get("/entity", summary="Who is known by a name", responses=ANSWERS.of(EntityPage))
async def entity(place: Readable, name: Name, asker: Asker = None) -> Response:
    """With the items that mention it, and where."""
    return await place.read(lambda cube: cube.entity(name, asker=asker), entity_documents.of_entity_page)


@router.get("/entities/find", summary="Whom a name may mean", responses=ANSWERS.of(Candidates))
async def find_entities(place: Readable, name: Name, asker: Asker = None) -> Response:
    """Best first, each with its share of the score."""
    return await place.read(
        lambda cube: cube.find_entities(name, asker=asker), entity_documents.of_candidates
    )


@router.post("/entities/{entity}/merge", summary="Take two entities for one", responses=ANSWERS.of(Entity))
async def merge_entities(place: Changing, entity: EntityName, given: unit_bodies.MergeEntities) -> Response:
    """It goes on as the first."""
    return await place.change(
        lambda cube: cube.merge_entities(entity, given.other, because=given.because, actor=place.actor),
        shapes.ENTITY,
    )


@router.post("/entities/{entity}/split", summary="Take one entity for two", responses=ANSWERS.of(Entity))
async def split_entity(place: Changing, entity: EntityName, given: unit_bodies.SplitEntity) -> Response:
    """What is mentioned by these names, or in these items, is another, which is answered."""
    return await place.change(
        lambda cube: cube.split_entity(
            entity,
            aliases=given.aliases,
            items=given.items,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ENTITY,
    )


@router.post("/entities/{entity}/annotate", summary="Name an entity", responses=ANSWERS.of(Entity))
async def annotate_entity(place: Changing, entity: EntityName, given: unit_bodies.AnnotateEntity) -> Response:
    """Or say what kind it is; the names it has stay."""
    return await place.change(
        lambda cube: cube.annotate_entity(
            entity, name=given.name, kind=given.kind, because=given.because, actor=place.actor
        ),
        shapes.ENTITY,
    )
