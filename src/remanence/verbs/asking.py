"""What a recall asks for: as the caller gave it, and as the index takes it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from remanence.errors import InvalidInput
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.pointing import Pointer, left_out

if TYPE_CHECKING:
    from remanence.model.ids import RevisionId
    from remanence.model.item import Item, Json
    from remanence.recall.filters import Filter
    from remanence.recall.index import MemoryIndex
    from remanence.recall.question import Span
    from remanence.verbs.question_vectors import QuestionVector
    from remanence.verbs.search import Search
    from remanence.verbs.unit_lookup import UnitAt

Include: TypeAlias = Literal["retired", "superseded"]


@dataclass(frozen=True, slots=True)
class Query:
    """What to recall, as the caller gave it; see Cube.recall."""

    text: str
    as_of: When | None = None
    known_at: When | None = None
    said_before: When | None = None
    kinds: Iterable[Kind | str] | None = None
    sessions: Iterable[str] | None = None
    authors: Iterable[str] | None = None
    tags: Iterable[str] | None = None
    metadata: Mapping[str, Json] | None = None
    confidence_min: float = 0.0
    include: Iterable[str] = ()
    asker: str | None = None
    ageing: bool = True
    units: Sequence[UnitAt | str] | None = None
    units_boost: Sequence[tuple[UnitAt | str, float]] = ()
    entities: Iterable[str] | None = None
    goal: Item | str | None = None
    score_min: float = 0.0
    without: Pointer | Iterable[Pointer] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """The query's times in microseconds."""

    now: int
    as_of: int | None
    known_at: int | None
    said_before: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A query with all that is known of it before the index is looked at."""

    query: Query
    included: frozenset[str]
    times: Times
    spans: tuple[Span, ...]
    slots: tuple[int, ...]  # by recall.columns.slot_number: those whose value it may ask for
    vector: QuestionVector
    ahead: Ahead | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The search for it that was begun while it was embedded, of use while the cube stays in that state."""

    search: Search
    state: Hashable


def filter_of(snapshot: Snapshot, asked: Asked, index: MemoryIndex) -> Filter:
    """The filter that a query asks for; names that the cube does not know let nothing pass."""
    from remanence.recall.filters import Filter

    query, times = asked.query, asked.times
    states = set(RECALLED)
    if "retired" in asked.included:
        states.add(State.ARCHIVED)
    if "superseded" in asked.included:
        states |= {State.SUPERSEDED, State.MERGED}
    return Filter(
        now=times.now if times.known_at is None else times.known_at,
        as_of=times.as_of,
        known_at=times.known_at,
        said_before=times.said_before,
        kinds=None
        if query.kinds is None
        else [_kind(kind) for kind in arguments.listed(query.kinds, "kinds")],
        states=states,
        sessions=_numbers(snapshot, query.sessions),
        authors=_authors(index, query.authors),
        tagged=None if query.tags is None else snapshot.rows_tagged(arguments.tags(query.tags)),
        described=_described(snapshot, query.metadata),
        without=left_out(snapshot, query.without),
        confidence_min=query.confidence_min,
        expired="retired" in asked.included,
        history="superseded" in asked.included,
    )


def included_by(query: Query) -> frozenset[str]:
    """What a query adds beside what stands; raises InvalidInput for what can't be asked."""
    for name, least in (("confidence_min", query.confidence_min), ("score_min", query.score_min)):
        if not 0.0 <= least <= 1.0:
            raise InvalidInput(f"{name} {least!r} must lie in [0, 1]")
    included = frozenset(arguments.listed(query.include, "include"))
    unknown = included - {"retired", "superseded"}
    if unknown:
        raise InvalidInput(f"include {sorted(unknown)} is not among: retired, superseded")
    return included


def _kind(kind: Kind | str) -> Kind:
    return kind if isinstance(kind, Kind) else Kind.parse(kind)


def _numbers(snapshot: Snapshot, sessions: Iterable[str] | None) -> list[int] | None:
    if sessions is None:
        return None
    wanted = set(arguments.listed(sessions, "sessions"))
    return [number for number, name in snapshot.sessions().items() if name in wanted]


def _authors(index: MemoryIndex, authors: Iterable[str] | None) -> list[int] | None:
    if authors is None:
        return None
    return [index.authors[name] for name in arguments.listed(authors, "authors") if name in index.authors]


def _described(snapshot: Snapshot, metadata: Mapping[str, Json] | None) -> list[RevisionId] | None:
    if metadata is None:
        return None
    if not isinstance(metadata, Mapping):
        raise InvalidInput(f"metadata is a {type(metadata).__name__}; give a mapping of keys to values")
    for key, value in metadata.items():
        if isinstance(value, list | dict):
            raise InvalidInput(
                f"metadata asks for {key!r} to be a {type(value).__name__}; ask for a text, a number, True, "
                "False or None"
            )
    wanted = arguments.metadata(metadata)
    return snapshot.rows_described(wanted) if wanted else None
