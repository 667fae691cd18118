"""The memory index: everything recall asks about the rows of one cube, held in memory.

The façade fills it from the store and keeps it up with the journal; it is a copy, never the truth.
Not safe for threads by itself: whoever changes it keeps others out meanwhile.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.interval import MAX_MICROS
from remanence.recall.columns import (
    NO_SESSION,
    NO_SOURCE,
    NONE,
    Bools,
    Columns,
    Floats,
    Ints,
    RowNumbers,
    Rows,
    rows_of,
)
from remanence.recall.marks import MarkTable
from remanence.recall.postings import Postings
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


class MemoryIndex:
    """Columns, postings, vectors and neighbours of the rows, by row number from 0.

    Row numbers hold until the next change. `dims` is the embedder's, or 0 without one; `embedder` says
    which it is. `authors`
    gives each author's number. Of more than `measured_max` rows, a question measures only those worth a look.
    """

    def __init__(self, dims: int, *, embedder: str = "", measured_max: int = MEASURED_MAX) -> None:
        self.embedder = embedder
        self.measured_max = measured_max
        self.columns = Columns()
        self.postings = Postings()
        self.vectors = VectorTable(dims)
        self.turns = Turns()
        self.marks = MarkTable()
        self.authors: dict[str, int] = {}
        self._alive: Bools = np.empty(0, np.bool_)
        self._lengths: RowNumbers = np.empty(0, np.int32)
        self._terms: list[bytes] = []  # each row's, as stored
        self._fingerprints: Ints = np.empty(0, np.int64)
        self._dead = 0
        self._derived: RowNumbers | None = None  # found at the first question after a change, as is
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
        return self._lengths

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

    def words_of(self, row: int) -> bytes:
        """The term ids of a row's text as they are stored: alike for the same words, in every index."""
        return self._terms[row]

    def terms_of(self, row: int) -> list[int]:
        """The term ids of a row's text, in order."""
        terms = array("I", self._terms[row])
        if sys.byteorder == "big":
            terms.byteswap()
        return terms.tolist()

    def replace(self, items: Iterable[int], stored: Iterable[IndexRow]) -> None:
        """Put these rows in the place of all that is held of these items.

        A new cube is filled with `replace((), rows)`. Rows that keep their text keep their vectors;
        those of other texts come by `add_vectors`. What is no longer there has left memory, terms
        and vectors included, before this returns.
        """
        self._derived = self.ended = None
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

    def _update(self, old: RowNumbers, rows: Rows) -> Rows:
        """Overwrite in place the rows whose text is as before, drop the rest; returns the new ones."""
        numbers = self.rows_with_revisions(rows.columns["revision"].tolist())
        lengths = np.fromiter(map(len, rows.terms), np.int32, len(rows)) // 4
        same = numbers != NONE
        same &= self.columns.ints("text")[numbers] == rows.columns["text"]
        same &= self._lengths[numbers] == lengths
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
        lengths = self.postings.add(start, rows.terms)
        self._terms += rows.terms
        self.terms_total += int(lengths.sum())
        self._lengths = np.concatenate((self._lengths, lengths))
        self._alive = np.concatenate((self._alive, np.ones(len(rows), np.bool_)))
        prints = map(hash, zip(rows.columns["author"].tolist(), rows.terms, strict=True))
        self._fingerprints = np.concatenate((self._fingerprints, np.fromiter(prints, np.int64, len(rows))))
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
        self.terms_total -= int(self._lengths[dead].sum())
        self._lengths[dead] = 0
        for row in np.flatnonzero(dead).tolist():
            self._terms[row] = b""
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
        self._lengths = self._lengths[kept]
        self._terms = [terms for terms, stays in zip(self._terms, kept.tolist(), strict=True) if stays]
        self._fingerprints = self._fingerprints[kept]
        self._alive = np.ones(len(self.columns), np.bool_)
        self._dead = 0
        self.turns = Turns()
        self.turns.grow(len(self.columns))
        self.turns.link(self.columns, self._alive, None)
