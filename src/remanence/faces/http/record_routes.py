"""Routes that look at what is written down: the journal, units, conflicts, timelines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from remanence.cube import Cube
from remanence.faces import belief_documents, documents, time_documents, unit_documents
from remanence.faces.documents import Document
from remanence.faces.http import pages
from remanence.faces.http.answers import ANSWERS, Conflicts, Journal, Timeline, UnitPage, WholeUnit
from remanence.faces.http.house import Readable

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["records"])
UnitName = Annotated[str, Path(description='A unit\'s name ("Lisbon", "topic:Lisbon"), or its id.')]
KnownAt = Annotated[str | None, Query(description="What was believed then: ISO 8601, a date, or words.")]


@router.get("/journal", summary="What changed, newest first", responses=ANSWERS.of(Journal))
async def journal(
    place: Readable,
    item: Annotated[str | None, Query(description="Only the changes of this item, by its id.")] = None,
    limit: pages.Limit = pages.DEFAULT_LIMIT,
    cursor: pages.Cursor = None,
) -> Response:
    """Lines of the hash-chained record. New lines never move a page."""
    before = pages.number(cursor, "journal")

    def look(cube: Cube) -> Document:
        lines = cube.journal(limit=limit + 1, item=item, before=before)
        page = lines[:limit]
        following = pages.written("journal", page[-1].sequence) if len(lines) > limit else None
        return {**documents.of_journal(page), "next": following}

    return await place.read(look)


@router.get("/conflicts", summary="Open contradictions", responses=ANSWERS.of(Conflicts))
async def conflicts(
    place: Readable,
    subject: Annotated[str | None, Query(description="Only those about this one, by name.")] = None,
    limit: pages.Limit = pages.DEFAULT_LIMIT,
    cursor: pages.Cursor = None,
) -> Response:
    """Claims to one slot for the same time, none of which has given way."""

    def look(cube: Cube) -> Document:
        page, following = pages.cut(cube.conflicts(subject=subject), cursor, limit, "conflicts")
        return {**belief_documents.of_conflicts(page), "next": following}

    return await place.read(look)


@router.get("/timeline", summary="The succession of values", responses=ANSWERS.of(Timeline))
async def timeline(
    place: Readable,
    subject: Annotated[str, Query(description="Of whom to tell; a name as people write it.")],
    attribute: Annotated[str | None, Query(description='Only this one: "home", "job".')] = None,
    known_at: KnownAt = None,
    limit: pages.Limit = pages.DEFAULT_LIMIT,
    cursor: pages.Cursor = None,
) -> Response:
    """What somebody's attributes were one after the other, each with its time and its ground."""

    def look(cube: Cube) -> Document:
        found = cube.timeline(subject, attribute, known_at=known_at)
        page, following = pages.cut(found, cursor, limit, "timeline")
        return {**time_documents.of_timeline(page), "next": following}

    return await place.read(look)


@router.get("/units", summary="List topics, personas and contexts", responses=ANSWERS.of(UnitPage))
async def units(
    place: Readable,
    kind: Annotated[str | None, Query(description="topic, persona or context.")] = None,
    retired: Annotated[bool, Query(description="Those that were set aside too.")] = False,
    limit: pages.Limit = pages.DEFAULT_LIMIT,
    cursor: pages.Cursor = None,
) -> Response:
    """Without what they hold."""

    def look(cube: Cube) -> Document:
        page, following = pages.cut(cube.units(kind=kind, retired=retired), cursor, limit, "units")
        return {**unit_documents.of_units(page), "next": following}

    return await place.read(look)


@router.get("/units/{unit:path}", summary="Look at a unit", responses=ANSWERS.of(WholeUnit))
async def show_unit(place: Readable, unit: UnitName) -> Response:
    """With its members, each with its item as it is believed now, and its links."""

    def look(cube: Cube) -> Document:
        found = cube.find_unit(unit)
        return unit_documents.of_whole_unit(found, found.members(), found.items(), found.links())

    return await place.read(look)
