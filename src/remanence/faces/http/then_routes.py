"""Routes that look at a cube as it was: what it believed at a time, without what was erased since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar, cast

from fastapi import APIRouter, Depends, Query, Response

from remanence.cube import Cube, View
from remanence.faces import documents, time_documents
from remanence.faces.http import care_bodies
from remanence.faces.http.answers import ANSWERS, History, Hits, Item, Journal, Prompt, Timeline
from remanence.faces.http.care_answers import Receipts, StatsThen
from remanence.faces.http.house import Place, Readable
from remanence.faces.http.item_routes import ItemId
from remanence.faces.http.pages import DEFAULT_LIMIT, Page, Pages
from remanence.verbs.inspecting import JOURNAL_LINES_MAX

R = TypeVar("R")
router = APIRouter(prefix="/v1/cubes/{cube}/then", tags=["the past"])


@dataclass(frozen=True, slots=True)
class Past:
    """A cube, and the time at which it is looked at."""

    place: Place
    known_at: str
    as_of: str | None

    def of(self, look: Callable[[View], R]) -> Callable[[Cube], R]:
        """A look at the cube as it was."""
        return lambda cube: look(cube.at(self.known_at, as_of=self.as_of))


def past(
    place: Readable,
    known_at: Annotated[str, Query(description="When: ISO 8601, a date (its end is meant), or words.")],
    as_of: Annotated[str | None, Query(description="What held in the world at that time.")] = None,
) -> Past:
    """The dependency of a route that looks back."""
    return Past(place, known_at, as_of)


Looking = Annotated[Past, Depends(past)]


@router.post("/recall", summary="Find what answered best then", responses=ANSWERS.of(Hits))
async def recall_then(then: Looking, given: care_bodies.ThenRecall) -> Response:
    """Each item as it was known then."""
    return await then.place.read(
        then.of(
            lambda view: view.recall(
                given.text,
                k=given.k,
                said_before=given.said_before,
                kinds=cast("list[str] | None", given.kinds),
                sessions=given.sessions,
                authors=given.authors,
                tags=given.tags,
                metadata=given.metadata,
                confidence_min=given.confidence_min,
                score_min=given.score_min,
                include=given.include,
                asker=given.asker,
                goal=given.goal,
            )
        ),
        documents.of_hits,
    )


@router.post("/context", summary="Text for a prompt of then", responses=ANSWERS.of(Prompt))
async def context_then(then: Looking, given: care_bodies.ThenContext) -> Response:
    """Each item as it was known then."""
    return await then.place.read(
        then.of(
            lambda view: view.context(
                given.text,
                budget=given.budget,
                format=given.format,
                said_before=given.said_before,
                kinds=cast("list[str] | None", given.kinds),
                sessions=given.sessions,
                authors=given.authors,
                tags=given.tags,
                metadata=given.metadata,
                confidence_min=given.confidence_min,
                score_min=given.score_min,
                asker=given.asker,
            )
        ),
        documents.of_context,
    )


@router.get("/items/{item}", summary="An item as it was believed then", responses=ANSWERS.of(Item))
async def show_then(then: Looking, item: ItemId) -> Response:
    """With `as_of`, the row that held at that time."""
    return await then.place.read(then.of(lambda view: view.show(item)), documents.of_item)


@router.get("/items/{item}/history", summary="An item's rows by then", responses=ANSWERS.of(History))
async def history_then(
    then: Looking, item: ItemId, page: Annotated[Page, Depends(Pages("history"))]
) -> Response:
    """In the order in which they were recorded."""
    return await then.place.page(then.of(lambda view: view.history(item)), documents.of_history, page)


@router.get("/timeline", summary="The succession of values, as believed then", responses=ANSWERS.of(Timeline))
async def timeline_then(
    then: Looking,
    page: Annotated[Page, Depends(Pages("timeline"))],
    subject: Annotated[str, Query(description="Of whom to tell; a name as people write it.")],
    attribute: Annotated[str | None, Query(description='Only this one: "home", "job".')] = None,
) -> Response:
    """What somebody's attributes were one after the other."""
    return await then.place.page(
        then.of(lambda view: view.timeline(subject, attribute)), time_documents.of_timeline, page
    )


@router.get("/journal", summary="The journal as it was", responses=ANSWERS.of(Journal))
async def journal_then(
    then: Looking,
    item: Annotated[str | None, Query(description="Only the changes of this item, by its id.")] = None,
    limit: Annotated[int, Query(ge=1, le=JOURNAL_LINES_MAX, description="How many at most.")] = DEFAULT_LIMIT,
) -> Response:
    """Its newest lines of then, newest first."""
    return await then.place.read(
        then.of(lambda view: view.journal(limit=limit, item=item)),
        lambda lines: {**documents.of_journal(lines), "next": None},
    )


@router.get("/erased", summary="The receipts of then", responses=ANSWERS.of(Receipts))
async def erased_then(then: Looking, page: Annotated[Page, Depends(Pages("erased"))]) -> Response:
    """Oldest first."""
    return await then.place.page(then.of(lambda view: view.erased()), documents.of_receipts, page)


@router.get("/stats", summary="How much there was of what", responses=ANSWERS.of(StatsThen))
async def stats_then(then: Looking) -> Response:
    """Of vectors and bytes no past is kept."""
    return await then.place.read(then.of(lambda view: view.stats()), documents.of_stats_then)
