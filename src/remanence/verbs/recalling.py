"""Recall: from a cue to hits that explain themselves, and to a context under a token budget."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from remanence.errors import CubeDamaged, CubeError, EmbeddingError, InvalidInput
from remanence.model.hit import Context, Format, Hit, Why
from remanence.model.ids import ItemId, RevisionId, short
from remanence.model.interval import to_micros
from remanence.model.item import Item, Revision
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.model.summary import Summary
from remanence.recall.analyser import drop_caches
from remanence.storage.port import EmbedderName, Snapshot, Which
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.setting import Setting, name_of

if TYPE_CHECKING:
    from remanence.recall.columns import Floats
    from remanence.recall.filters import Filter
    from remanence.recall.index import MemoryIndex
    from remanence.recall.question import Question, Span
    from remanence.recall.rank import Ranked
    from remanence.verbs.entities_asked import EntitiesAsked
    from remanence.verbs.search import Search
    from remanence.verbs.unit_lookup import UnitAt
    from remanence.verbs.upkeep import LiveIndex

DEFAULT_HITS = 10
HITS_MAX = 1_000
DEFAULT_BUDGET_TOKENS = 2_000
FROZEN_MAX = 200  # put first in a context; more never fit its share of the budget
CONTEXT_HITS = 200  # ranked for a context; more never fit a budget that a model reads well
QUESTION_CHARS_MAX = 100_000
NEAR_DUPLICATE_COSINE = 0.9  # two texts that say the same in other words seldom lie nearer
BY_WORDS_ALONE = "found by its words alone: the cube is open without an embedder"
OTHER_EMBEDDER = "found by its words alone: the cube has another embedder by now; open it again"
PARTLY_REPLACED = "some of what it says was replaced since"
EMBEDDER_FAILED = "found by its words alone: the embedder failed"
Include: TypeAlias = Literal["retired", "superseded"]
_log = logging.getLogger("remanence")
T = TypeVar("T")


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
    confidence_min: float = 0.0
    include: Iterable[str] = ()
    asker: str | None = None
    ageing: bool = True
    units: Sequence[UnitAt | str] | None = None
    units_boost: Sequence[tuple[UnitAt | str, float]] = ()
    entities: Iterable[str] | None = None


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
    vector: Floats | None
    note: str | None


class Recaller:
    """The memory indexes of one open cube, shared by its threads: what is believed, and all that was."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._lock = threading.Lock()
        self._indexes: dict[Which, LiveIndex] = {}
        self._embedder: EmbedderName | None = None  # of the vectors that the indexes hold
        self._erasures = 0  # as many as memory has heard of
        self._states: dict[Which, Hashable] = {}  # of the cube, up to which each index has read
        self.summaries: dict[object, tuple[object, Summary]] = {}  # of units, by what they were made of

    def recall(self, query: Query, *, k: int) -> list[Hit]:
        """The k best hits, best first; see Cube.recall."""
        checked_k(k)
        return self.searching(query, lambda snapshot, search: _hits(snapshot, search, k))

    def context(self, query: Query, *, budget_tokens: int, form: Format = "text") -> Context:
        """Text within the budget; see Cube.context."""
        from remanence.verbs.contexts import build_context

        hits, always = self.searching(
            query,
            lambda snapshot, search: (_hits(snapshot, search, CONTEXT_HITS), frozen_items(snapshot, search)),
        )
        return build_context(self._setting, hits, always=always, budget_tokens=budget_tokens, form=form)

    def searching(self, query: Query, look: Callable[[Snapshot, Search], T]) -> T:
        """What `look` finds in the search that a recall of this query makes, in one state of the cube."""
        return self.searching_for(self.asked(query), look)

    def searching_for(self, asked: Asked, look: Callable[[Snapshot, Search], T]) -> T:
        """As `searching`, of a query that was dated and embedded already."""
        with self._lock, self._setting.store.read() as snapshot:
            return look(snapshot, self._search(snapshot, asked))

    def catch_up(self) -> None:
        """Let memory hold what the file holds now: after an erasure, nothing of what is gone.

        Where the file can't be read, memory lets go of everything, and the next recall reads it anew.
        """
        with self._lock:
            try:
                with self._setting.store.read() as snapshot:
                    self._let_go(snapshot)
                    for index in self._indexes.values():
                        index.catch_up(snapshot)
            except CubeError:
                self._indexes.clear()

    def near_duplicates(self, prefix: str) -> tuple[ItemId, ...]:
        """Other items whose text says nearly the same as this one's."""
        with self._lock, self._setting.store.read() as snapshot:
            item_id = arguments.item_id(snapshot, prefix)
            index = self._index(snapshot, "open")
            rows = snapshot.rows_of([item_id])
            numbers = index.rows_with_revisions([row.id for row in rows])
            numbers = numbers[(numbers >= 0)]
            numbers = numbers[index.vectors.has(numbers)]
            near: dict[RevisionId, None] = {}
            for vector in index.vectors.of_rows(numbers):
                alike = (index.cosines(vector) >= NEAR_DUPLICATE_COSINE).nonzero()[0]
                near.update(dict.fromkeys(RevisionId(int(n)) for n in index.columns.ints("revision")[alike]))
            found = snapshot.revisions(list(near))
        return tuple(dict.fromkeys(row.item_id for row in found.values() if row.item_id != item_id))

    def looking(self, which: Which, look: Callable[[Snapshot, MemoryIndex], T]) -> T:
        """What `look` finds in one state of the cube, and in the memory index that is up to it."""
        with self._lock, self._setting.store.read() as snapshot:
            return look(snapshot, self._index(snapshot, which))

    def asked(self, query: Query) -> Asked:
        """All that is to be known of the query before the index is held: checked, dated, embedded."""
        from remanence.reader.times import find_times
        from remanence.recall.question import Span

        text = _question_text(query.text)
        now = self._setting.clock.now()
        times = self._times(query, now)
        mentions = find_times(text, said_at=now, tz=self._setting.zone, prefer="past")
        spans = tuple(Span(m.interval.start_micros, m.interval.end_micros) for m in mentions)
        vector, note = self._vector_of(text)
        return Asked(query, _included(query), times, spans, vector, note)

    def _search(self, snapshot: Snapshot, asked: Asked) -> Search:
        """The question against the index as it stands, and which of its rows may answer."""
        from remanence.verbs.search import Search
        from remanence.verbs.unit_asked import UnitsAsked

        history = "superseded" in asked.included or asked.times.known_at is not None
        index = self._index(snapshot, "all" if history else "open")
        if asked.vector is not None and not self._is_ours():
            asked = replace(asked, vector=None, note=OTHER_EMBEDDER)
        units = UnitsAsked(self._setting, snapshot, index, asked.times.known_at)
        wanted = _filter(snapshot, asked, index)
        if asked.query.units is not None:
            wanted = replace(wanted, items=units.items(asked.query.units))
        present = asked.times.as_of is None and asked.times.known_at is None
        return Search(
            index=index,
            question=self._question(asked, index),
            wanted=wanted,
            at=None if history else asked.times.as_of or asked.times.now,
            aged_at=asked.times.now if asked.query.ageing and present else None,
            history=history,
            boosts=tuple(units.boost(unit, odds) for unit, odds in asked.query.units_boost),
            note=asked.note,
            named=self._named(snapshot, asked.query),
        )

    def _named(self, snapshot: Snapshot, query: Query) -> EntitiesAsked | None:
        """The entities that alone are asked about, if there are such."""
        if query.entities is None:
            return None
        from remanence.verbs.entities_asked import EntitiesAsked

        names = arguments.listed(query.entities, "entities")
        return EntitiesAsked(snapshot, names, query.asker or self._setting.owner)

    def _index(self, snapshot: Snapshot, which: Which) -> MemoryIndex:
        from remanence.verbs.upkeep import LiveIndex

        state = snapshot.state()
        if state is not None and self._states.get(which) == state and which in self._indexes:
            return self._indexes[which].index
        self._let_go(snapshot)
        if which not in self._indexes:
            dims = self._embedder.dims if self._embedder is not None and self._is_ours() else 0
            self._indexes[which] = LiveIndex(which, dims=dims)
        live = self._indexes[which]
        live.catch_up(snapshot)
        self._states[which] = state
        return live.index

    def _is_ours(self) -> bool:
        """Whether the cube's vectors can be compared with what our embedder makes of a question."""
        ours = self._setting.embedder
        return ours is not None and name_of(ours.identity) == self._embedder

    def _let_go(self, snapshot: Snapshot) -> None:
        """Drop what other processes took away: all erased words, and the vectors of another embedder."""
        named = snapshot.embedder()
        if named != self._embedder:
            self._indexes.clear()
            self._embedder = named
        erasures = snapshot.erasures()
        if erasures != self._erasures:
            drop_caches()
            self.summaries.clear()
            self._setting.store.drop_pages()
            for index in self._indexes.values():
                index.catch_up(snapshot)
            self._erasures = erasures

    def _vector_of(self, text: str) -> tuple[Floats | None, str | None]:
        embedder = self._setting.embedder
        if embedder is None:
            return None, BY_WORDS_ALONE
        try:
            return embedder.query(text), None
        except EmbeddingError as error:
            _log.warning("recall goes by words alone: %s", error)
            return None, EMBEDDER_FAILED

    def _times(self, query: Query, now: datetime) -> Times:
        zone = self._setting.zone

        def micros(when: datetime | None) -> int | None:
            return None if when is None else to_micros(when)

        ends = {
            name: micros(arguments.ending(when, now=now, zone=zone, name=name))
            for name, when in (("as_of", query.as_of), ("known_at", query.known_at))
        }
        before = arguments.starting(query.said_before, now=now, zone=zone, name="said_before")
        return Times(to_micros(now), ends["as_of"], ends["known_at"], micros(before))

    def _question(self, asked: Asked, index: MemoryIndex) -> Question:
        from remanence.recall.question import read_question

        asker = asked.query.asker or self._setting.owner
        return read_question(
            asked.query.text,
            authors=index.authors,
            asker=index.authors.get(asker),
            spans=asked.spans,
            vector=asked.vector,
            then=asked.times.as_of is not None,
        )


