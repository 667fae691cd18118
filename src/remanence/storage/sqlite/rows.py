"""Turns rows of the tables into values of the model, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import apsw

from remanence.model.belief import Belief
from remanence.model.ids import ItemId, RevisionId, TextId
from remanence.model.interval import MAX_MICROS, Interval, from_micros, to_micros
from remanence.model.item import NOTHING, Content, Json, Provenance, Revision, Slot, Source, SpokenTime
from remanence.model.journal import Entry, JournalEntry, Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import State

Cell: TypeAlias = "int | float | str | bytes | None"
Bound: TypeAlias = Mapping[str, Cell]
DIGEST_BYTES = 32
UNREADABLE = (AttributeError, KeyError, OverflowError, TypeError, ValueError)  # of cells that noise made
_UNHELD = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@contextmanager
def decoding(what: str) -> Iterator[None]:
    """Raise apsw.CorruptError, with what was read, where its cells make no value."""
    try:
        yield
    except UNREADABLE as error:
        raise apsw.CorruptError(f"{what}: {error}") from error


def held_by_sqlite(text: str) -> str:
    """The text with what SQLite can't hold (NUL, lone surrogates) shown as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.translate(_UNHELD)
    return text.translate(_UNHELD) if "\x00" in text else text


def phrase_for_search(phrase: str) -> str:
    """A phrase as the text index takes it: its words, following one another."""
    return '"' + held_by_sqlite(phrase).replace('"', '""') + '"'


def text_bytes(text: str) -> bytes:
    """The text's very bytes, lone surrogates passed."""
    return text.encode("utf-8", "surrogatepass")


def text_of(content: str | None, exact: bytes | None) -> str:
    """The text word for word; "" where it was erased."""
    if exact is not None:
        return exact.decode("utf-8", "surrogatepass")
    return content or ""


class RevisionCells(NamedTuple):
    """The columns of `select_revisions`; the schema is STRICT, so each has the type named here."""

    revision: int
    item_id: str
    text: int | None
    content: str | None
    exact: bytes | None
    kind: str
    state: str
    domain: str | None
    tags: str | None
    metadata: str | None
    support: float
    doubt: float
    event_from: int | None
    event_to: int | None
    times: str | None
    slot_subject: str | None
    slot_attribute: str | None
    slot_value: str | None
    valid_from: int
    valid_to: int
    recorded_from: int
    recorded_to: int
    author: str
    role: str
    trust: str
    method: str
    said_at: int
    session: str | None
    turn: int | None
    message_id: str | None
    opened_by: int
    closed_by: int | None


# Looked up, not called: ten rows of three each to a recall.
_KINDS = {kind.value: kind for kind in Kind}
_TRUSTS = {trust.value: trust for trust in Trust}
_STATES = {state.value: state for state in State}
# Made once: what one change wrote is recorded from one time on, and few beliefs are other than certain.
_recorded = lru_cache(maxsize=1_024)(Interval.of_micros)
_belief = lru_cache(maxsize=1_024)(Belief)


def revision_of(row: RevisionCells, sources: tuple[Source, ...]) -> Revision:
    """A revision from its columns and its sources. Raises apsw.CorruptError where they make none."""
    try:  # without `decoding`: ten to a recall, each some microseconds sooner
        return _revision_of(row, sources)
    except UNREADABLE as error:
        raise apsw.CorruptError(f"revision {row.revision}: {error}") from error


