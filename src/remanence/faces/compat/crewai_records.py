"""CrewAI's memory records as items of a cube: the scope is the session, categories are tags.

It has the part of CrewAI's StorageBackend that needs no vectors, so that CrewAI's own Memory lists, counts
and deletes what a cube holds. The extra `crewai` brings the package.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from remanence.cube import Cube
from remanence.errors import AmbiguousId, ExtraMissing, InvalidInput, NotFound
from remanence.faces.compat.clearing import clear, of_session
from remanence.faces.compat.item_times import made_at
from remanence.model.item import Item, Json
from remanence.model.kind import Trust
from remanence.model.state import RECALLED
from remanence.verbs import arguments

try:
    from crewai.memory.types import MemoryRecord, ScopeInfo
except ImportError as error:
    raise ExtraMissing("the memory needs crewai: pip install 'remanence[crewai]'") from error

TAG = "crewai"  # of every item that was added through CrewAI
OWN = "crewai"  # in an item's metadata: what CrewAI knows of it, beside the caller's own
EVERYWHERE = "/"
DEFAULT_IMPORTANCE = 0.5
PAGE = 1_000
SESSIONS_AT_ONCE = 50  # that one condition names


class Records:
    """The records of one cube, by scope, category and metadata."""

    def __init__(self, cube: Cube, *, erase: bool, close: bool) -> None:
        """`close` says that the cube is closed with them."""
        self._cube = cube
        self._erase = erase
        self._close = close

    def add(
        self,
        text: str,
        scope: str,
        *,
        categories: Sequence[str] | None,
        metadata: Mapping[str, Json] | None,
        own: Mapping[str, Json],
        agent: str | None,
    ) -> MemoryRecord:
        """Remember one statement: an agent's where one is named, else the user's."""
        item = self._cube.remember(
            text,
            tags=[TAG, *(categories or ())],
            metadata={**(metadata or {}), OWN: dict(own)},
            session=scope,
            author=agent,
            trust=Trust.USER if agent is None else Trust.AGENT,
            because="crewai: remember",
        )
        return record_of(item)

    def change(
        self,
        record: MemoryRecord,
        *,
        content: str | None,
        categories: Sequence[str] | None,
        metadata: Mapping[str, Json] | None,
        importance: float | None,
    ) -> MemoryRecord:
        """Give a record other words or other marks; what it said before stays in its history."""
        item = self._cube.show(record.id)
        own = _own(item) if importance is None else {**_own(item), "importance": importance}
        kept = record.metadata if metadata is None else metadata
        named = record.categories if categories is None else categories
        marks = [tag for tag in item.tags if tag == TAG]
        tags, told = arguments.tags([*marks, *named]), arguments.metadata({**kept, OWN: own})
        if content is not None:  # after the rest was found to be right
            self._cube.revise(item.id, content, because="crewai: update")
        return record_of(self._cube.annotate(item.id, tags=tags, metadata=told, because="crewai: update"))

    def sessions(self, scope: str) -> list[str]:
        """The sessions of all records in a scope and below it."""
        named = [(unit.rule or {}).get("session") for unit in self._cube.units(kind="context")]
        names = {str(name) for one in named if isinstance(one, list) for name in one}
        return sorted(name for name in names if is_in(name, scope))

    def get_record(self, record_id: str) -> MemoryRecord | None:
        """One record, or None where there is none, or no more."""
        try:
            item = self._cube.show(record_id)
        except (NotFound, AmbiguousId, InvalidInput):
            return None
        return record_of(item) if item.state in RECALLED else None

    def list_records(
        self, scope_prefix: str | None = None, limit: int = 200, offset: int = 0
    ) -> list[MemoryRecord]:
        """A page of the records in a scope, newest first."""
        return list(islice(self._all(scope_prefix), offset, offset + limit))

    def get_scope_info(self, scope: str) -> ScopeInfo:
        """What a scope holds."""
        found = list(self._all(scope))
        made = [record.created_at for record in found]
        return ScopeInfo(
            path=scope,
            record_count=len(found),
            categories=sorted({name for record in found for name in record.categories}),
            oldest_record=min(made, default=None),
            newest_record=max(made, default=None),
            child_scopes=_children(found, scope),
        )

    def list_scopes(self, parent: str = EVERYWHERE) -> list[str]:
        """The scopes one step below."""
        return _children(self._all(parent), parent)

    def list_categories(self, scope_prefix: str | None = None) -> dict[str, int]:
        """How many records each category has."""
        return dict(Counter(name for record in self._all(scope_prefix) for name in record.categories))

    def count(self, scope_prefix: str | None = None) -> int:
        """How many records there are in a scope."""
        return sum(1 for _ in self._all(scope_prefix))

    def delete(
        self,
        scope_prefix: str | None = None,
        categories: Collection[str] | None = None,
        record_ids: Collection[str] | None = None,
        older_than: datetime | None = None,
        metadata_filter: Mapping[str, Json] | None = None,
    ) -> int:
        """Take away what meets all that is given, for good; says how many there were."""
        before = None if older_than is None else _naive(older_than)
        found = [
            record
            for record in self._all(scope_prefix)
            if (record_ids is None or record.id in record_ids)
            and (not categories or not set(categories).isdisjoint(record.categories))
            and (before is None or record.created_at < before)
            and all(record.metadata.get(key) == value for key, value in (metadata_filter or {}).items())
        ]
        for record in found:
            self._cube.forget(record.id, erase=self._erase, because="crewai: forget")
        return len(found)

    def reset(self, scope_prefix: str | None = None) -> None:
        """Take away all that was added in a scope, with what was derived from it, for good."""
        scopes = sorted({record.scope for record in self._all(scope_prefix)})
        for begin in range(0, len(scopes), SESSIONS_AT_ONCE):
            told = " or ".join(map(of_session, scopes[begin : begin + SESSIONS_AT_ONCE]))
            condition = f"{json.dumps(TAG)} in tags and ({told})"
            clear(self._cube, condition, erase=self._erase, because="crewai: reset")

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        if self._close:
            self._cube.close()

    def _all(self, scope: str | None) -> Iterator[MemoryRecord]:
        last: str | None = None
        while page := self._cube.items(tag=TAG, after=last, limit=PAGE):
            yield from (record for item in page if is_in((record := record_of(item)).scope, scope))
            last = page[-1].id


def record_of(item: Item) -> MemoryRecord:
    """An item as CrewAI reads it; what came to the cube by another way has the scope of all."""
    own, changed = _own(item), item.revision.recorded.start
    importance, source, made = own.get("importance"), own.get("source"), made_at(item.id)
    return MemoryRecord(
        id=item.id,
        content=item.content,
        scope=item.session if TAG in item.tags and item.session else EVERYWHERE,
        categories=[tag for tag in item.tags if tag != TAG],
        metadata={key: value for key, value in item.metadata.items() if key != OWN},
        importance=importance if isinstance(importance, int | float) else DEFAULT_IMPORTANCE,
        created_at=_naive(made),
        last_accessed=_naive(changed or made),
        source=source if isinstance(source, str) else None,
        private=own.get("private") is True,
    )


def is_in(place: str, scope: str | None) -> bool:
    """Whether a path is a scope or lies below it.

    >>> is_in("/crew/a", "/crew"), is_in("/crew-b", "/crew"), is_in("/crew", None)
    (True, False, True)
    """
    root = "/" + (scope or "").strip("/")
    return root == EVERYWHERE or place == root or place.startswith(f"{root}/")


def _children(found: Iterator[MemoryRecord] | Sequence[MemoryRecord], scope: str) -> list[str]:
    root = scope.strip("/")
    head = f"/{root}/" if root else EVERYWHERE
    below = {
        record.scope.removeprefix(head).split("/")[0] for record in found if record.scope.startswith(head)
    }
    return sorted(head + name for name in below if name)


def _own(item: Item) -> dict[str, Json]:
    own = item.metadata.get(OWN)
    return own if isinstance(own, dict) else {}


def _naive(moment: datetime) -> datetime:
    """In UTC and without a zone, as CrewAI's own moments are."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
