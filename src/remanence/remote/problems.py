"""What goes wrong at a server, by code: how each error is answered, and what a client raises for an answer.

docs/server.md shows these tables; a code that is there once never changes its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from remanence import errors


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
    errors.SignatureInvalid: Problem("signature_invalid", 422, "The document is not what was signed"),
    errors.ReadingFailed: Problem("reading_failed", 502, "The language model takes no request"),
    errors.NotOffered: Problem("not_offered", 501, "The server does not offer this"),
    errors.RemoteFailed: Problem("remote_failed", 502, "Another server did not answer as it should"),
    errors.AccessRefused: Problem("access_refused", 502, "Another server does not take the key"),
    errors.EmbeddingError: Problem("embedding_failed", 503, "No vector could be made"),
    errors.ModelUnavailable: Problem("model_unavailable", 503, "The embedding model is not there"),
    errors.RerankingFailed: Problem("reranking_failed", 502, "The reranker told no order"),
    errors.EndpointFailed: Problem("endpoint_failed", 502, "The embedding endpoint did not answer"),
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

# What a client raises for what the server itself refuses; for any other code RemoteFailed.
_RAISED: dict[str, type[errors.RemanenceError]] = {
    "broken_json": errors.InvalidInput,
    "key_missing": errors.AccessRefused,
    "key_refused": errors.AccessRefused,
    "scope_missing": errors.AccessRefused,
    "cube_not_found": errors.NotFound,
    "cube_exists": errors.InvalidInput,
    "changed_meanwhile": errors.Refused,
    "body_too_large": errors.InvalidInput,
    "invalid_request": errors.InvalidInput,
    "invalid_cube_name": errors.InvalidInput,
    "invalid_cursor": errors.InvalidInput,
    "too_busy": errors.CubeBusy,
}
_ERRORS = {problem.code: error for error, problem in OF_ERRORS.items()}


def of_error(error: errors.RemanenceError) -> Problem:
    """How an error is answered: as its own class says, else its nearest parent."""
    return next(OF_ERRORS[one] for one in type(error).__mro__ if one in OF_ERRORS)


def raised_for(code: str, detail: str) -> errors.RemanenceError:
    """The error that an answer with this code tells of.

    >>> raised_for("not_found", "no item's id begins with 'xyz'")
    NotFound("no item's id begins with 'xyz'")
    """
    error = _ERRORS.get(code) or _RAISED.get(code)
    return errors.RemoteFailed(f"{code}: {detail}") if error is None else error(detail)
