"""Lists items, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence

import apsw

from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import to_micros
from remanence.model.item import Revision
from remanence.storage.listing_port import Listing


class ListingReading:
    """The part of a SqliteSnapshot that storage.listing_port.ListingSnapshot names."""

    _db: apsw.Connection
    _sql: dict[str, str]
    revisions: Callable[[Sequence[RevisionId]], dict[RevisionId, Revision]]

    def rows_listed(self, wanted: Listing, *, limit: int, after: ItemId | None = None) -> list[Revision]:
        bound = {
            "at": to_micros(wanted.at),
            "kinds": _json(wanted.kinds),
            "states": _json(wanted.states),
            "session": wanted.session,
            "tag": wanted.tag,
            "items": _json(wanted.items),
            "holding": wanted.holding,
            "after": after,
            "limit": limit,
        }
        numbers = [RevisionId(n) for (n,) in self._db.execute(self._sql["select_listed_rows"], bound)]
        rows = self.revisions(numbers)
        return [rows[number] for number in numbers]


def _json(values: Collection[str] | Collection[int] | None) -> str | None:
    return None if values is None else json.dumps(sorted(values))
