"""What of a cube an export takes: filters in the words of recall, and the rows that pass them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from remanence.errors import InvalidInput
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId
from remanence.model.item import Json, Revision
from remanence.model.kind import Kind, Trust
from remanence.model.mark import MarkSort
from remanence.model.state import RECALLED, State
from remanence.storage.port import Snapshot, Which
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.setting import Setting

T = TypeVar("T")
INCLUDABLE: dict[str, frozenset[State]] = {
    "retired": frozenset({State.ARCHIVED}),
    "superseded": frozenset({State.SUPERSEDED, State.MERGED}),  # and what was believed or held once
}
ROWS_AT_A_TIME = 250  # each with its text


@dataclass(frozen=True, slots=True)
class Filters:
    """What to take, as the caller gave it; None takes all."""

    kinds: Iterable[Kind | str] | None = None
    sessions: Iterable[str] | None = None
    authors: Iterable[str] | None = None
    trust: Iterable[Trust | str] | None = None
    since: When | None = None
    until: When | None = None
    confidence_min: float = 0.0
    include: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The filters, read. `since` is included and `until` is not; both are of when it was said.

    As in recall, what is left is what holds at `now` or is to come, unless more is included.
    """

    now: datetime
    kinds: frozenset[Kind] | None = None
    sessions: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    trust: frozenset[Trust] | None = None
    since: datetime | None = None
    until: datetime | None = None
    confidence_min: float = 0.0
    include: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether no filter was given."""
        return self == Selection(self.now)

    def takes(self, row: Revision) -> bool:
        """Whether a row passes. One that was erased never does."""
        content, provenance = row.content, row.provenance
        return (
            bool(row.text_id)
            and self._stands(row)
            and _among(content.kind, self.kinds)
            and _among(provenance.session, self.sessions)
            and _among(provenance.author, self.authors)
            and _among(provenance.trust, self.trust)
            and (self.since is None or provenance.said_at >= self.since)
            and (self.until is None or provenance.said_at < self.until)
            and content.belief.mean >= self.confidence_min
        )

    def rows(self, snapshot: Snapshot) -> Iterator[Revision]:
        """The rows that pass, in the order in which they were recorded."""
        for page in self._pages(snapshot):
            yield from page

    def items(self, snapshot: Snapshot) -> Iterator[Revision]:
        """Each item once, by the row that is in force among those that pass; see bitemporal.row_in_force."""
        given: set[ItemId] = set()
        for page in self._pages(snapshot):
            rows: dict[ItemId, list[Revision]] = {row.item_id: [] for row in page if row.item_id not in given}
            given.update(rows)
            for row in snapshot.rows_of(list(rows), which=self._which):
                if self.takes(row):
                    rows[row.item_id].append(row)
            for found in rows.values():
                yield row_in_force([one for one in found if one.is_open] or found[-1:], self.now)

    def _pages(self, snapshot: Snapshot) -> Iterator[list[Revision]]:
        after = 0
        while numbers := snapshot.row_numbers(after=after, limit=ROWS_AT_A_TIME, which=self._which):
            after = numbers[-1]
            found = snapshot.revisions(numbers)
            passed = [found[number] for number in numbers if self.takes(found[number])]
            expired = self.expired(snapshot, [row.item_id for row in passed])
            yield [row for row in passed if row.item_id not in expired]

    def expired(self, snapshot: Snapshot, items: Sequence[ItemId]) -> set[ItemId]:
        """Which of these items were to be recalled until some time that has passed."""
        if "retired" in self.include:
            return set()
        return {
            mark.item_id
            for mark in snapshot.marks_of(items)
            if mark.sort is MarkSort.EXPIRY and mark.closed_by is None and mark.at <= self.now
        }

    def as_json(self) -> dict[str, Json]:
        """The filters that were given, for the head of an export."""
        listed = {"kinds": self.kinds, "sessions": self.sessions, "authors": self.authors}
        listed |= {"trust": self.trust, "include": self.include or None}
        found: dict[str, Json] = {
            name: list[Json](sorted(map(str, values)))
            for name, values in listed.items()
            if values is not None
        }
        for name, time in (("since", self.since), ("until", self.until)):
            if time is not None:
                found[name] = time.isoformat()
        if self.confidence_min:
            found["confidence_min"] = self.confidence_min
        return found

    @property
    def _which(self) -> Which:
        return "all" if "superseded" in self.include else "open"

    def _stands(self, row: Revision) -> bool:
        if row.state not in RECALLED.union(*(INCLUDABLE[name] for name in self.include)):
            return False
        if "superseded" in self.include:
            return True
        return row.is_open and (row.valid.end is None or row.valid.end > self.now)


def selection_of(setting: Setting, filters: Filters) -> Selection:
    """Read the filters; raises InvalidInput that names the one which can't be read."""
    now = setting.clock.now()
    included = frozenset(arguments.listed(filters.include, "include"))
    for name in sorted(included):
        arguments.one_of(name, INCLUDABLE, "include")
    if not 0.0 <= filters.confidence_min <= 1.0:
        raise InvalidInput(f"confidence_min {filters.confidence_min!r} must lie in [0, 1]")
    return Selection(
        now=now,
        kinds=_set(filters.kinds, "kinds", Kind.parse),
        sessions=_set(filters.sessions, "sessions", str),
        authors=_set(filters.authors, "authors", str),
        trust=_set(filters.trust, "trust", Trust.parse),
        since=arguments.starting(filters.since, now=now, zone=setting.zone, name="since"),
        until=arguments.starting(filters.until, now=now, zone=setting.zone, name="until"),
        confidence_min=filters.confidence_min,
        include=included,
    )


def _set(values: Iterable[str] | None, what: str, parse: Callable[[str], T]) -> frozenset[T] | None:
    return None if values is None else frozenset(map(parse, arguments.listed(values, what)))


def _among(value: object, wanted: Collection[object] | None) -> bool:
    return wanted is None or value in wanted
