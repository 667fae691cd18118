"""Lists items, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import apsw

from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import to_micros
from remanence.model.item import Json, Revision
from remanence.storage.listing_port import Listing
from remanence.storage.sqlite.rows import json_text


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

    def rows_tagged(self, tags: Collection[str]) -> list[RevisionId]:
        found = {
            number
            for tag in tags
            for number in self._numbers("select_tagged_rows", {"tag": tag, "fragment": json.dumps(tag)})
        }
        return sorted(found)

    def rows_described(self, metadata: Mapping[str, Json]) -> list[RevisionId]:
        key, value = next(iter(metadata.items()))
        told = json.dumps(value) if isinstance(value, str | bool) else ""  # a number has several spellings
        bound = {"asked": json_text(metadata), "fragment": f"{json.dumps(key)}:{told}"}
        return sorted(self._numbers("select_described_rows", bound))

    def _numbers(self, name: str, bound: Mapping[str, str | None]) -> Iterator[RevisionId]:
        return (RevisionId(number) for (number,) in self._db.execute(self._sql[name], bound))


def _json(values: Collection[str] | Collection[int] | None) -> str | None:
    return None if values is None else json.dumps(sorted(values))
