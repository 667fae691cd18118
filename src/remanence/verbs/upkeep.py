"""Keeps a memory index up with the cube's file, whoever wrote to it."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from remanence.errors import CubeDamaged
from remanence.model.ids import TextId
from remanence.recall.index import MemoryIndex
from remanence.storage.port import EmbedderName, IndexRow, Snapshot, Which
from remanence.verbs.saved_index import SavedIndexes


class LiveIndex:
    """A memory index and how far it has read: the journal's sequence and the last vector's number.

    Not safe for threads by itself; what was erased has left memory when `catch_up` returns.
    """

    def __init__(self, which: Which, *, embedder: EmbedderName | None, saved: SavedIndexes) -> None:
        """`saved` keeps it between two openings."""
        self._dims = 0 if embedder is None else embedder.dims
        self.index = MemoryIndex(self._dims)
        self._saved = saved
        self._which = which
        self._sequence = -1
        self._vector = 0

    def is_at(self, snapshot: Snapshot) -> bool:
        """Whether nothing was committed since the last time."""
        vector = snapshot.last_vector() if self._dims else self._vector
        return (self._sequence, self._vector) == (snapshot.head().sequence, vector)

    def catch_up(self, snapshot: Snapshot) -> None:
        """Read what was committed since the last time."""
        if self._sequence >= 0:
            self._read(snapshot)
            self.index.make_ready()
            return
        with _collector_resting():
            if found := self._saved.taken(snapshot, dims=self._dims):
                self.index, mark = found
                self._sequence, self._vector = mark.sequence, mark.vector
            read = self._read(snapshot)
            self.index.make_ready()
            self._saved.save(snapshot, self.index, vector=self._vector, read=read)

    def _read(self, snapshot: Snapshot) -> int:
        """Read what is new; returns how many rows and vectors that were."""
        filled = self._sequence < 0  # with rows as they are now
        read, before = self._read_rows(snapshot), len(self.index.vectors)
        if self._dims:
            if not filled:
                self.index.judge(snapshot.shown_after(self._vector))
            self.index.add_vectors(snapshot.vectors_after(self._vector))
            self._vector = snapshot.last_vector()  # also of those to come: they are not looked through again
        return read + len(self.index.vectors) - before

    def _read_rows(self, snapshot: Snapshot) -> int:
        head, read = snapshot.head().sequence, 0
        try:
            if self._sequence < 0:
                self.index.replace((), snapshot.index_rows(which=self._which))
                self.index.marks.replace((), snapshot.ageing_facts())
                read = len(self.index)
            elif head != self._sequence:
                read = self._replace_changed(snapshot)
        except (KeyError, TypeError, ValueError, OverflowError) as error:  # of cells that noise made
            raise CubeDamaged(f"a row can't be indexed: {error}; see `check`") from error
        self._sequence = head
        return read

    def _replace_changed(self, snapshot: Snapshot) -> int:
        changed = snapshot.items_changed_after(self._sequence)
        rows = list(snapshot.index_rows(which=self._which, items=changed))
        self.index.replace(changed, rows)
        self.index.marks.replace(changed, snapshot.ageing_facts(changed))
        if self._dims:
            lacking = self._texts_without_vector(rows)
            old = snapshot.vectors_of(lacking) if lacking else ()
            self.index.add_vectors(vector for vector in old if vector.number <= self._vector)
        return len(rows)

    def _texts_without_vector(self, rows: Iterable[IndexRow]) -> list[TextId]:
        held = self.index.rows_with_revisions([row.revision for row in rows])
        has = self.index.vectors.has(held)
        texts = self.index.columns.ints("text")[held]
        return [TextId(int(text)) for text in np.unique(texts[~has])]


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Without the garbage collector, which would look through all rows of a first fill again and again
    (12 % of its time at 100k) and find nothing: they hold no cycles."""
    runs = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if runs:
            gc.enable()
