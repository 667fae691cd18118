"""The columns of the rows that recall searches: one row a revision, in growing numpy arrays.

Made from the store's rows; read by filters, features and ranking. Times are microseconds since
1970-01-01 UTC, unbounded ends as in `remanence.model.interval`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.recall.shelf import CAPACITY_MIN, Parts, Shelf, grown
from remanence.storage.index_port import SLOT_JOINT, IndexRow
from remanence.storage.vectors_port import SHOWN_UNIT

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]
RowNumbers: TypeAlias = npt.NDArray[np.int32]
Steps: TypeAlias = npt.NDArray[np.int8]  # cosines as whole numbers of steps, each of one size

NONE = -1  # no row
NO_SESSION = 0
NO_SOURCE = 0
NO_SLOT = 0
AGENT_ROLE = "assistant"
COMPARED_MAX = 8  # numbers looked for one by one; for more, sorting pays
CHUNK_ROWS = 8192  # rows turned into arrays at a time: tuples cost a kilobyte each

KIND_CODES: dict[str, int] = {kind.value: code for code, kind in enumerate(Kind)}
STATE_CODES: dict[str, int] = {state.value: code for code, state in enumerate(State)}
DENIES = 64  # a flag of the row, beside those of its text: it says that its slot's value does not hold
PROMISES = 1 << 20  # likewise: somebody commits to something
UTTERANCE = KIND_CODES[Kind.UTTERANCE]

COLUMNS: dict[str, type[np.generic]] = {
    "revision": np.int64,
    "item": np.int64,
    "text": np.int64,
    "kind": np.int8,  # KIND_CODES
    "state": np.int8,  # STATE_CODES
    "valid_from": np.int64,
    "valid_to": np.int64,
    "recorded_from": np.int64,
    "recorded_to": np.int64,
    "said_at": np.int64,
    "session": np.int32,  # NO_SESSION for none
    "turn": np.int32,  # place in the session, -1 for none
    "author": np.int32,  # number by `authors`
    "agent": np.bool_,  # said by the agent
    "confidence": np.float32,
    "source": np.int64,  # item number of the first source, NO_SOURCE for none
    "event_from": np.int64,  # both 0 for none
    "event_to": np.int64,
    "tokens": np.int32,
    "slot": np.int64,  # alike for rows of one subject and attribute, NO_SLOT for none
    "flags": np.int32,  # analyser.Flag, DENIES, PROMISES, and above them levels of SHOWN_UNIT
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows on their way into the index: a column for each name in COLUMNS, and each row's terms."""

    columns: dict[str, npt.NDArray[np.generic]]
    terms: list[bytes]

    def __len__(self) -> int:
        return len(self.terms)

    def where(self, kept: Bools) -> Rows:
        """Only the rows that are kept."""
        return Rows(
            {name: column[kept] for name, column in self.columns.items()},
            [terms for terms, stays in zip(self.terms, kept.tolist(), strict=True) if stays],
        )


def rows_of(stored: Iterable[IndexRow], authors: dict[str, int]) -> Rows:
    """Turn the store's rows into columns; an author that `authors` lacks gets the next number."""
    parts: list[Rows] = []
    rest = iter(stored)
    while chunk := list(islice(rest, CHUNK_ROWS)):
        parts.append(_part_of(chunk, authors))
    if len(parts) == 1:
        return parts[0]
    return Rows(
        {
            name: np.concatenate([part.columns[name] for part in parts]) if parts else np.empty(0, dtype)
            for name, dtype in COLUMNS.items()
        },
        [terms for part in parts for terms in part.terms],
    )


def _part_of(chunk: list[IndexRow], authors: dict[str, int]) -> Rows:
    by_name = dict(zip(IndexRow._fields, zip(*chunk, strict=True), strict=True))
    for author in dict.fromkeys(by_name["author"]):
        authors.setdefault(author, len(authors))
    numbers = {slot: _number_of(slot) if slot else NO_SLOT for slot in set(by_name["slot"])}
    coded = {
        "kind": [KIND_CODES[kind] for kind in by_name["kind"]],
        "state": [STATE_CODES[state] for state in by_name["state"]],
        "author": [authors[author] for author in by_name["author"]],
        "slot": [numbers[slot] for slot in by_name["slot"]],
        "agent": [role == AGENT_ROLE for role in by_name["role"]],
    }
    columns = {name: np.array(coded.get(name, by_name.get(name)), dtype) for name, dtype in COLUMNS.items()}
    return Rows(columns, list(by_name["terms"]))


