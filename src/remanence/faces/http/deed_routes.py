"""Routes of the agent's own history: what it did, decided and aimed at, and what that teaches."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from remanence.cube import Cube
from remanence.faces import deed_documents
from remanence.faces.http import care_bodies, deed_bodies, shapes, work_shapes
from remanence.faces.http.answers import ANSWERS, Item
from remanence.faces.http.deed_answers import Learnt, Precedents, Story
from remanence.faces.http.house import Changing, Readable
from remanence.faces.http.item_routes import At, ItemId
from remanence.model.item import Item as ItemValue
from remanence.verbs.learning import LESSON
from remanence.verbs.learning import Learnt as LearntValue
from remanence.verbs.telling import DEFAULT_STORY_TOKENS

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["deeds"])


@router.post("/actions", summary="Record an action", responses=ANSWERS.of(Item))
async def act(place: Changing, given: deed_bodies.Act) -> Response:
    """With a result it worked, with an error it failed; without both it waits for its outcome."""
    return await place.change(
        lambda cube: cube.act(
            given.what,
            arguments=given.arguments,
            situation=given.situation,
            result=given.result,
            error=given.error,
            cost=given.cost,
            goal=given.goal,
            decision=given.decision,
            call_id=given.call_id,
            session=given.session,
            agent=given.agent,
            at=given.at,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ITEM,
    )


@router.post("/decisions", summary="Record a decision", responses=ANSWERS.of(Item))
async def decide(place: Changing, given: deed_bodies.Decide) -> Response:
    """Its reason and its grounds gain or lose by what comes of it."""
    return await place.change(
        lambda cube: cube.decide(
            given.choice,
            options=given.options,
            situation=given.situation,
            reason=given.reason,
            grounds=given.grounds,
            expected=given.expected,
            goal=given.goal,
            session=given.session,
            agent=given.agent,
            at=given.at,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ITEM,
    )


@router.post("/goals", summary="Record a goal", responses=ANSWERS.of(Item))
async def goal(place: Changing, given: deed_bodies.NewGoal) -> Response:
    """Which may be part of a larger one."""
    return await place.change(
        lambda cube: cube.goal(
            given.aim,
            part_of=given.part_of,
            due=given.due,
            session=given.session,
            agent=given.agent,
            at=given.at,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ITEM,
    )


@router.post("/items/{item}/outcome", summary="Say what came of a deed", responses=ANSWERS.of(Item))
async def outcome(place: Changing, item: ItemId, given: deed_bodies.Outcome) -> Response:
    """It bears that from then on; what a decision rests on gains or loses by it."""
    return await place.change(
        lambda cube: cube.outcome(
            item,
            given.text,
            worked=given.worked,
            cost=given.cost,
            at=given.at,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ITEM,
    )


@router.post("/items/{item}/progress", summary="Say how far a goal has come", responses=ANSWERS.of(Item))
async def progress(place: Changing, item: ItemId, given: deed_bodies.Progress) -> Response:
    """It stands so from then on."""
    return await place.change(
        lambda cube: cube.progress(
            item,
            given.share,
            status=given.status,
            note=given.note,
            at=given.at,
            because=given.because,
            actor=place.actor,
        ),
        shapes.ITEM,
    )


@router.post("/precedents", summary="What was done in such situations", responses=ANSWERS.of(Precedents))
async def precedents(place: Readable, given: deed_bodies.Precedents) -> Response:
    """The likest first, and whether it worked."""
    return await place.read(
        lambda cube: cube.precedents(given.situation, k=given.k, goal=given.goal),
        deed_documents.of_precedents,
    )


@router.post("/lessons", summary="Learn from what was tried", responses=ANSWERS.of(Learnt))
async def lessons(place: Changing, given: care_bodies.Reason) -> Response:
    """As items that rest on the deeds which bear them out; nothing where nothing changed."""
    known: list[ItemValue] = []

    def learn(cube: Cube) -> LearntValue:
        learnt = cube.lessons(because=given.because, actor=place.actor)
        known.extend(cube.items(kind="procedure", tag=LESSON))
        return learnt

    return await place.change(learn, work_shapes.learnt(known))


@router.get("/story", summary="What was said and done, by day", responses=ANSWERS.of(Story))
async def story(
    place: Readable,
    since: At = None,
    until: Annotated[str | None, Query(description="A time; a day means its end.")] = None,
    about: Annotated[str | None, Query(description="Only what is near to this.")] = None,
    budget: Annotated[int, Query(ge=1, description="Tokens at most.")] = DEFAULT_STORY_TOKENS,
) -> Response:
    """In words of its own time, each line cited; nothing is kept."""
    return await place.read(
        lambda cube: cube.story(since, until, about=about, budget=budget), deed_documents.of_story
    )
