"""A memory index between two openings of its cube: taken from its file where that fits, saved where it pays.

The file is checked against the cube before it is read, and the index caught up by the journal afterwards.
Where the file is of another cube, torn, or of a state that the cube has not, that is said and the cube read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from remanence.errors import CubeDamaged
from remanence.model.clock import Clock
from remanence.model.ids import RevisionId
from remanence.model.journal import GENESIS
from remanence.recall.columns import Ints
from remanence.recall.image import layout
from remanence.recall.index import MemoryIndex
from remanence.recall.shelf import Shelf, shelved
from remanence.storage.index_port import IndexFile, IndexMark
from remanence.storage.port import Snapshot, Which

SAVED_MIN = 50_000  # rows and vectors that were read from the cube: less is read in half a second
SAVED_SHARE = 0.1  # of the rows: so much must be new to what was saved
_log = logging.getLogger("remanence")


class SavedIndexes:
    """Takes and saves one memory index; `file` is None for a cube that keeps none."""

    def __init__(
        self, file: IndexFile | None, *, which: Which, clock: Clock, saved_min: int = SAVED_MIN
    ) -> None:
        self._file = file
        self._clock = clock
        self._which = which
        self._saved_min = saved_min

    def taken(self, snapshot: Snapshot, *, dims: int) -> tuple[MemoryIndex, IndexMark] | None:
        """The index as it was saved, and in which state of the cube; None where the cube must be read."""
        if self._file is None:
            return None
        try:
            with self._file.opened() as saved:
                if saved is None:
                    return None
                hindrance = self._hindrance(saved.fits, saved.mark, snapshot, dims)
                if hindrance is not None:
                    _log.warning("the saved index is not used: %s; the cube is read", hindrance)
                    return None
                index = MemoryIndex(dims)
                index.restore(Shelf(saved), lambda revisions: _authors_of(snapshot, revisions))
                return index, saved.mark
        except (CubeDamaged, OSError) as error:
            _log.warning("the saved index is not used: %s; the cube is read", error)
            return None

    def save(self, snapshot: Snapshot, index: MemoryIndex, *, vector: int, read: int) -> None:
        """Save an index that is up to the snapshot, if enough rows and vectors were `read` from there."""
        if self._file is None or read < max(self._saved_min, SAVED_SHARE * len(index)):
            return
        parts = index.parts()
        if parts is None:
            return
        head = snapshot.head()
        mark = IndexMark(
            layout=layout(),
            which=self._which,
            embedder=_embedder_of(snapshot) if index.vectors.dims else None,
            rows=len(index.columns),
            sequence=head.sequence,
            line_hash=head.hash.hex(),
            vector=vector,
            erasures=snapshot.erasures(),
        )
        try:
            self._file.write(mark, shelved(parts), now=self._clock.now())
        except OSError as error:
            _log.warning("the index was not saved, and the next opening takes longer: %s", error)

    def _hindrance(self, fits: bool, mark: IndexMark, snapshot: Snapshot, dims: int) -> str | None:
        """Why what was saved can't be used, if it can't."""
        head = snapshot.head()
        if not fits:
            return "it is of another cube, or of another version of this one"
        if (mark.layout, mark.which) != (layout(), self._which):
            return "another version of this program saved it"
        if dims and mark.embedder != _embedder_of(snapshot):
            return "its vectors are of another embedder"
        if mark.erasures != snapshot.erasures():
            return "something was erased since"
        if mark.sequence > head.sequence or mark.vector > snapshot.last_vector():
            return "it is newer than the cube"
        if mark.line_hash != _line_hash(snapshot, mark.sequence):
            return "the cube has another past"
        if head.sequence - mark.sequence > mark.rows:
            return "most of the cube is newer"
        return None


def _line_hash(snapshot: Snapshot, sequence: int) -> str:
    if sequence == 0:
        return GENESIS.hex()
    return "".join(line.hash.hex() for line in snapshot.journal(after=sequence - 1, limit=1))


def _embedder_of(snapshot: Snapshot) -> tuple[str, str, int] | None:
    named = snapshot.embedder()
    return None if named is None else (named.name, named.revision, named.dims)


def _authors_of(snapshot: Snapshot, revisions: Ints) -> Sequence[str]:
    wanted = [RevisionId(number) for number in revisions.tolist()]
    rows = snapshot.revisions(wanted)
    if len(rows) != len(wanted):
        raise CubeDamaged("it names rows that the cube has not")
    return [rows[number].provenance.author for number in wanted]
