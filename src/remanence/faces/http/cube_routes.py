"""Routes of cubes themselves: list them, make one, ask what one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from remanence.faces import documents
from remanence.faces.documents import Document
from remanence.faces.http import bodies, names, pages
from remanence.faces.http.answers import ANSWERS, Cube, CubePage, Stats
from remanence.faces.http.house import Asking, Governed, Readable, house_of, json_response

router = APIRouter(prefix="/v1/cubes", tags=["cubes"])


@router.get("", summary="List the cubes that the key may use", responses=ANSWERS.of(CubePage))
async def list_cubes(
    request: Request, caller: Asking, limit: pages.Limit = pages.DEFAULT_LIMIT, cursor: pages.Cursor = None
) -> Response:
    """Sorted by name. What a key may not use is not listed."""
    house = house_of(request)
    after = pages.text(cursor, "cubes") or ""
    found = await house.in_a_worker(house.cubes.names)
    known = [name for name in found if name > after and caller.may_know(name)]
    page = known[:limit]
    following = pages.written("cubes", page[-1]) if len(known) > limit else None
    return json_response({"cubes": [{"name": name} for name in page], "next": following})


@router.put("/{cube}", summary="Make a cube", responses=ANSWERS.of(Cube, 201))
async def make_cube(place: Governed, new: Annotated[bodies.NewCube, Body()]) -> Response:
    """201 for a new one, 200 where it is there already; another owner than it has is refused."""
    house = place.house
    is_new = await house.in_a_worker(
        lambda: house.cubes.make(place.name, owner=new.owner, time_zone=new.time_zone)
    )
    document = await place.call(lambda cube: _of_cube(place.name, cube.owner, cube.time_zone))
    return json_response(document, status=201 if is_new else 200)


@router.get("/{cube}", summary="What a cube is", responses=ANSWERS.of(Cube))
async def show_cube(place: Readable) -> Response:
    """Its name, owner and time zone."""
    return await place.read(
        lambda cube: _of_cube(place.name, cube.owner, cube.time_zone), lambda document: document
    )


@router.get("/{cube}/stats", summary="How much there is of what", responses=ANSWERS.of(Stats))
async def stats(place: Readable) -> Response:
    """Counts by name, and the head of the journal's chain."""
    return await place.read(lambda cube: cube.stats(), documents.of_stats)


def _of_cube(name: str, owner: str, time_zone: str) -> Document:
    return {"name": names.checked(name), "owner": owner, "time_zone": time_zone}
