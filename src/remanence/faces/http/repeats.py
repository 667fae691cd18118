"""Requests that may be sent again: an Idempotency-Key makes a change happen once.

Kept are keyed digests and the ids of the answer; the answer itself is read from the cube again, so what
was erased since is in no answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from remanence.cube import Cube
from remanence.errors import ItemErased, RemanenceError
from remanence.faces import documents
from remanence.faces.documents import Document
from remanence.faces.http.keys import Caller
from remanence.faces.http.problems import Refusal
from remanence.faces.http.registry import Registry, Repeat
from remanence.model.clock import Clock
from remanence.model.ids import ItemId, short
from remanence.model.item import Item, Json, Revision
from remanence.storage.receipt import Receipt
from remanence.verbs.observing import Observed

TOKEN_CHARS_MAX = 255


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change is answered with, and the ids from which the same answer can be read again."""

    document: Document
    ids: dict[str, Json]
    status: int = 200
    etag: str | None = None
    erased: tuple[str, ...] = ()
    repeated: bool = False


Change = Callable[[Cube], Changed]


def of_item(cube: Cube, item: Item, *, status: int = 200) -> Changed:
    """An item that was written."""
    etag = etag_of(cube, item.id)
    ids: dict[str, Json] = {"item": item.id, "row": item.revision.id, "etag": etag, "status": status}
    return Changed(documents.of_item(item), ids, status, etag)


def of_observed(observed: Observed) -> Changed:
    """What a conversation brought: nothing but ids and counts."""
    document = documents.of_observed(observed)
    return Changed(document, {"observed": document})


def of_receipt(receipt: Receipt) -> Changed:
    """The proof of an erasure."""
    erased = (*receipt.items, *receipt.redacted)
    return Changed(documents.of_receipt(receipt), {"receipt": receipt.change_set}, erased=erased)


def etag_of(cube: Cube, item: str) -> str:
    """A tag that changes with every change of the item, in whichever of its rows."""
    rows = cube.history(item)
    return f'"{max(max(row.opened_by, row.closed_by or 0) for row in rows)}"'


class Repeats:
    """Runs each change once for a caller, a cube and an Idempotency-Key."""

    def __init__(self, registry: Registry, clock: Clock, *, hours: float) -> None:
        self._registry = registry
        self._clock = clock
        self._kept = timedelta(hours=hours)

    def once(
        self, cube: Cube, name: str, change: Change, *, caller: Caller, token: str, request: bytes
    ) -> Changed:
        """Make the change, or give the answer that it had when it was made.

        The caller lets one change of a cube run at a time. Raises a Refusal where the key came with another
        request, or with one that never ended.
        """
        repeat = Repeat(caller.lookup, name, _keyed(caller, token.encode()))
        digest = _keyed(caller, request)
        now = self._clock.now()
        told = self._registry.begin(repeat, digest, time=now, known_since=now - self._kept)
        if told is None:
            try:
                made = change(cube)
            except (RemanenceError, Refusal):  # nothing was changed: the same request may try again
                self._registry.drop(repeat)
                raise
            self._registry.finish(repeat, made.ids)
            return made
        if told.answer is not None and "erased" in told.answer:
            raise ItemErased("what this request brought was erased since; nothing was done")
        if not hmac.compare_digest(told.request, digest):
            raise Refusal(
                "idempotency_key_reused",
                "this Idempotency-Key came with another request; give each request its own key",
            )
        if told.answer is None:
            raise Refusal(
                "outcome_unknown",
                "the server stopped amid this request, and it may have been carried out or not; "
                "look at the journal, then send what is missing under another Idempotency-Key",
            )
        return _read_again(cube, told.answer)


def _keyed(caller: Caller, text: bytes) -> bytes:
    return hmac.digest(caller.secret, text, "sha256")


def _read_again(cube: Cube, ids: Mapping[str, Json]) -> Changed:
    if "observed" in ids:
        document = ids["observed"]
        assert isinstance(document, dict), "the registry wrote it so"
        return Changed(document, {}, repeated=True)
    if "receipt" in ids:
        receipt = next(one for one in cube.erased() if one.change_set == ids["receipt"])
        return Changed(documents.of_receipt(receipt), {}, repeated=True)
    row = _row(cube, str(ids["item"]), ids["row"])
    return Changed(
        documents.of_revision(row), {}, int(str(ids["status"])), etag=str(ids["etag"]), repeated=True
    )


def _row(cube: Cube, item: str, number: Json) -> Revision:
    found = next((row for row in cube.history(item) if row.id == number), None)
    if found is None or not found.text_id:
        raise ItemErased(f"{short(ItemId(item))} was written by this request, and erased since")
    return found
