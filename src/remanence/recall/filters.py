"""Which rows a recall may answer with: a truth value a row, from columns alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from remanence.model.interval import MAX_MICROS
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.recall.columns import KIND_CODES, STATE_CODES, Bools, among
from remanence.recall.index import MemoryIndex


@dataclass(frozen=True, slots=True)
class Filter:
    """What to leave out. None leaves nothing out; times are microseconds, `now` is the present.

    What only the store can tell comes in as numbers: `items` of units, and `tagged` and `described`, the
    revisions that bear a tag or metadata. `without` are items that don't pass.
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
    tagged: Collection[int] | None = None
    described: Collection[int] | None = None
    without: Collection[int] = ()
    confidence_min: float = 0.0
    expired: bool = False  # also what was to be recalled until some time that has passed by `now`
    history: bool = False  # also what was believed or held once; `as_of` and `known_at` still apply


def mask(index: MemoryIndex, wanted: Filter) -> Bools:
    """bool [rows]: the rows that pass."""
    if wanted.known_at is None and not wanted.history and wanted.states == RECALLED:
        if wanted.as_of is None:
            passed, held = index.holding(wanted.now).copy(), _said_before(index, wanted)
        else:
            passed, held = index.recalled.copy(), _held(index, wanted)
        found = chain(held, _expired(index, wanted), _chosen(index, wanted))
    else:
        passed, found = index.alive.copy(), chain(tests(index, wanted))
    for _, rows in found:
        passed &= rows
    return passed


def tests(index: MemoryIndex, wanted: Filter) -> Iterator[tuple[str, Bools]]:
    """Each test that is asked for, by the name of what asks for it, and the rows that pass: bool [rows]."""
    yield from _believed(index, wanted)
    yield from _held(index, wanted)
    yield from _expired(index, wanted)
    if wanted.states is not None:
        codes = [STATE_CODES[state] for state in wanted.states]
        yield "state", among(index.columns.ints("state"), codes)
    yield from _chosen(index, wanted)


def _expired(index: MemoryIndex, wanted: Filter) -> Iterator[tuple[str, Bools]]:
    expired = index.marks.expired(wanted.now)
    if len(expired) and not wanted.expired:
        yield "expired", ~among(index.columns.ints("item"), expired.tolist())


def _chosen(index: MemoryIndex, wanted: Filter) -> Iterator[tuple[str, Bools]]:
    columns = index.columns
    if wanted.kinds is not None:
        yield "kinds", among(columns.ints("kind"), [KIND_CODES[kind] for kind in wanted.kinds])
    for name, column, numbers in (
        ("sessions", "session", wanted.sessions),
        ("authors", "author", wanted.authors),
        ("units", "item", wanted.items),
        ("tags", "revision", wanted.tagged),
        ("metadata", "revision", wanted.described),
    ):
        if numbers is not None:
            yield name, among(columns.ints(column), numbers)
    if wanted.without:
        yield "without", ~among(columns.ints("item"), wanted.without)
    if wanted.confidence_min > 0:
        yield "confidence_min", columns.floats("confidence") >= wanted.confidence_min


def _believed(index: MemoryIndex, wanted: Filter) -> Iterator[tuple[str, Bools]]:
    columns = index.columns
    if wanted.known_at is not None:
        known = columns.ints("recorded_from") <= wanted.known_at
        yield "known_at", known & (columns.ints("recorded_to") > wanted.known_at)
    elif not wanted.history:
        yield "believed", columns.ints("recorded_to") == MAX_MICROS


def _held(index: MemoryIndex, wanted: Filter) -> Iterator[tuple[str, Bools]]:
    columns = index.columns
    if wanted.as_of is not None:
        held = columns.ints("valid_from") <= wanted.as_of
        yield "as_of", held & (columns.ints("valid_to") > wanted.as_of)
    elif not wanted.history:
        yield "ended", columns.ints("valid_to") > wanted.now
    yield from _said_before(index, wanted)


def _said_before(index: MemoryIndex, wanted: Filter) -> Iterator[tuple[str, Bools]]:
    if wanted.said_before is not None:
        yield "said_before", index.columns.ints("said_at") < wanted.said_before