def _revision_of(row: RevisionCells, sources: tuple[Source, ...]) -> Revision:
    slot = None
    if row.slot_subject is not None and row.slot_attribute is not None and row.slot_value is not None:
        slot = Slot(row.slot_subject, row.slot_attribute, row.slot_value)
    times: list[tuple[int, int, int, int, str, str]] = json.loads(row.times) if row.times else []
    event = None
    if row.event_from is not None and row.event_to is not None:
        event = Interval.of_micros(row.event_from, row.event_to)
    return Revision(
        id=RevisionId(row.revision),
        item_id=ItemId(row.item_id),
        text_id=TextId(row.text or 0),
        content=Content(
            text=text_of(row.content, row.exact),
            kind=_KINDS[row.kind],
            domain=row.domain,
            tags=tuple(json.loads(row.tags)) if row.tags else (),
            metadata=dict(json.loads(row.metadata)) if row.metadata else NOTHING,
            belief=_belief(row.support, row.doubt),
            event=event,
            times=tuple(
                SpokenTime(start, end, Interval.of_micros(since, until), grain, kind)
                for start, end, since, until, grain, kind in times
            ),
            slot=slot,
        ),
        provenance=Provenance(
            author=row.author,
            role=row.role,
            trust=_TRUSTS[row.trust],
            method=row.method,
            said_at=from_micros(row.said_at),
            session=row.session,
            turn=row.turn,
            message_id=row.message_id,
            sources=sources,
        ),
        state=_STATES[row.state],
        valid=Interval.of_micros(row.valid_from, row.valid_to),
        recorded=_recorded(row.recorded_from, row.recorded_to),
        opened_by=row.opened_by,
        closed_by=row.closed_by,
    )


def cells_of(row: Revision, item: int, session: int | None) -> tuple[Cell, ...]:
    """The columns of `insert_revision`."""
    content, provenance, slot, event = row.content, row.provenance, row.content.slot, row.content.event
    return (
        row.id,
        item,
        row.text_id or None,
        content.kind.value,
        row.state.value,
        content.domain,
        json.dumps(content.tags) if content.tags else None,
        json_text(content.metadata),
        content.belief.support,
        content.belief.doubt,
        None if event is None else event.start_micros,
        None if event is None else event.end_micros,
        times_text(content.times),
        None if slot is None else held_by_sqlite(slot.subject),
        None if slot is None else held_by_sqlite(slot.attribute),
        None if slot is None else held_by_sqlite(slot.value),
        row.valid.start_micros,
        row.valid.end_micros,
        row.recorded.start_micros,
        MAX_MICROS,
        provenance.author,
        provenance.role,
        provenance.trust.value,
        provenance.method,
        to_micros(provenance.said_at),
        session,
        provenance.turn,
        provenance.message_id,
        row.opened_by,
    )


def times_text(times: Sequence[SpokenTime]) -> str | None:
    """Spoken times as JSON: [start, end, from, to, grain, kind] each."""
    if not times:
        return None
    return json.dumps(
        [[t.start, t.end, t.interval.start_micros, t.interval.end_micros, t.grain, t.kind] for t in times],
        separators=(",", ":"),
    )


def json_text(value: Mapping[str, Json]) -> str | None:
    """ASCII JSON, in which NUL and lone surrogates are escaped; None for an empty object."""
    return json.dumps(dict(value), separators=(",", ":")) if value else None


class JournalCells(NamedTuple):
    """The columns of `select_journal`."""

    sequence: int
    change_set: int
    recorded_at: int
    actor: str
    verb: str
    item_id: str | None
    opened: str
    closed: str
    digests: bytes
    detail: str
    reason_digest: bytes | None
    previous: bytes
    hash: bytes
    reason: str | None


def journal_entry_of(row: JournalCells) -> JournalEntry:
    """A journal line from its columns. Raises apsw.CorruptError where they make none."""
    with decoding(f"journal line {row.sequence}"):
        return _journal_entry_of(row)


def _journal_entry_of(row: JournalCells) -> JournalEntry:
    starts = range(0, len(row.digests), DIGEST_BYTES)
    return JournalEntry(
        sequence=row.sequence,
        change_set=row.change_set,
        recorded_at=from_micros(row.recorded_at),
        actor=row.actor,
        entry=Entry(
            verb=Verb(row.verb),
            item_id=None if row.item_id is None else ItemId(row.item_id),
            opened=tuple(json.loads(row.opened)),
            closed=tuple(json.loads(row.closed)),
            digests=tuple(row.digests[at : at + DIGEST_BYTES] for at in starts),
            detail=dict(json.loads(row.detail)),
        ),
        previous=row.previous,
        hash=row.hash,
        reason_digest=row.reason_digest,
        reason=row.reason,
    )
