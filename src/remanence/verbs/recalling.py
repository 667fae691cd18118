"""Recall: from a cue to hits that explain themselves, and to a context under a token budget."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from remanence.embedding.port import frees_interpreter
from remanence.errors import CubeError, InvalidInput, RemanenceError
from remanence.model.hit import Hit, Hits
from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import to_micros
from remanence.model.summary import Summary
from remanence.storage.port import EmbedderName, Snapshot, Which
from remanence.verbs import arguments
from remanence.verbs.asking import Ahead, Times, filter_of, included_by
from remanence.verbs.asking import Asked as Asked
from remanence.verbs.asking import Include as Include
from remanence.verbs.asking import Query as Query
from remanence.verbs.handing import Handing
from remanence.verbs.hits import hits_of
from remanence.verbs.letting_go import let_go_of_texts
from remanence.verbs.question_vectors import QuestionVector
from remanence.verbs.reranking import RERANKED, reranked
from remanence.verbs.setting import Setting
from remanence.verbs.shared_lock import SharedLock
from remanence.verbs.taking_turns import core, turn

if TYPE_CHECKING:
    from remanence.recall.index import MemoryIndex
    from remanence.recall.question import Question
    from remanence.verbs.entities_asked import EntitiesAsked
    from remanence.verbs.search import Search
    from remanence.verbs.upkeep import LiveIndex

DEFAULT_HITS = 10
HITS_MAX = 1_000
DEFAULT_BUDGET_TOKENS = 2_000
CONTEXT_LOOKED_AT = 512  # rows measured for a context: of few, statements crowd out what they were read from
CONTEXT_HITS_MIN = 200  # ranked for a context
LINE_TOKENS_MIN = 10  # of a line in a context; shorter ones are rare
STATES_MAX = 64  # remembered as those that an index is up to: of each connection, one and then another
QUESTION_CHARS_MAX = 100_000
TURNS_ROWS_MAX = 50_000  # of more, much of the ranking needs no interpreter: threads do it side by side
NEAR_DUPLICATE_COSINE = 0.9  # two texts that say the same in other words seldom lie nearer
T = TypeVar("T")


class Recaller:
    """The memory indexes of one open cube, shared by its threads: what is believed, and all that was."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._lock = SharedLock()
        self._indexes: dict[Which, LiveIndex] = {}
        self._embedder: EmbedderName | None = None  # of the vectors that the file holds
        self._holds_vectors = False  # whether the indexes do: they are what our embedder makes
        self._erasures = 0  # as many as memory has heard of
        # States of the cube, and whose vectors: each index is up to them.
        self._states: dict[Which, set[Hashable]] = {}
        self._has_answered = False  # then what answering needs is imported
        self.handing = Handing(setting.store)
        self.summaries: dict[object, tuple[object, Summary]] = {}  # of units, by what they were made of

    def recall(self, query: Query, *, k: int) -> Hits[Hit]:
        """The k best hits, best first; see Cube.recall."""
        checked_k(k)
        reranker = self._setting.reranker
        if reranker is None:
            return self.searching(query, lambda snapshot, search: _hits(snapshot, search, k))
        found = self.searching(query, lambda snapshot, search: _hits(snapshot, search, max(k, RERANKED)))
        return Hits(reranked(reranker, query.text, found)[:k], answered=found.answered)

    def searching(self, query: Query, look: Callable[[Snapshot, Search], T]) -> T:
        """What `look` finds in the search that a recall of this query makes, in one state of the cube."""
        with core() if frees_interpreter(self._setting.embedder) else nullcontext():
            return self.searching_for(self.asked(query), look)

    def searching_for(self, asked: Asked, look: Callable[[Snapshot, Search], T]) -> T:
        """As `searching`, of a query that was dated already.

        It is embedded anew where the cube has taken another embedder since, which is ours or can be.
        """
        which = _which(asked)
        with self._held(which) as snapshot:
            if asked.ahead is not None and self._stands(asked.ahead, which, snapshot):
                return look(snapshot, asked.ahead.search)
            named = snapshot.embedder()
            if not self._asks_anew(asked, named):
                found = look(snapshot, self._search(snapshot, asked))
                self._has_answered = True
                return found
        self._setting.seat.follow(named)  # not under the lock: a model may be loaded
        vector = QuestionVector(self._setting.embedder, asked.query.text)
        vector.get()
        anew = replace(asked, vector=vector, ahead=None)
        with self._held(which) as snapshot:
            return look(snapshot, self._search(snapshot, anew))

    def catch_up(self) -> None:
        """Let memory hold what the file holds now: after an erasure, nothing of what is gone.

        Where the file can't be read, memory lets go of everything, and the next recall reads it anew.
        """
        with self._lock.alone():
            try:
                with self._setting.store.read() as snapshot:
                    self._let_go(snapshot)
                    for index in self._indexes.values():
                        index.catch_up(snapshot)
            except CubeError:
                self._indexes.clear()

    def near_duplicates(self, prefix: str) -> tuple[ItemId, ...]:
        """Other items whose text says nearly the same as this one's."""
        with self._held("open") as snapshot:
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
        with self._held(which) as snapshot:
            return look(snapshot, self._index(snapshot, which))

    def asked(self, query: Query) -> Asked:
        """All that is to be known of the query before the index is held: checked, dated and embedded, and
        looked for by its words in the meantime."""
        text, included = _question_text(query.text), included_by(query)
        vector = QuestionVector(self._setting.embedder, text)
        ahead = None
        if self._has_answered:  # two threads that import at once may meet modules half made
            ahead = vector.made_beside(lambda: self._begun(self._read(query, included, vector)))
        vector.get()
        return self._read(query, included, vector) if ahead is None else ahead

    def _read(self, query: Query, included: frozenset[str], vector: QuestionVector) -> Asked:
        from remanence.reader.rules.asked import slots_asked
        from remanence.reader.times import find_times
        from remanence.recall.columns import slot_number
        from remanence.recall.question import Span

        text = query.text
        now = self._setting.clock.now()
        times = self._times(query, now)
        mentions = find_times(text, said_at=now, tz=self._setting.zone, prefer="past")
        spans = tuple(Span(m.interval.start_micros, m.interval.end_micros) for m in mentions)
        wanted = slots_asked(text, asker=query.asker or self._setting.owner)
        slots = tuple(slot_number(subject, attribute) for subject, attribute in wanted)
        return Asked(query, included, times, spans, slots, vector)

    def _begun(self, asked: Asked) -> Asked:
        """The same, looked for as far as that needs no vector."""
        if asked.query.entities is not None:  # read from the snapshot while rows are measured
            return asked
        try:
            with self._held(_which(asked)) as snapshot:
                if self._asks_anew(asked, snapshot.embedder()):
                    return asked
                search = self._search(snapshot, asked).begun()
                state = self._state(snapshot)
        except RemanenceError:  # it is met again, and told, when the question is asked of the cube
            return asked
        return asked if state is None else replace(asked, ahead=Ahead(search, state))

    def _search(self, snapshot: Snapshot, asked: Asked) -> Search:
        """The question against the index as it stands, and which of its rows may answer."""
        from remanence.verbs.goal_asked import boosts_asked
        from remanence.verbs.search import Search
        from remanence.verbs.unit_asked import UnitsAsked

        which = _which(asked)
        history = which == "all"
        index = self._index(snapshot, which)
        if asked.vector.by not in (None, self._embedder):
            asked = replace(asked, vector=QuestionVector.of_other_embedder())
        units = UnitsAsked(self._setting, snapshot, index, asked.times.known_at)
        wanted = filter_of(snapshot, asked, index)
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
            boosts=boosts_asked(units, asked.query.units_boost, asked.query.goal),
            vector=asked.vector,
            named=self._named(snapshot, asked.query),
            score_min=asked.query.score_min,
        )

    def _named(self, snapshot: Snapshot, query: Query) -> EntitiesAsked | None:
        """The entities that alone are asked about, if there are such."""
        if query.entities is None:
            return None
        from remanence.verbs.entities_asked import EntitiesAsked

        names = arguments.listed(query.entities, "entities")
        return EntitiesAsked(snapshot, names, query.asker or self._setting.owner)

    @contextmanager
    def _held(self, which: Which) -> Iterator[Snapshot]:
        """One state of the cube, and the index for it: with other threads where that is up to it already."""
        with self._lock.together(), self._setting.store.read() as snapshot:
            if self._is_up(which, snapshot):
                with self._turn(which):
                    yield snapshot
                return
        with self._lock.alone(), self._setting.store.read() as snapshot:
            yield snapshot

    def _turn(self, which: Which) -> AbstractContextManager[None]:
        """A turn of this thread's, where ranking mostly needs the interpreter."""
        rows = len(self._indexes[which].index.columns)
        return turn() if rows <= TURNS_ROWS_MAX else nullcontext()

    def _is_up(self, which: Which, snapshot: Snapshot) -> bool:
        """Whether the index holds what the snapshot reads; each connection tells its state by itself."""
        if which not in self._indexes:
            return False
        state, known = self._state(snapshot), self._states.setdefault(which, set())
        if state in known:
            return True
        is_up = self._vectors_of(snapshot) == (self._embedder, self._holds_vectors)
        is_up = is_up and self._indexes[which].is_at(snapshot)
        if is_up and state is not None:
            if len(known) >= STATES_MAX:
                known.clear()
            known.add(state)
        return is_up

    def _vectors_of(self, snapshot: Snapshot) -> tuple[EmbedderName | None, bool]:
        """Whose the cube's vectors are, and whether they are ours."""
        named = snapshot.embedder()
        return named, named is not None and named == self._setting.seat.named

    def _index(self, snapshot: Snapshot, which: Which) -> MemoryIndex:
        from remanence.verbs.saved_index import SavedIndexes
        from remanence.verbs.upkeep import LiveIndex

        if self._is_up(which, snapshot):
            return self._indexes[which].index
        self._let_go(snapshot)
        if which not in self._indexes:
            by = self._embedder if self._holds_vectors else None
            file = self._setting.store.index_file if which == "open" else None
            saved = SavedIndexes(file, which=which, clock=self._setting.clock)
            self._indexes[which] = LiveIndex(which, embedder=by, saved=saved)
        live = self._indexes[which]
        live.catch_up(snapshot)
        state = self._state(snapshot)
        self._states[which] = set() if state is None else {state}
        return live.index

    def _state(self, snapshot: Snapshot) -> Hashable | None:
        """What an index that has read this snapshot depends on; None where the engine can't tell."""
        read = snapshot.state()
        return None if read is None else (read, self._setting.seat.named)

    def _stands(self, ahead: Ahead, which: Which, snapshot: Snapshot) -> bool:
        """Whether the cube and the index are as they were when the search was begun."""
        return self._is_up(which, snapshot) and ahead.state in self._states[which]

    def _asks_anew(self, asked: Asked, named: EmbedderName | None) -> bool:
        """Whether the file has another embedder than the question's, which is ours by now or can be."""
        seat = self._setting.seat
        return asked.vector.by != named and (seat.named == named or seat.may_follow(named))

    def _let_go(self, snapshot: Snapshot) -> None:
        """Drop what other processes took away: all erased words, and the vectors of another embedder."""
        vectors = self._vectors_of(snapshot)
        if vectors != (self._embedder, self._holds_vectors):
            self._indexes.clear()
            self._embedder, self._holds_vectors = vectors
        erasures = snapshot.erasures()
        if erasures != self._erasures:
            let_go_of_texts()
            self.summaries.clear()
            self._setting.store.drop_pages()
            for index in self._indexes.values():
                index.catch_up(snapshot)
            self._erasures = erasures

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
            slots=asked.slots,
            vector=asked.vector.get,
            then=asked.times.as_of is not None,
        )


