"""What went wrong, as an answer of problem+json (RFC 9457); remote.problems has the codes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import HTTPException, Response

from remanence.faces.documents import Document
from remanence.remote.problems import OF_ERRORS as OF_ERRORS
from remanence.remote.problems import OF_SERVER as OF_SERVER
from remanence.remote.problems import Problem
from remanence.remote.problems import of_error as of_error

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:remanence:problem:"
RETRY_AFTER_SECONDS = 1


class Refusal(HTTPException):
    """What the server refuses, by its code; raised by routes and answered as a problem."""

    def __init__(self, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(OF_SERVER[code].status, detail, headers=dict(headers or {}))
        self.code = code


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
