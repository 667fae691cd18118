"""What went wrong, as problem+json (RFC 9457): one stable code for each error and each refusal.

docs/server.md shows these tables; a code that is there once never changes its meaning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import HTTPException, Response

from remanence import errors
from remanence.faces.documents import Document

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:remanence:problem:"
RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of answer that is no success."""

    code: str
    status: int
    title: str


# Each public error and how it is answered. An error that is not named here is answered as its parent.
OF_ERRORS: dict[type[errors.RemanenceError], Problem] = {
    errors.RemanenceError: Problem("failed", 500, "The memory could not do this"),
    errors.InvalidInput: Problem("invalid_input", 422, "A value is not what it must be"),
    errors.NotFound: Problem("not_found", 404, "There is nothing of this name"),
    errors.AmbiguousId: Problem("ambiguous_id", 409, "Several ids begin so"),
    errors.Refused: Problem("refused", 409, "The cube's rules forbid this change"),
    errors.ItemFrozen: Problem("item_frozen", 409, "The item is frozen"),
    errors.ItemErased: Problem("item_erased", 410, "The item was erased"),
    errors.UndoConflict: Problem("undo_conflict", 409, "Later changes built on this one"),
    errors.CubeError: Problem("cube_unusable", 500, "The cube is not usable"),
    errors.NotACube: Problem("not_a_cube", 500, "The file is no cube"),
    errors.CubeDamaged: Problem("cube_damaged", 500, "The cube is damaged"),
    errors.CubeTooNew: Problem("cube_too_new", 500, "A newer Remanence wrote the cube"),
    errors.CubeReadOnly: Problem("cube_read_only", 409, "The cube can only be read"),
    errors.CubeOutdated: Problem("cube_outdated", 409, "The cube has an older format"),
    errors.CubeBusy: Problem("cube_busy", 503, "Another process holds the cube"),
    errors.CubeFull: Problem("storage_full", 507, "No space is left"),
    errors.CubeClosed: Problem("cube_closed", 503, "The cube was closed"),
    errors.WrongKey: Problem("wrong_cube_key", 500, "The server has not the cube's key"),
    errors.EmbedderMismatch: Problem("embedder_mismatch", 409, "The cube's vectors come from elsewhere"),
    errors.TargetUnusable: Problem("target_unusable", 500, "The export can't be written"),
    errors.ExtraMissing: Problem("extra_missing", 501, "A part is not installed on the server"),
    errors.ReadingFailed: Problem("reading_failed", 502, "The language model takes no request"),
    errors.EmbeddingError: Problem("embedding_failed", 503, "No vector could be made"),
    errors.ModelUnavailable: Problem("model_unavailable", 503, "The embedding model is not there"),
    errors.EndpointFailed: Problem("endpoint_failed", 502, "The embedding endpoint did not answer"),
    errors.RerankingFailed: Problem("reranking_failed", 502, "The reranker told no order"),
}

# What the server itself refuses, before or beside any memory.
OF_SERVER: dict[str, Problem] = {
    problem.code: problem
    for problem in (
        Problem("broken_json", 400, "The body is no JSON"),
        Problem("bad_request", 400, "The request can't be read"),
        Problem("key_missing", 401, "An API key is needed"),
        Problem("key_refused", 401, "The API key is not valid"),
        Problem("scope_missing", 403, "The API key does not allow this"),
        Problem("cube_not_found", 404, "There is no such cube"),
        Problem("route_not_found", 404, "There is no such resource"),
        Problem("method_not_allowed", 405, "The resource has no such method"),
        Problem("body_too_slow", 408, "The body did not arrive in time"),
        Problem("cube_exists", 409, "The cube is there already"),
        Problem("outcome_unknown", 409, "The server stopped amid the same request"),
        Problem("changed_meanwhile", 412, "The item has changed"),
        Problem("body_too_large", 413, "The body is too large"),
        Problem("host_refused", 421, "The server is not asked by this name"),
        Problem("invalid_request", 422, "The request does not fit the resource"),
        Problem("invalid_cube_name", 422, "This is no name for a cube"),
        Problem("invalid_cursor", 422, "This is no cursor of the resource"),
        Problem("idempotency_key_reused", 422, "The idempotency key belongs to another request"),
        Problem("too_many_requests", 429, "The API key is used too often"),
        Problem("internal", 500, "The server failed"),
        Problem("too_busy", 503, "The server has too much to do"),
        Problem("timed_out", 504, "The answer took too long"),
    )
}


class Refusal(HTTPException):
    """What the server refuses, by its code; raised by routes and answered as a problem."""

    def __init__(self, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(OF_SERVER[code].status, detail, headers=dict(headers or {}))
        self.code = code


def of_error(error: errors.RemanenceError) -> Problem:
    """How an error is answered: as its own class says, else its nearest parent."""
    return next(OF_ERRORS[one] for one in type(error).__mro__ if one in OF_ERRORS)


def answer(
    problem: Problem,
    detail: str,
    *,
    faults: list[Document] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as a response; `faults` name the places in a request that don't fit."""
    sent = dict(headers or {})
    if problem.status == 401:
        sent["www-authenticate"] = "Bearer"
    if problem.status == 503:
        sent["retry-after"] = str(RETRY_AFTER_SECONDS)
    return Response(document_bytes(problem, detail, faults), problem.status, sent, MEDIA_TYPE)


def document_bytes(problem: Problem, detail: str, faults: list[Document] | None = None) -> bytes:
    """The JSON of a problem, in ASCII."""
    document: dict[str, object] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
    }
    if faults is not None:
        document["errors"] = faults
    return json.dumps(document).encode()
