"""What a cube asks of its engine to list items, page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Json, Revision
from remanence.model.kind import Kind
from remanence.model.state import State


@dataclass(frozen=True, slots=True)
class Listing:
    """Which items, each by its row in force `at` that time; None asks for nothing. `items`: their numbers."""

    at: datetime
    kinds: Collection[Kind] | None = None
    states: Collection[State] | None = None
    session: str | None = None
    tag: str | None = None
    items: Collection[int] | None = None
    holding: bool = False  # only what has not ended by then


class ListingSnapshot(Protocol):
    """Lists items of one committed state."""

    def rows_listed(self, wanted: Listing, *, limit: int, after: ItemId | None = None) -> list[Revision]:
        """The row in force of each item that fits, the newest item first; those made before `after`."""
        ...

    def rows_tagged(self, tags: Collection[str]) -> list[RevisionId]:
        """Every row, of the past too, that bears one of these tags."""
        ...

    def rows_described(self, metadata: Mapping[str, Json]) -> list[RevisionId]:
        """Every row, of the past too, whose metadata has each of these keys with just this value."""
        ...
