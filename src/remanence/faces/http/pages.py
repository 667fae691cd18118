"""Long lists in pages: a cursor is opaque to whoever gets it, and names where the next page begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeAlias, TypeVar

from fastapi import Query

from remanence.faces.http.problems import Refusal
from remanence.model.item import Json

T = TypeVar("T")
DEFAULT_LIMIT = 50
LIMIT_MAX = 1000
CURSOR_CHARS_MAX = 512
PLACE_DIGITS_MAX = 18
Limit: TypeAlias = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=CURSOR_CHARS_MAX, description="`next` of the page before; none at first.")
]


def place(said: str) -> int | str:
    """A number where digits are said, as of a line or a version; else the text: a time, a tag.

    >>> place("12"), place("2026-01-01")
    (12, '2026-01-01')
    """
    return int(said) if said.isascii() and said.isdigit() and len(said) <= PLACE_DIGITS_MAX else said


def written(of: str, place: Json) -> str:
    """The cursor for a place in a list."""
    return urlsafe_b64encode(json.dumps([of, place]).encode()).decode().rstrip("=")


def number(cursor: str | None, of: str) -> int | None:
    """The number that a cursor of this list holds, None for the first page; a Refusal for any other text."""
    place = _read(cursor, of)
    if place is None:
        return None
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < 2**62:
        raise _no_cursor(of)
    return place


def text(cursor: str | None, of: str) -> str | None:
    """The same, of a text."""
    place = _read(cursor, of)
    if place is not None and not isinstance(place, str):
        raise _no_cursor(of)
    return place


class Cutting(Protocol[T]):
    """What makes a page of what was found."""

    def of(self, found: Sequence[T]) -> tuple[Sequence[T], str | None]:
        """The page, and the cursor of the next, None at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of which list is asked for, in a list that is at hand whole."""

    of_what: str
    cursor: str | None
    limit: int

    def of(self, found: Sequence[T]) -> tuple[Sequence[T], str | None]:
        """That page, and the cursor of the next, None at the end."""
        start = number(self.cursor, self.of_what) or 0
        end = start + self.limit
        return found[start:end], written(self.of_what, end) if end < len(found) else None


class Pages:
    """The dependency of a list: its limit and its cursor."""

    def __init__(self, of: str) -> None:
        self._of = of

    def __call__(self, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Page:
        """The page that a request asks for."""
        return Page(self._of, cursor, limit)


def _read(cursor: str | None, of: str) -> Json:
    if cursor is None:
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found: Json = json.loads(raw)
    except (ValueError, RecursionError):
        raise _no_cursor(of) from None
    if not isinstance(found, list) or len(found) != 2 or found[0] != of or found[1] is None:
        raise _no_cursor(of)
    return found[1]


def _no_cursor(of: str) -> Refusal:
    return Refusal("invalid_cursor", f"cursor is none that the {of} gave; leave it out to begin anew")
