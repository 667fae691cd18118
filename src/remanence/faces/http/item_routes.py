"""Routes of items: remember, look, revise, forget, and the grounds and the history of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from remanence.cube import Cube
from remanence.faces import belief_documents, documents
from remanence.faces.documents import Document
from remanence.faces.http import bodies, pages, repeats
from remanence.faces.http.answers import ANSWERS, Forgotten, History, Item, Support
from remanence.faces.http.house import (
    IdempotencyKey,
    Readable,
    Writable,
    json_bytes,
    json_response,
    require,
)
from remanence.faces.http.problems import Refusal
from remanence.faces.http.repeats import Changed
from remanence.verbs.remembering import DEFAULT_CONFIDENCE

router = APIRouter(prefix="/v1/cubes/{cube}/items", tags=["items"])
ItemId = Annotated[str, Path(description="An item's id, or any beginning of it that no other has.")]
At = Annotated[str | None, Query(description="A time: ISO 8601, a date, or words for one.")]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag that the item must still have, as it was last read."),
]


@router.post("", summary="Remember a statement", status_code=201, responses=ANSWERS.of(Item, 201))
async def remember(
    request: Request, place: Writable, given: bodies.Remember, token: IdempotencyKey = None
) -> Response:
    """It is safe on disk when the answer comes."""

    def change(cube: Cube) -> Changed:
        slot = given.slot
        item = cube.remember(
            given.text,
            kind=given.kind,
            confidence=DEFAULT_CONFIDENCE if given.confidence is None else given.confidence,
            because=given.because,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
            domain=given.domain,
            tags=given.tags,
            metadata=given.metadata,
            author=given.author,
            session=given.session,
            trust=given.trust,
            expires=given.expires,
            derived_from=given.derived_from,
            slot=None if slot is None else (slot.subject, slot.attribute, slot.value),
            actor=place.actor,
        )
        return repeats.of_item(cube, item, status=201)

    return await place.change(change, request, token)


@router.get("/{item}", summary="Look at an item", responses=ANSWERS.of(Item))
async def show(place: Readable, item: ItemId, known_at: At = None, as_of: At = None) -> Response:
    """As it is believed now, or with `known_at` as it was believed then. The ETag serves for `If-Match`."""
    if known_at is None and as_of is not None:
        raise Refusal("invalid_request", "as_of goes with known_at; `history` has every row of the item")

    def look(cube: Cube) -> tuple[Document, str]:
        found = cube.show(item) if known_at is None else cube.at(known_at, as_of=as_of).show(item)
        return documents.of_item(found), repeats.etag_of(cube, found.id)

    document, etag = await place.call(look)
    response = json_response(json_bytes(document))
    response.headers["etag"] = etag
    return response


@router.post("/{item}/revise", summary="Revise an item", responses=ANSWERS.of(Item))
async def revise(
    request: Request,
    place: Writable,
    item: ItemId,
    given: bodies.Revise,
    token: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """What it said is kept and dated. With `If-Match` it is refused where the item changed meanwhile."""

    def change(cube: Cube) -> Changed:
        _expect(cube, item, if_match)
        revised = cube.revise(
            item,
            given.text,
            confidence=given.confidence,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
            derived_from=given.derived_from,
            because=given.because,
            actor=place.actor,
        )
        return repeats.of_item(cube, revised)

    return await place.change(change, request, token)


@router.post("/{item}/forget", summary="Forget an item", responses=ANSWERS.of(Forgotten))
async def forget(
    request: Request,
    place: Writable,
    item: ItemId,
    given: bodies.Forget,
    token: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """Retire it, undoably; or with `erase` take it out of the file for good, which needs that scope."""
    if given.erase:
        require(place, "erase")

    def change(cube: Cube) -> Changed:
        _expect(cube, item, if_match)
        receipt = cube.forget(
            item,
            erase=given.erase,
            because=given.because,
            in_sources=given.in_sources,
            force=given.force,
            actor=place.actor,
        )
        return repeats.of_item(cube, cube.show(item)) if receipt is None else repeats.of_receipt(receipt)

    return await place.change(change, request, token)


@router.get("/{item}/history", summary="All rows of an item", responses=ANSWERS.of(History))
async def history(
    place: Readable, item: ItemId, limit: pages.Limit = pages.DEFAULT_LIMIT, cursor: pages.Cursor = None
) -> Response:
    """In the order in which they were recorded."""

    def look(cube: Cube) -> Document:
        rows, following = pages.cut(cube.history(item), cursor, limit, "history")
        return {**documents.of_history(rows), "next": following}

    return await place.read(look)


@router.get("/{item}/why", summary="What an item rests on", responses=ANSWERS.of(Support))
async def why(place: Readable, item: ItemId) -> Response:
    """The tree of its sources, down to who said it."""
    return await place.read(lambda cube: belief_documents.of_support(cube.why(item)))


def _expect(cube: Cube, item: str, if_match: str | None) -> None:
    """Refuse where the item is no longer what the caller read."""
    if if_match is None or if_match.strip() == "*":
        return
    found = repeats.etag_of(cube, item)
    if found not in {one.strip() for one in if_match.split(",")}:
        raise Refusal(
            "changed_meanwhile",
            f"the item's ETag is {found}; read it again, and decide anew",
            headers={"etag": found},
        )
