"""Requests that may be sent again: an Idempotency-Key makes a change happen once.

Kept are keyed digests and the ids of the answer; the answer itself is read from the cube again, so what
was erased since is in no answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from remanence.cube import Cube
from remanence.errors import ItemErased, RemanenceError
from remanence.faces.http.keys import Caller
from remanence.faces.http.problems import Refusal
from remanence.faces.http.registry import Registry, Repeat
from remanence.faces.http.shapes import Shape
from remanence.model.clock import Clock
from remanence.model.item import Item, Json
from remanence.storage.receipt import Receipt
from remanence.verbs.ruling import LifecycleApplied

T = TypeVar("T")
TOKEN_CHARS_MAX = 255


@dataclass(frozen=True, slots=True)
class Changed(Generic[T]):
    """What a change gave, and the ETag of the item that it left."""

    value: T
    etag: str | None = None
    repeated: bool = False


def erased_by(value: object) -> tuple[str, ...]:
    """The items whose words are gone with a change that gave this."""
    receipt = value.receipt if isinstance(value, LifecycleApplied) else value
    return (*receipt.items, *receipt.redacted) if isinstance(receipt, Receipt) else ()


def changed(cube: Cube, value: T) -> Changed[T]:
    """What a change gave, with its ETag where that is an item."""
    return Changed(value, etag_of(cube, value.id) if isinstance(value, Item) else None)


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
        self,
        cube: Cube,
        name: str,
        change: Callable[[Cube], T],
        shape: Shape[T],
        *,
        caller: Caller,
        token: str,
        request: bytes,
    ) -> Changed[T]:
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
                made = changed(cube, change(cube))
            except (RemanenceError, Refusal):  # nothing was changed: the same request may try again
                self._registry.drop(repeat)
                raise
            self._registry.finish(repeat, {"kept": shape.kept(made.value), "etag": made.etag})
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
        return _read_again(cube, told.answer, shape)


def _keyed(caller: Caller, text: bytes) -> bytes:
    return hmac.digest(caller.secret, text, "sha256")


def _read_again(cube: Cube, noted: Mapping[str, Json], shape: Shape[T]) -> Changed[T]:
    etag = noted["etag"]
    return Changed(shape.again(cube, noted["kept"]), None if etag is None else str(etag), repeated=True)
