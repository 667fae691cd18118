"""The memory index: everything recall asks about the rows of one cube, held in memory.

The façade fills it from the store and keeps it up with the journal; it is a copy, never the truth.
Whoever changes it keeps others out meanwhile; once it is made ready, any number of threads may ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.interval import MAX_MICROS
from remanence.model.state import RECALLED
from remanence.recall.columns import (
    NO_SESSION,
    NO_SOURCE,
    NONE,
    STATE_CODES,
    Bools,
    Columns,
    Floats,
    Ints,
    RowNumbers,
    Rows,
    among,
    rows_of,
)
from remanence.recall.marks import MarkTable
from remanence.recall.postings import Postings
from remanence.recall.shelf import Parts, Shelf, keep_freed_memory, named
from remanence.recall.texts import TermTable, fingerprints, unpacked
from remanence.recall.turns import Turns
from remanence.recall.vectors import VectorTable
from remanence.storage.port import IndexRow, StoredVector

RELINKED_SESSIONS_MAX = 1000  # more sessions than this in one batch: linking all anew is as fast
DEAD_SHARE_MAX = 0.25  # of the rows; above it the dead ones are squeezed out
DEAD_MIN = 1024
CHUNK_VECTORS = 16_384  # read from the store at a time: 12 MB of 384 dimensions
HALF_BYTES = 2
MEASURED_MAX = 250_000  # rows: of no more, measuring all takes as long as guessing; docs/benchmarks.md


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """By item number, and 0 at the end: the share of what was derived from it that had ended, float32; so for
    all times in [since, until), in microseconds."""

    shares: Floats
    since: int
    until: int


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """bool [rows]: those that are recalled and hold, or will; so for all times in [since, until), in
    microseconds."""

    rows: Bools
    since: int
    until: int


class MemoryIndex:
    """Columns, postings, vectors and neighbours of the rows, by row number from 0.

    Row numbers hold until the next change. `dims` is the embedder's, or 0 without one. `authors` gives each
    author's number. Of more than `measured_max` rows, a question measures only those worth a look.
    """

    def __init__(self, dims: int, *, measured_max: int = MEASURED_MAX) -> None:
        self.measured_max = measured_max
        self.columns = Columns()
        self.postings = Postings()
        self.vectors = VectorTable(dims)
        self.turns = Turns()
        self.marks = MarkTable()
        self.authors: dict[str, int] = {}
        self._alive: Bools = np.empty(0, np.bool_)
        self._texts = TermTable()
        self._fingerprints: Ints = np.empty(0, np.int64)
        self._dead = 0
        # Found at the first question after a change:
        self._derived: RowNumbers | None = None
        self._recalled: Bools | None = None
        self._holding: Holding | None = None
        self.ended: Ended | None = None  # what standing.replaced_share takes
        self.terms_total = 0  # of all rows

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.columns) - self._dead

    @property
    def alive(self) -> Bools:
        """bool [rows]: which row numbers still stand for a row."""
        return self._alive

    @property
    def lengths(self) -> RowNumbers:
        """int32 [rows]: how many terms each text has."""
        return self._texts.lengths

    @property
    def fingerprints(self) -> Ints:
        """int64 [rows]: alike for rows of one author with the same words, unlike for others."""
        return self._fingerprints

    @property
    def derived(self) -> RowNumbers:
        """The rows that stand for what is believed and was derived from another item."""
        if self._derived is None:
            believed = self.columns.ints("recorded_to") == MAX_MICROS
            self._derived = np.flatnonzero(
                (self.columns.ints("source") != NO_SOURCE) & believed & self._alive
            ).astype(np.int32)
        return self._derived

    @property
    def recalled(self) -> Bools:
        """bool [rows]: those that are believed now and in a state that is recalled."""
        if self._recalled is None:
            believed = self.columns.ints("recorded_to") == MAX_MICROS
            states = among(self.columns.ints("state"), [STATE_CODES[state] for state in RECALLED])
            self._recalled = self._alive & believed & states
        return self._recalled

    def holding(self, now: int) -> Bools:
        """bool [rows]: those of `recalled` that hold at this time (microseconds) or will."""
        found = self._holding
        if found is None or not found.since <= now < found.until:
            valid_to = self.columns.ints("valid_to")
            rows = self.recalled & (valid_to > now)
            until = valid_to.min(initial=MAX_MICROS, where=rows)
            found = self._holding = Holding(rows, now, int(until))
        return found.rows

    def words_of(self, row: int) -> bytes:
        """The term ids of a row's text as they are stored: alike for the same words, in every index."""
        return self._texts.of(row).tobytes()

    def terms_of(self, row: int) -> list[int]:
        """The term ids of a row's text, in order."""
        terms: list[int] = self._texts.of(row).tolist()
        return terms

    def replace(self, items: Iterable[int], stored: Iterable[IndexRow]) -> None:
        """Put these rows in the place of all that is held of these items.

        A new cube is filled with `replace((), rows)`. Rows that keep their text keep their vectors;
        those of other texts come by `add_vectors`. What is no longer there has left memory, terms
        and vectors included, before this returns.
        """
        self._derived = self._recalled = self._holding = self.ended = None
        rows = rows_of(stored, self.authors)
        wanted = np.fromiter(items, np.int64)
        old = np.flatnonzero(np.isin(self.columns.ints("item"), wanted) & self._alive).astype(np.int32)
        touched = [self.columns.ints("session")[old], rows.columns["session"].astype(np.int64)]
        if len(old):
            rows = self._update(old, rows)
        start = len(self.columns)
        if len(rows):
            self._append(rows)
            self._share_vectors(start)
        self._relink(np.concatenate(touched))

    def add_vectors(self, stored: Iterable[StoredVector]) -> None:
        """Take vectors in, the spans of a text side by side; of texts that no row has, none.

        Raises InvalidInput for another number of dimensions.
        """
        rest = iter(stored)
        held: list[StoredVector] = []
        while chunk := list(islice(rest, CHUNK_VECTORS)):
            held += chunk
            last = held[-1].text
            whole = next((at for at in range(len(held), 0, -1) if held[at - 1].text != last), 0)
            self._add_vectors(held[:whole])
            held = held[whole:]
        self._add_vectors(held)

    def judge(self, shown: Iterable[tuple[int, int]]) -> None:
        """Take in how texts tell what they tell, which their flags keep; of texts that no row has, none."""
        told = dict(shown)
        if told:
            self.columns.judge(np.fromiter(told, np.int64), np.fromiter(told.values(), np.int64))

    def make_ready(self) -> None:
        """Have ready what a question would else make in place: then several threads may ask at once."""
        if len(self.columns) > self.measured_max:
            self.vectors.make_signs()

    def cosines(self, query: Floats | None) -> Floats:
        """float32 [rows]: the best cosine of each row's vectors with a unit vector; 0 without one."""
        if query is None:
            return np.zeros(len(self.columns), np.float32)
        return self.vectors.cosines(query)

    def rows_with_revisions(self, revisions: Sequence[int]) -> RowNumbers:
        """The row number of each revision, NONE for those not held."""
        wanted = np.asarray(revisions, np.int64)
        values = self.columns.ints("revision")
        candidates = np.flatnonzero(np.isin(values, wanted) & self._alive)
        if not len(candidates):
            return np.full(len(wanted), NONE, np.int32)
        order = candidates[np.argsort(values[candidates], kind="stable")]
        at = np.minimum(np.searchsorted(values[order], wanted), len(order) - 1)
        return np.where(values[order[at]] == wanted, order[at], NONE).astype(np.int32)

    def parts(self) -> Parts | None:
        """All that is held, by name: numbers only, of an author the first row that names it. None where an
        author's rows are gone, until the index is filled anew."""
        _, first = np.unique(self.columns.ints("author"), return_index=True)
        if len(first) != len(self.authors):
            return None
        return {
            "alive": self._alive,
            "fingerprints": self._fingerprints,
            "authors": self.columns.ints("revision")[first],
            **named("columns", self.columns.parts()),
            **named("texts", self._texts.parts()),
            **named("postings", self.postings.parts()),
            **(named("vectors", self.vectors.parts()) if self.vectors.dims else {}),
            **named("turns", self.turns.parts()),
            **named("marks", self.marks.parts()),
        }

    def restore(self, shelf: Shelf, author_of: Callable[[Ints], Sequence[str]]) -> None:
        """Hold what was saved; `author_of` gives the authors of revisions."""
        for name, table in (
            ("columns", self.columns),
            ("texts", self._texts),
            ("postings", self.postings),
            ("turns", self.turns),
            ("marks", self.marks),
        ):
            table.restore(shelf.part(name))
        if self.vectors.dims:
            self.vectors.restore(shelf.part("vectors"))
        else:
            self.vectors.add_rows(shelf.rows)
        self._alive = shelf.whole("alive", np.bool_, shelf.rows)
        self._fingerprints = shelf.whole("fingerprints", np.int64, shelf.rows)
        names = author_of(shelf.whole("authors", np.int64, shelf.count("authors")))
        self.authors = {name: number for number, name in enumerate(names)}
        self._dead = int(np.count_nonzero(~self._alive))
        self.terms_total = int(self.lengths.sum())
        keep_freed_memory()

    def _update(self, old: RowNumbers, rows: Rows) -> Rows:
        """Overwrite in place the rows whose text is as before, drop the rest; returns the new ones."""
        numbers = self.rows_with_revisions(rows.columns["revision"].tolist())
        _, lengths = unpacked(rows.terms)
        same = numbers != NONE
        same &= self.columns.ints("text")[numbers] == rows.columns["text"]
        same &= self.lengths[numbers] == lengths
        if same.any():
            self.columns.overwrite(numbers[same], rows.where(same))
        dead = np.zeros(len(self.columns), np.bool_)
        dead[old] = True
        dead[numbers[same]] = False
        fresh = rows.where(~same)
        if dead.any():
            self._drop(dead)
        return fresh

    def _append(self, rows: Rows) -> None:
        start = len(self.columns)
        self.columns.append(rows)
        packed, lengths = unpacked(rows.terms)
        self.postings.add(start, packed, lengths)
        self._texts.add(packed, lengths)
        self.terms_total += len(packed)
        self._alive = np.concatenate((self._alive, np.ones(len(rows), np.bool_)))
        prints = fingerprints(self.columns.ints("author")[start:], packed, lengths)
        self._fingerprints = np.concatenate((self._fingerprints, prints))
        self.vectors.add_rows(len(rows))
        self.turns.grow(len(self.columns))

    def _share_vectors(self, start: int) -> None:
        texts = self.columns.ints("text")
        if start == 0 or not len(self.vectors):
            return
        before = np.flatnonzero(np.isin(texts[:start], texts[start:]) & self._alive[:start])
        for row in range(start, len(texts)) if len(before) else ():
            twins = before[texts[before] == texts[row]]
            if len(twins):
                self.vectors.copy(int(twins[-1]), row)

    def _add_vectors(self, stored: Sequence[StoredVector]) -> None:
        if not stored:
            return
        values = b"".join(vector.value for vector in stored)
        if len(values) != len(stored) * self.vectors.dims * HALF_BYTES:
            raise InvalidInput(f"a stored vector has not the {self.vectors.dims} dimensions of the index")
        vectors = np.frombuffer(values, "<f2").reshape(len(stored), self.vectors.dims)
        texts = np.fromiter((vector.text for vector in stored), np.int64, len(stored))
        order = np.argsort(texts, kind="stable")
        names, first, counts = np.unique(texts[order], return_index=True, return_counts=True)
        column = self.columns.ints("text")
        rows = np.flatnonzero(np.isin(column, names) & self._alive)
        at = np.searchsorted(names, column[rows])
        total = counts[at]
        owners = np.repeat(rows, total).astype(np.int32)
        inside = np.arange(len(owners)) - np.repeat(np.cumsum(total) - total, total)
        places = order[np.repeat(first[at], total) + inside]
        in_order = len(places) == len(vectors) and bool((places[1:] == places[:-1] + 1).all())
        self.vectors.add(owners, vectors if in_order else vectors[places])

    def _drop(self, dead: Bools) -> None:
        self.postings.erase(dead)
        self.vectors.erase(dead)
        self._alive &= ~dead
        self.terms_total -= int(self.lengths[dead].sum())
        self._texts.erase(dead)
        self._dead += int(np.count_nonzero(dead))
        if self._dead > max(DEAD_MIN, DEAD_SHARE_MAX * len(self.columns)):
            self._squeeze()

    def _relink(self, sessions: Ints) -> None:
        sessions = np.unique(sessions[sessions != NO_SESSION])
        if len(sessions):
            self.turns.link(
                self.columns, self._alive, None if len(sessions) > RELINKED_SESSIONS_MAX else sessions
            )

    def _squeeze(self) -> None:
        kept = self._alive
        numbers = np.where(kept, np.cumsum(kept) - 1, NONE).astype(np.int32)
        self.postings.renumber(numbers)
        self.vectors.keep(kept, numbers)
        self.columns.keep(kept)
        self._texts.keep(kept)
        self._fingerprints = self._fingerprints[kept]
        self._alive = np.ones(len(self.columns), np.bool_)
        self._dead = 0
        self.turns = Turns()
        self.turns.grow(len(self.columns))
        self.turns.link(self.columns, self._alive, None)