def _which(asked: Asked) -> Which:
    return "all" if "superseded" in asked.included or asked.times.known_at is not None else "open"


def checked_k(k: int) -> int:
    """The number of hits asked for; InvalidInput outside [1, HITS_MAX]."""
    if not 1 <= k <= HITS_MAX:
        raise InvalidInput(f"k {k} must lie in [1, {HITS_MAX}]")
    return k


def context_hits(budget_tokens: int) -> int:
    """How many hits are ranked for a context: as many as may fit its budget.

    >>> context_hits(1_000), context_hits(4_000), context_hits(100_000)
    (200, 400, 512)
    """
    return min(max(CONTEXT_HITS_MIN, budget_tokens // LINE_TOKENS_MIN), CONTEXT_LOOKED_AT)


def _hits(snapshot: Snapshot, search: Search, k: int) -> Hits[Hit]:
    from remanence.recall.answering import answered

    found = search.found(k)
    likely = answered(search.question, [search.signs(found)]).probability
    return Hits(hits_of(snapshot, search, search.ranked_of(found, k)), answered=likely)


def _question_text(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput("the question is empty; say what to recall")
    if len(text) > QUESTION_CHARS_MAX:
        raise InvalidInput(
            f"the question has {len(text)} characters, above QUESTION_CHARS_MAX = {QUESTION_CHARS_MAX}"
        )
    return text
