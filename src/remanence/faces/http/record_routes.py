"""Routes that look at what is written down, and take it back: the journal, changes, conflicts, timelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from remanence.faces import belief_documents, documents, lifecycle_documents, time_documents
from remanence.faces.http import care_bodies, pages, shapes
from remanence.faces.http.answers import ANSWERS, Conflicts, Item, Journal, Timeline
from remanence.faces.http.care_answers import (
    Changes,
    Faults,
    Receipts,
    Reliabilities,
    Restored,
    Undone,
    Verified,
)
from remanence.faces.http.house import Changing, Readable
from remanence.faces.http.item_routes import ItemId
from remanence.faces.http.pages import Page, Pages
from remanence.model.journal import JournalEntry
from remanence.verbs.inspecting import LINE_MAX
from remanence.verbs.recounting import DEFAULT_SETS, SETS_MAX

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["records"])
KnownAt = Annotated[str | None, Query(description="What was believed then: ISO 8601, a date, or words.")]
Head = Annotated[
    str | None, Query(description="An earlier hash of the chain, from a receipt or the journal.")
]


@dataclass(frozen=True, slots=True)
class _Lines:
    """One page of the journal: its cursor is the line that the page before ended with."""

    limit: int

    def of(self, lines: Sequence[JournalEntry]) -> tuple[Sequence[JournalEntry], str | None]:
        """The page of lines that were read, one more than it has."""
        page = lines[: self.limit]
        return page, pages.written("journal", page[-1].sequence) if len(lines) > self.limit else None


@router.get("/journal", summary="What changed, newest first", responses=ANSWERS.of(Journal))
async def journal(
    place: Readable,
    item: Annotated[str | None, Query(description="Only the changes of this item, by its id.")] = None,
    before: Annotated[int | None, Query(ge=1, le=LINE_MAX, description="Only lines before this one.")] = None,
    limit: pages.Limit = pages.DEFAULT_LIMIT,
    cursor: pages.Cursor = None,
) -> Response:
    """Lines of the hash-chained record. New lines never move a page."""
    last = pages.number(cursor, "journal")
    until = before if last is None else last
    return await place.page(
        lambda cube: cube.journal(limit=limit + 1, item=item, before=until),
        documents.of_journal,
        _Lines(limit),
    )


@router.get("/changes", summary="What changed and why, oldest first", responses=ANSWERS.of(Changes))
async def changes(
    place: Readable,
    since: Annotated[str, Query(description="From a line of the journal, or a time.", examples=["1"])],
    until: Annotated[str | None, Query(description="Up to a line, or a time; both included.")] = None,
    limit: Annotated[int, Query(ge=1, le=SETS_MAX, description="How many at most.")] = DEFAULT_SETS,
) -> Response:
    """With the texts before and after."""
    first, last = pages.place(since), None if until is None else pages.place(until)
    return await place.read(lambda cube: cube.changes(first, last, limit=limit), time_documents.of_changes)


@router.post("/undo", summary="Take a change back", responses=ANSWERS.of(Undone))
async def undo(place: Changing, given: care_bodies.Undo) -> Response:
    """Undoing that is redo. Refused where later changes built on it, unless `cascade` takes them along."""
    return await place.change(
        lambda cube: cube.undo(
            given.sequence,
            through=given.through,
            cascade=given.cascade,
            because=given.because,
            actor=place.actor,
        ),
        shapes.UNDONE,
    )


@router.post("/restore", summary="Go back to what was believed then", responses=ANSWERS.of(Restored))
async def restore(place: Changing, given: care_bodies.Restore) -> Response:
    """As one change; what was added since is set aside, and what was erased since stays gone."""
    return await place.change(
        lambda cube: cube.restore(given.known_at, because=given.because, actor=place.actor),
        shapes.RESTORED,
    )


@router.get("/erased", summary="The receipts of erasures", responses=ANSWERS.of(Receipts))
async def erased(place: Readable, page: Annotated[Page, Depends(Pages("erased"))]) -> Response:
    """Oldest first."""
    return await place.page(lambda cube: cube.erased(), documents.of_receipts, page)


@router.get("/verify", summary="Recompute the journal's chain", responses=ANSWERS.of(Verified))
async def verify(place: Readable, head: Head = None) -> Response:
    """And show that it still holds after erasures."""
    return await place.read(lambda cube: cube.verify(head=head), lifecycle_documents.of_verified)


@router.get("/check", summary="What is wrong with a cube", responses=ANSWERS.of(Faults))
async def check(place: Readable, head: Head = None) -> Response:
    """Looks at pages, references, the text index and the journal; it takes its time."""
    return await place.read(lambda cube: cube.check(head=head), documents.of_faults)


@router.get("/conflicts", summary="Open contradictions", responses=ANSWERS.of(Conflicts))
async def conflicts(
    place: Readable,
    page: Annotated[Page, Depends(Pages("conflicts"))],
    subject: Annotated[str | None, Query(description="Only those about this one, by name.")] = None,
) -> Response:
    """Claims to one slot for the same time, none of which has given way."""
    return await place.page(lambda cube: cube.conflicts(subject=subject), belief_documents.of_conflicts, page)


@router.post("/items/{item}/resolve", summary="Settle conflicts", responses=ANSWERS.of(Item))
async def resolve(place: Changing, item: ItemId, given: care_bodies.Reason) -> Response:
    """In favour of this item: what contradicts it is superseded, undoably."""
    return await place.change(
        lambda cube: cube.resolve(item, because=given.because, actor=place.actor), shapes.ITEM
    )


@router.get("/reliabilities", summary="How sources did", responses=ANSWERS.of(Reliabilities))
async def reliabilities(place: Readable) -> Response:
    """The statements of each author and each method of derivation, so far."""
    return await place.read(lambda cube: cube.reliabilities(), belief_documents.of_reliabilities)


@router.get("/timeline", summary="The succession of values", responses=ANSWERS.of(Timeline))
async def timeline(
    place: Readable,
    page: Annotated[Page, Depends(Pages("timeline"))],
    subject: Annotated[str, Query(description="Of whom to tell; a name as people write it.")],
    attribute: Annotated[str | None, Query(description='Only this one: "home", "job".')] = None,
    known_at: KnownAt = None,
) -> Response:
    """What somebody's attributes were one after the other, each with its time and its ground."""
    return await place.page(
        lambda cube: cube.timeline(subject, attribute, known_at=known_at),
        time_documents.of_timeline,
        page,
    )
