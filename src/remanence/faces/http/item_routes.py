"""Routes of items: remember, look, revise, forget, protect, and the grounds and the history of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from remanence.cube import Cube
from remanence.faces import belief_documents, documents
from remanence.faces.http import bodies, care_bodies, pages, repeats, shapes
from remanence.faces.http.answers import ANSWERS, Forgotten, History, Item, Support
from remanence.faces.http.care_answers import Impact, Items, Plan
from remanence.faces.http.house import Changing, Readable, require
from remanence.faces.http.pages import Page, Pages
from remanence.faces.http.problems import Refusal
from remanence.model.item import Item as ItemValue
from remanence.storage.receipt import Receipt
from remanence.surface.records import DEFAULT_ITEMS
from remanence.verbs.remembering import DEFAULT_CONFIDENCE

router = APIRouter(prefix="/v1/cubes/{cube}/items", tags=["items"])
ItemId = Annotated[str, Path(description="An item's id, or any beginning of it that no other has.")]
At = Annotated[str | None, Query(description="A time: ISO 8601, a date, or words for one.")]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag that the item must still have, as it was last read."),
]


@dataclass(frozen=True, slots=True)
class _Listed:
    """One page of a list of items: its cursor is the item that the page before ended with."""

    limit: int

    def of(self, found: Sequence[ItemValue]) -> tuple[Sequence[ItemValue], str | None]:
        """What was found, and where to go on unless that was all."""
        return found, pages.written("items", found[-1].id) if len(found) == self.limit else None


@router.post("", summary="Remember a statement", status_code=201, responses=ANSWERS.of(Item, 201))
async def remember(place: Changing, given: bodies.Remember) -> Response:
    """It is safe on disk when the answer comes."""
    slot = given.slot

    def change(cube: Cube) -> ItemValue:
        return cube.remember(
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

    return await place.change(change, shapes.ITEM, status=201)


@router.get("", summary="List items", responses=ANSWERS.of(Items))
async def list_items(
    place: Readable,
    kind: Annotated[bodies.KindName | None, Query(description="Only those of this kind.")] = None,
    unit: Annotated[str | None, Query(description="Only members of this unit, by its name or id.")] = None,
    session: Annotated[str | None, Query(description="Only those of this session.")] = None,
    state: Annotated[
        str | None,
        Query(description='Only those in this state ("archived", "merged"); else what is believed.'),
    ] = None,
    tag: Annotated[str | None, Query(description="Only those with this tag.")] = None,
    after: Annotated[str | None, Query(description="Only those listed after this item, by its id.")] = None,
    limit: pages.Limit = DEFAULT_ITEMS,
    cursor: pages.Cursor = None,
) -> Response:
    """The newest first, of each the row that is in force. New items never move a page."""
    last = pages.text(cursor, "items") or after
    return await place.page(
        lambda cube: cube.items(
            kind=kind, unit=unit, session=session, state=state, tag=tag, after=last, limit=limit
        ),
        documents.of_items,
        _Listed(limit),
    )


@router.get("/{item}", summary="Look at an item", responses=ANSWERS.of(Item))
async def show(place: Readable, item: ItemId, known_at: At = None, as_of: At = None) -> Response:
    """As it is believed now, or with `known_at` as it was believed then. The ETag serves for `If-Match`."""
    if known_at is None and as_of is not None:
        raise Refusal("invalid_request", "as_of goes with known_at; `history` has every row of the item")
    etags = []

    def look(cube: Cube) -> ItemValue:
        found = cube.show(item) if known_at is None else cube.at(known_at, as_of=as_of).show(item)
        etags.append(repeats.etag_of(cube, found.id))
        return found

    response = await place.read(look, documents.of_item)
    response.headers["etag"] = etags[0]
    return response


@router.post("/{item}/revise", summary="Revise an item", responses=ANSWERS.of(Item))
async def revise(place: Changing, item: ItemId, given: bodies.Revise, if_match: IfMatch = None) -> Response:
    """What it said is kept and dated. With `If-Match` it is refused where the item changed meanwhile."""

    def change(cube: Cube) -> ItemValue:
        _expect(cube, item, if_match)
        return cube.revise(
            item,
            given.text,
            confidence=given.confidence,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
            derived_from=given.derived_from,
            because=given.because,
            actor=place.actor,
        )

    return await place.change(change, shapes.ITEM)


@router.post("/{item}/annotate", summary="Give an item other tags or metadata", responses=ANSWERS.of(Item))
async def annotate(
    place: Changing, item: ItemId, given: care_bodies.Annotate, if_match: IfMatch = None
) -> Response:
    """What is left out stays as it was."""

    def change(cube: Cube) -> ItemValue:
        _expect(cube, item, if_match)
        return cube.annotate(
            item, tags=given.tags, metadata=given.metadata, because=given.because, actor=place.actor
        )

    return await place.change(change, shapes.ITEM)


@router.post("/{item}/forget", summary="Forget an item", responses=ANSWERS.of(Forgotten))
async def forget(place: Changing, item: ItemId, given: bodies.Forget, if_match: IfMatch = None) -> Response:
    """Retire it, undoably; or with `erase` take it out of the file for good, which needs that scope."""
    if given.erase:
        require(place, "erase")

    def forgotten(cube: Cube) -> Receipt | None:
        _expect(cube, item, if_match)
        return cube.forget(
            item,
            erase=given.erase,
            because=given.because,
            in_sources=given.in_sources,
            force=given.force,
            actor=place.actor,
        )

    def erase(cube: Cube) -> Receipt:
        receipt = forgotten(cube)
        assert receipt is not None, "an erasure gives one"
        return receipt

    def retire(cube: Cube) -> ItemValue:
        forgotten(cube)
        return cube.show(item)

    if given.erase:
        return await place.change(erase, shapes.RECEIPT)
    return await place.change(retire, shapes.ITEM)


@router.post("/{item}/forget/plan", summary="What an erasure would take", responses=ANSWERS.of(Plan))
async def plan_erasure(place: Readable, item: ItemId, given: care_bodies.ErasurePlan) -> Response:
    """Nothing is changed."""
    return await place.read(
        lambda cube: cube.plan_erasure(item, in_sources=given.in_sources, force=given.force),
        documents.of_plan,
    )


@router.post("/{item}/freeze", summary="Protect an item", responses=ANSWERS.of(Item))
async def freeze(place: Changing, item: ItemId, given: care_bodies.Reason) -> Response:
    """From change, forgetting and decay, until it is thawed."""
    return await place.change(
        lambda cube: cube.freeze(item, because=given.because, actor=place.actor), shapes.ITEM
    )


@router.post("/{item}/thaw", summary="Let a frozen item change again", responses=ANSWERS.of(Item))
async def thaw(place: Changing, item: ItemId, given: care_bodies.Reason) -> Response:
    """It fades again too."""
    return await place.change(
        lambda cube: cube.thaw(item, because=given.because, actor=place.actor), shapes.ITEM
    )


@router.get("/{item}/history", summary="All rows of an item", responses=ANSWERS.of(History))
async def history(
    place: Readable, item: ItemId, page: Annotated[Page, Depends(Pages("history"))]
) -> Response:
    """In the order in which they were recorded."""
    return await place.page(lambda cube: cube.history(item), documents.of_history, page)


@router.get("/{item}/why", summary="What an item rests on", responses=ANSWERS.of(Support))
async def why(place: Readable, item: ItemId) -> Response:
    """The tree of its sources, down to who said it."""
    return await place.read(lambda cube: cube.why(item), belief_documents.of_support)


@router.get("/{item}/impact", summary="What would fall with an item", responses=ANSWERS.of(Impact))
async def impact(place: Readable, item: ItemId) -> Response:
    """And what would keep another support; nothing is changed."""
    return await place.read(lambda cube: cube.impact(item), belief_documents.of_impact)


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
