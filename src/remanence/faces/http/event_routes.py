"""The stream of a cube's changes as server-sent events, resumable by the journal's sequence."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from remanence.cube import Cube
from remanence.faces.documents import Document, of_time
from remanence.faces.http.answers import ANSWERS
from remanence.faces.http.house import Place, Readable
from remanence.faces.http.problems import Refusal
from remanence.verbs.recounting import ChangeSet

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["records"])
LOOK_SECONDS = 0.5  # between two looks at the journal
QUIET_SECONDS = 15.0  # after which a comment shows that the stream is alive
BATCH = 100
LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", description="The id of the last event that was seen; 0 for all of them."),
]


@router.get(
    "/events",
    summary="Follow the changes",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events `change`; the id of each is a line of the journal.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **ANSWERS.problems,
    },
)
async def events(request: Request, place: Readable, last_event_id: LastEventId = None) -> Response:
    """Each event tells who changed which items and how, without their text.

    Begins with what comes after `Last-Event-ID`, or with what comes from now on.
    """
    if last_event_id is not None and not (last_event_id.isascii() and last_event_id.isdigit()):
        raise Refusal("invalid_request", "Last-Event-ID is a number that this stream gave, or 0")
    if last_event_id is not None and len(last_event_id) > 18:
        raise Refusal("invalid_request", "Last-Event-ID is a number that this stream gave, or 0")
    if place.house.streams >= place.house.config.streams_max:
        raise Refusal("too_busy", f"there are {place.house.config.streams_max} streams already")
    head = await place.call(_head)
    seen = head if last_event_id is None else int(last_event_id)
    if seen > head:
        raise Refusal("invalid_request", f"Last-Event-ID {seen} lies beyond the journal's last line {head}")
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_stream(request, place, seen), headers=headers, media_type="text/event-stream")


async def _stream(request: Request, place: Place, seen: int) -> AsyncIterator[bytes]:
    house, spoke = place.house, time.monotonic()
    house.streams += 1
    house.metrics.streams.inc()
    try:
        yield b": remanence\n\n"
        while not house.is_stopping() and not await request.is_disconnected():
            found = await place.call(partial(_changes_after, seen=seen))
            for change in found:
                seen = change.next_line - 1
                yield f"id: {seen}\nevent: change\ndata: {json.dumps(_told(change))}\n\n".encode()
                spoke = time.monotonic()
            if not found:
                await asyncio.sleep(LOOK_SECONDS)
            if time.monotonic() - spoke > QUIET_SECONDS:
                yield b": quiet\n\n"
                spoke = time.monotonic()
    finally:
        house.streams -= 1
        house.metrics.streams.dec()


def _head(cube: Cube) -> int:
    lines = cube.journal(limit=1)
    return lines[0].sequence if lines else 0


def _changes_after(cube: Cube, *, seen: int) -> tuple[ChangeSet, ...]:
    return cube.changes(seen + 1, limit=BATCH) if _head(cube) > seen else ()


def _told(change: ChangeSet) -> Document:
    """A change without any text."""
    return {
        "change_set": change.number,
        "recorded_at": of_time(change.at),
        "actor": change.actor,
        "verb": change.verb.value,
        "items": list(change.items),
        "left_out": change.left_out,
    }
