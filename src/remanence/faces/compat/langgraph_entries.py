"""What a LangGraph store holds under which namespace and key: read from a cube, kept up by its journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from remanence.cube import Cube
from remanence.errors import NotFound
from remanence.faces.compat.item_times import made_at
from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Item, Json
from remanence.model.mark import MarkSort
from remanence.model.state import RECALLED

TAG = "langgraph"  # of every item that is an entry; the unit of this name holds them all
UNINDEXED = "unindexed"  # a tag of those that a query must not rank
LINES_MAX = 10_000  # of the journal that are followed; beyond, all entries are read anew
Namespace = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One value under its namespace and key, as an item of the cube holds it."""

    item_id: ItemId
    row: RevisionId
    namespace: Namespace
    key: str
    value: dict[str, Json]
    created_at: datetime
    updated_at: datetime
    indexed: bool
    ttl_minutes: float | None = None
    expires_at: datetime | None = None

    def lives(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or self.expires_at > now


def metadata_of(
    namespace: Namespace, key: str, value: Mapping[str, Json], ttl_minutes: float | None, before: Entry | None
) -> dict[str, Json]:
    """What an item bears to be read as an entry again."""
    named: dict[str, Json] = {"namespace": list(namespace), "key": key, "value": dict(value)}
    if ttl_minutes is not None:
        named["ttl_minutes"] = ttl_minutes
    if before is not None:
        named["created_at"] = before.created_at.isoformat()
    return named


def place_tag(namespace: Namespace, key: str) -> str:
    """The tag of all values that ever stood under this namespace and key."""
    told = json.dumps([*namespace, key]).encode()
    return f"{TAG}:{hashlib.sha256(told).hexdigest()[:32]}"


class Entries:
    """The entries of one cube. Two live items of one key (of two processes at once) are told by the later."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._seen = 0  # the journal's line up to which it is known
        self._by_place: dict[Namespace, dict[str, dict[ItemId, Entry]]] = {}
        self._places: dict[ItemId, tuple[Namespace, str]] = {}

    def refresh(self) -> None:
        """Follow what was written since, by whomever."""
        head = self._cube.journal(limit=1)[0].sequence
        behind = head - self._seen
        if behind > LINES_MAX or not self._seen:
            self._by_place.clear()
            self._places.clear()
            for item in self._cube.find_unit(TAG).items():
                self._take(item.id, item)
        elif behind:
            lines = self._cube.journal(limit=behind)
            for item_id in dict.fromkeys(line.item_id for line in lines if line.item_id is not None):
                self._take(item_id, self._shown(item_id))
        self._seen = head

    def get(self, namespace: Namespace, key: str) -> Entry | None:
        """The entry at this place, whether it has expired or not."""
        return _latest(self._by_place.get(namespace, {}).get(key, {}))

    def items_at(self, namespace: Namespace, key: str) -> list[Entry]:
        """All live items at this place, the latest last."""
        found = self._by_place.get(namespace, {}).get(key, {})
        return sorted(found.values(), key=lambda entry: entry.row)

    def under(self, prefix: Namespace) -> Iterator[Entry]:
        """The entries of all namespaces that begin so."""
        for namespace, by_key in self._by_place.items():
            if namespace[: len(prefix)] == prefix:
                yield from (entry for found in by_key.values() if (entry := _latest(found)) is not None)

    def _shown(self, item_id: ItemId) -> Item | None:
        try:
            return self._cube.show(item_id)
        except NotFound:  # it was undone
            return None

    def _take(self, item_id: ItemId, item: Item | None) -> None:
        place = self._places.pop(item_id, None)
        if place is not None:
            namespace, key = place
            del self._by_place[namespace][key][item_id]
            if not self._by_place[namespace][key]:
                del self._by_place[namespace][key]
            if not self._by_place[namespace]:
                del self._by_place[namespace]
        entry = None if item is None else self._entry_of(item)
        if entry is not None:
            by_key = self._by_place.setdefault(entry.namespace, {})
            by_key.setdefault(entry.key, {})[item_id] = entry
            self._places[item_id] = entry.namespace, entry.key

    def _entry_of(self, item: Item) -> Entry | None:
        told, recorded = item.metadata, item.revision.recorded.start
        namespace, value = told.get("namespace"), told.get("value")
        if TAG not in item.tags or item.state not in RECALLED or recorded is None:
            return None
        if not isinstance(namespace, list) or not isinstance(value, dict):
            return None  # somebody else's item, with our tag
        created, ttl = told.get("created_at"), told.get("ttl_minutes")
        return Entry(
            item_id=item.id,
            row=item.revision.id,
            namespace=tuple(map(str, namespace)),
            key=str(told.get("key")),
            value=value,
            created_at=datetime.fromisoformat(created) if isinstance(created, str) else made_at(item.id),
            updated_at=recorded,
            indexed=UNINDEXED not in item.tags,
            ttl_minutes=float(ttl) if isinstance(ttl, int | float) else None,
            expires_at=None if ttl is None else self._expiry(item.id),
        )

    def _expiry(self, item_id: ItemId) -> datetime | None:
        marks = self._cube.marks(item_id)
        until = [mark.at for mark in marks if mark.sort is MarkSort.EXPIRY and mark.closed_by is None]
        return until[-1] if until else None


def _latest(found: Mapping[ItemId, Entry]) -> Entry | None:
    return max(found.values(), key=lambda entry: entry.row, default=None)