class Columns:
    """Growing arrays by name. What a getter returns is a view that holds until the next `append`."""

    def __init__(self) -> None:
        self._arrays: dict[str, npt.NDArray[np.generic]] = {
            name: np.empty(CAPACITY_MIN, dtype) for name, dtype in COLUMNS.items()
        }
        self._size = 0
        self._by_item: npt.NDArray[np.intp] | None = None  # rows by item; found when asked for after a change

    def __len__(self) -> int:
        return self._size

    def ints(self, name: str) -> Ints:
        """A column of whole numbers, in its own width."""
        return self._arrays[name][: self._size]  # type: ignore[return-value]  # narrower widths too

    def floats(self, name: str) -> Floats:
        """A column of float32."""
        return self._arrays[name][: self._size]  # type: ignore[return-value]  # COLUMNS says so

    def bools(self, name: str) -> Bools:
        """A column of truth values."""
        return self._arrays[name][: self._size]  # type: ignore[return-value]  # COLUMNS says so

    def parts(self) -> Parts:
        """All that is held, by name."""
        return {name: array[: self._size] for name, array in self._arrays.items()}

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        self._size = shelf.rows
        self._arrays = {name: shelf.growing(name, kind, self._size) for name, kind in COLUMNS.items()}

    def newest_of(self, items: Ints) -> RowNumbers:
        """The newest row of each item, int64 [n]; NONE for one without."""
        item = self.ints("item")
        if self._by_item is None:
            self._by_item = np.argsort(item, kind="stable")
        if not len(item):
            return np.full(len(items), NONE, np.int32)
        newest = self._by_item[np.searchsorted(item, items, side="right", sorter=self._by_item) - 1]
        return np.where(item[newest] == items, newest, NONE).astype(np.int32)

    def append(self, rows: Rows) -> None:
        """Add rows at the end."""
        self._by_item = None
        start, end = self._size, self._size + len(rows)
        for name, array in self._arrays.items():
            if end > len(array):
                array = grown(array, start, end)
                self._arrays[name] = array
            array[start:end] = rows.columns[name]
        self._size = end

    def overwrite(self, numbers: RowNumbers, rows: Rows) -> None:
        """Put other values into some rows."""
        self._by_item = None
        for name, array in self._arrays.items():
            array[numbers] = rows.columns[name]

    def judge(self, texts: Ints, shown: Ints) -> None:
        """Note in the flags of these texts' rows how each tells what it tells."""
        column, flags = self.ints("text"), self.ints("flags")
        rows = np.flatnonzero(np.isin(column, texts))
        order = np.argsort(texts)
        level = shown[order[np.searchsorted(texts, column[rows], sorter=order)]]
        flags[rows] = flags[rows] % SHOWN_UNIT + level * SHOWN_UNIT

    def keep(self, kept: Bools) -> None:
        """Drop all rows but the kept ones; those close ranks."""
        self._by_item = None
        for name, array in self._arrays.items():
            self._arrays[name] = array[: self._size][kept]
        self._size = int(np.count_nonzero(kept))


def slot_number(subject: str, attribute: str) -> int:
    """The number that the column `slot` has for a slot, in every process."""
    return _number_of(f"{subject}{SLOT_JOINT}{attribute}")


def _number_of(slot: str) -> int:
    digest = blake2b(slot.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or ~NO_SLOT


def among(values: Ints, numbers: Collection[int]) -> Bools:
    """bool [n]: which of the values are among the numbers."""
    if len(numbers) > COMPARED_MAX:
        return np.isin(values, np.fromiter(numbers, np.int64, len(numbers)))
    found = np.zeros(len(values), np.bool_)
    for number in numbers:
        found |= values == number
    return found
