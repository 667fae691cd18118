"""Routes by which a whole memory comes and goes: documents, imports, exports. Bodies are the files' bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from remanence.cube import Cube
from remanence.faces import document_documents
from remanence.faces.http import care_bodies, shapes, work_shapes
from remanence.faces.http.answers import ANSWERS, Receipt
from remanence.faces.http.care_answers import Documents, Imported, Ingested, Nothing
from remanence.faces.http.house import Changing, House, Readable, require
from remanence.faces.http.item_routes import At
from remanence.faces.http.pages import Page, Pages
from remanence.storage.receipt import Receipt as ReceiptValue
from remanence.vault.exporting import Exported

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["transfer"])
CHUNK_BYTES = 2**18
SUMMARY_HEADER = "remanence-export"
_FILE: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Why = Annotated[str | None, Query(description="Why, for the journal.")]
Several: TypeAlias = Annotated[
    list[str] | None, BeforeValidator(lambda given: [] if given == [""] else given)
]
Name = Annotated[str, Query(description="The document's name, by which it is known again.")]


@router.post("/documents", summary="Take in a document", responses=ANSWERS.of(Ingested), openapi_extra=_FILE)
async def ingest(
    place: Changing,
    name: Name,
    format: Annotated[str | None, Query(description="Told from bytes and name if not given.")] = None,
    dated: At = None,
    author: Annotated[str | None, Query(description="Who wrote it.")] = None,
    encoding: Annotated[str | None, Query(description="Of its text, if not UTF-8.")] = None,
    tags: Annotated[list[str], Query(description="For each of its passages.")] = [],  # noqa: B006  # FastAPI copies it
    because: Why = None,
) -> Response:
    """Its bytes are the body: text, Markdown, HTML, PDF, DOCX, e-mail or CSV. Its passages become items."""
    given = await place.request.body()
    return await place.change(
        lambda cube: cube.ingest(
            given,
            name=name,
            format=format,
            dated=dated,
            author=author,
            encoding=encoding,
            tags=tags,
            because=because,
            actor=place.actor,
        ),
        work_shapes.ingested(name),
    )


@router.get("/documents", summary="The documents that a cube holds", responses=ANSWERS.of(Documents))
async def held_documents(place: Readable, page: Annotated[Page, Depends(Pages("documents"))]) -> Response:
    """By name, each in its newest version."""
    return await place.page(lambda cube: cube.documents(), document_documents.of_documents, page)


@router.post("/documents/forget", summary="Forget a document", responses=ANSWERS.of(Receipt | Nothing))
async def forget_document(place: Changing, given: care_bodies.ForgetDocument) -> Response:
    """Retire its passages and its unit, undoably; or with `erase`, which needs that scope, for good."""
    if given.erase:
        require(place, "erase")

    def forgotten(cube: Cube) -> ReceiptValue | None:
        return cube.forget_document(
            given.name,
            erase=given.erase,
            force=given.force,
            because=given.because,
            actor=place.actor,
        )

    def erase(cube: Cube) -> ReceiptValue:
        receipt = forgotten(cube)
        assert receipt is not None, "an erasure gives one"
        return receipt

    def retire(cube: Cube) -> None:
        forgotten(cube)

    if given.erase:
        return await place.change(erase, shapes.RECEIPT)
    return await place.change(retire, shapes.NOTHING)


@router.post("/import", summary="Bring in another store", responses=ANSWERS.of(Imported), openapi_extra=_FILE)
async def import_from(
    place: Changing,
    kind: Annotated[str, Query(description="What the body is; see docs/importing.md.")] = "auto",
    dry_run: Annotated[bool, Query(description="Read and report, and write nothing.")] = False,
    reads: Annotated[bool, Query(description="Derive statements from messages.")] = True,
    embeds: Annotated[bool, Query(description="Make vectors at the end.")] = True,
    because: Why = None,
) -> Response:
    """A file or a zip archive is the body. What came in before is known again: it may be repeated."""
    given = await place.request.body()
    return await place.change(
        lambda cube: cube.import_from(
            kind,
            given,
            because=because,
            actor=place.actor,
            dry_run=dry_run,
            reads=reads,
            embeds=embeds,
        ),
        work_shapes.imported(kind, given),
    )


@router.get(
    "/export",
    summary="The memory in another form",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file. The header Remanence-Export tells what it holds, as JSON.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **ANSWERS.problems,
    },
)
async def export(
    place: Readable,
    form: Annotated[Literal["jsonl", "mem0", "chat"], Query(description="See docs/exporting.md.")] = "jsonl",
    kinds: Annotated[Several, Query(description="Only these kinds.")] = None,
    sessions: Annotated[Several, Query(description="Only these conversations.")] = None,
    authors: Annotated[Several, Query(description="Only what these said.")] = None,
    trust: Annotated[Several, Query(description="Only what is trusted so.")] = None,
    since: At = None,
    until: At = None,
    confidence_min: Annotated[float, Query(ge=0, le=1, description="Only what is as sure.")] = 0.0,
    include: Annotated[Several, Query(description="What is left out otherwise.")] = None,
    vectors: Annotated[bool, Query(description="With the vectors, for jsonl.")] = False,
    tokens_max: Annotated[int | None, Query(ge=1, description="Of a line, for chat.")] = None,
) -> Response:
    """Complete as jsonl without a filter: `remanence load` makes the same cube of it."""

    def write(cube: Cube) -> tuple[BinaryIO, Exported]:
        with tempfile.TemporaryDirectory(dir=place.house.config.exports) as folder:
            done = cube.export(
                form,
                Path(folder) / place.name,
                kinds=kinds,
                sessions=sessions,
                authors=authors,
                trust=trust,
                since=since,
                until=until,
                confidence_min=confidence_min,
                include=include or (),
                vectors=vectors,
                tokens_max=tokens_max,
            )
            return done.path.open("rb"), done

    file, done = await place.call(write)
    told = {"counts": done.counts, "complete": done.is_complete, "size_bytes": done.size_bytes}
    headers = {SUMMARY_HEADER: json.dumps(told), "cache-control": "no-store"}
    return StreamingResponse(
        _chunks(place.house, file), headers=headers, media_type="application/octet-stream"
    )


async def _chunks(house: House, file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await house.in_a_worker(lambda: file.read(CHUNK_BYTES)):
            yield chunk
