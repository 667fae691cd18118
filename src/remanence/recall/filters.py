"""Which rows a recall may answer with: a truth value a row, from columns alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from remanence.model.interval import MAX_MICROS
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.recall.columns import KIND_CODES, STATE_CODES, Bools, among
from remanence.recall.index import MemoryIndex


@dataclass(frozen=True, slots=True)
class Filter:
    """What to leave out. None leaves nothing out; times are microseconds, `now` is the present.

    `items` is a set of item numbers, for what only the store can tell (tags, units).
    """

    now: int
    as_of: int | None = None  # held at that time; without it: holds now or is to come
    known_at: int | None = None  # as this cube believed then; without it: as it believes now
    said_before: int | None = None
    kinds: Collection[Kind] | None = None
    states: Collection[State] | None = RECALLED
    sessions: Collection[int] | None = None
    authors: Collection[int] | None = None
    items: Collection[int] | None = None
    confidence_min: float = 0.0
    expired: bool = False  # also what was to be recalled until some time that has passed by `now`
    history: bool = False  # also what was believed or held once; `as_of` and `known_at` still apply


def mask(index: MemoryIndex, wanted: Filter) -> Bools:
    """bool [rows]: the rows that pass."""
    columns = index.columns
    passed = index.alive & _in_time(index, wanted)
    expired = index.marks.expired(wanted.now)
    if len(expired) and not wanted.expired:
        passed &= ~among(columns.ints("item"), expired.tolist())
    if wanted.states is not None:
        passed &= among(columns.ints("state"), [STATE_CODES[state] for state in wanted.states])
    if wanted.kinds is not None:
        passed &= among(columns.ints("kind"), [KIND_CODES[kind] for kind in wanted.kinds])
    for name, numbers in (("session", wanted.sessions), ("author", wanted.authors), ("item", wanted.items)):
        if numbers is not None:
            passed &= among(columns.ints(name), numbers)
    if wanted.confidence_min > 0:
        passed &= columns.floats("confidence") >= wanted.confidence_min
    return passed


def _in_time(index: MemoryIndex, wanted: Filter) -> Bools:
    columns = index.columns
    passed: Bools
    if wanted.known_at is None and wanted.history:
        passed = np.ones(len(columns), np.bool_)
    elif wanted.known_at is None:
        passed = columns.ints("recorded_to") == MAX_MICROS
    else:
        passed = columns.ints("recorded_from") <= wanted.known_at
        passed &= columns.ints("recorded_to") > wanted.known_at
    if wanted.as_of is None and not wanted.history:
        passed &= columns.ints("valid_to") > wanted.now
    elif wanted.as_of is not None:
        passed &= columns.ints("valid_from") <= wanted.as_of
        passed &= columns.ints("valid_to") > wanted.as_of
    if wanted.said_before is not None:
        passed &= columns.ints("said_at") < wanted.said_before
    return passed