def _filter(snapshot: Snapshot, asked: Asked, index: MemoryIndex) -> Filter:
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
        confidence_min=query.confidence_min,
        expired="retired" in asked.included,
        history="superseded" in asked.included,
    )


def _included(query: Query) -> frozenset[str]:
    if not 0.0 <= query.confidence_min <= 1.0:
        raise InvalidInput(f"confidence_min {query.confidence_min!r} must lie in [0, 1]")
    included = frozenset(arguments.listed(query.include, "include"))
    unknown = included - {"retired", "superseded"}
    if unknown:
        raise InvalidInput(f"include {sorted(unknown)} is not among: retired, superseded")
    return included


def checked_k(k: int) -> int:
    """The number of hits asked for; InvalidInput outside [1, HITS_MAX]."""
    if not 1 <= k <= HITS_MAX:
        raise InvalidInput(f"k {k} must lie in [1, {HITS_MAX}]")
    return k


def _hits(snapshot: Snapshot, search: Search, k: int) -> list[Hit]:
    return hits_of(snapshot, search, search.ranked(k))


def hits_of(snapshot: Snapshot, search: Search, ranked: Sequence[Ranked]) -> list[Hit]:
    """Ranked rows as hits, with their items and what is to be said of them; raises CubeDamaged."""
    revisions = search.index.columns.ints("revision")
    numbers = [RevisionId(int(revisions[one.row])) for one in ranked]
    folded = [[RevisionId(int(revisions[row])) for row in one.also] for one in ranked]
    rows = snapshot.revisions([*numbers, *(number for group in folded for number in group)])
    hits = []
    for one, number, group in zip(ranked, numbers, folded, strict=True):
        row = rows.get(number)
        if row is None:
            raise CubeDamaged(f"row {number} has lost its item; restore a snapshot")
        notes = _notes(row, [rows[n] for n in group if n in rows], search.note)
        if one.replaced:
            notes = (*notes, PARTLY_REPLACED)
        hits.append(Hit(Item(row), one.score, Why(one.parts, notes)))
    return hits if search.named is None else search.named.explained(hits)


def frozen_items(snapshot: Snapshot, search: Search) -> list[Item]:
    """What is frozen and may be answered with, in the order in which it came to be."""
    numbers = search.frozen(FROZEN_MAX)
    rows = snapshot.revisions(numbers) if numbers else {}
    return [Item(rows[number]) for number in numbers if number in rows]


def _notes(row: Revision, folded: Sequence[Revision], note: str | None) -> tuple[str, ...]:
    notes = [] if note is None else [note]
    others = dict.fromkeys(other.item_id for other in folded if other.item_id != row.item_id)
    if others:
        notes.append(f"of one passage with {', '.join(map(short, others))}")
    if row.recorded.end is not None:
        notes.append(f"believed until {row.recorded.end:%Y-%m-%d}")
    if row.state is State.ARCHIVED:
        notes.append("retired")
    return tuple(notes)


def _question_text(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput("the question is empty; say what to recall")
    if len(text) > QUESTION_CHARS_MAX:
        raise InvalidInput(
            f"the question has {len(text)} characters, above QUESTION_CHARS_MAX = {QUESTION_CHARS_MAX}"
        )
    return text


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
