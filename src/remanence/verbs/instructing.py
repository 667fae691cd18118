"""Carries out what a conversation asks of the memory itself: it retires, and never erases.

Obeyed is the owner's own direct speech alone. What is retired is found by the words of the request, in a
change set of its own, so that an undo brings it back and leaves the conversation as it is.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from remanence.lifecycle import states
from remanence.model.ids import ItemId, RevisionId, short
from remanence.model.interval import to_micros
from remanence.model.item import Provenance, Revision
from remanence.model.journal import Verb
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.reader.rules.derived import INSTRUCTION, Derived, Request, Wish
from remanence.recall.analyser import analyse
from remanence.storage.port import IndexRow, Transaction
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle

FORGOTTEN_MAX = 50  # items that one request retires; more were hardly meant, and are retired by hand
TURNS_BACK_MAX = 6  # of a session, within which "that" is looked for
UNNAMED_USER = "user"  # the author of whoever uses the cube, where no name is given
ASKED_IN = "asked_in"  # in a journal line's detail: the utterance that asked for it
_TERM_BYTES = 4
_TALK = frozenset({"user", "assistant"})


class Outcome(StrEnum):
    """What became of a request to forget."""

    RETIRED = "retired"
    NOTHING_MATCHED = "nothing matched"
    TOO_MUCH_MATCHED = "too much matched"  # nothing was retired


@dataclass(frozen=True, slots=True)
class Heeded:
    """A request to forget that was heard: in which utterance, what became of it, what it retired."""

    asked_in: ItemId
    outcome: Outcome
    items: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """A request, and the utterance it was read in."""

    row: Revision
    request: Request


def may_instruct(setting: Setting, provenance: Provenance) -> bool:
    """Whether whoever speaks may ask something of this memory: its owner, in the role of the user."""
    return provenance.role == "user" and provenance.author in (setting.owner, UNNAMED_USER)


def without_instructions(found: Iterable[Derived]) -> tuple[Derived, ...]:
    """What is derived from the words of somebody who may say things, and ask for nothing."""
    return tuple(
        replace(one, tags=tuple(tag for tag in one.tags if tag != INSTRUCTION))
        for one in found
        if one.request is None
    )


def heed(setting: Setting, tx: Transaction, heard: Sequence[Heard], *, actor: str) -> tuple[Heeded, ...]:
    """Carry out each request in a change set of its own, after the one that wrote its utterance."""
    return tuple(_heed(setting, tx, one, actor=actor) for one in heard)


def _heed(setting: Setting, tx: Transaction, heard: Heard, *, actor: str) -> Heeded:
    asked_in = heard.row.item_id
    change = setting.change(tx, actor=actor, reason=f"asked for in {short(asked_in)}")
    rows = _meant(tx, heard)
    outcome = Outcome.RETIRED if rows else Outcome.NOTHING_MATCHED
    if rows is None or len({row.item_id for row in rows}) > FORGOTTEN_MAX:
        rows, outcome = [], Outcome.TOO_MUCH_MATCHED
    by_item: dict[ItemId, list[Revision]] = {}
    for row in rows:
        by_item.setdefault(row.item_id, []).append(row)
    for moving in by_item.values():
        states.move(change, moving, State.ARCHIVED, Verb.RETIRE, detail={ASKED_IN: asked_in})
    settle(tx, change, by_item)
    retired = tuple(change.items)
    change.note(Verb.HEED, asked_in, detail={"outcome": outcome.value, "retired": len(retired)})
    change.write()
    return Heeded(asked_in, outcome, retired)


def _meant(tx: Transaction, heard: Heard) -> list[Revision] | None:
    """The rows that a request means; None where it means everything."""
    match heard.request.wish:
        case Wish.FORGET_ALL:
            return None
        case Wish.WITHHOLD:
            return [heard.row]
        case Wish.RETRACT:
            return _last_said(tx, heard.row)
        case Wish.FORGET:
            rows = _about(tx, heard)
            return [*rows, *_spoken_sources(tx, rows, heard)]


def _last_said(tx: Transaction, row: Revision) -> list[Revision]:
    """What the same speaker said last, a few turns back at most."""
    session, turn = row.provenance.session, row.provenance.turn
    if session is None or not turn:
        return []
    earlier = tx.turns_between(session, max(turn - TURNS_BACK_MAX, 0), turn - 1)
    own = [one for one in earlier if one.provenance.author == row.provenance.author and _may_go(one)]
    return own[-1:]


def _about(tx: Transaction, heard: Heard) -> list[Revision]:
    """What was said before the request, or follows from that, and has all the words of its topic."""
    wanted = set(_terms(analyse(heard.request.topic).terms))
    if not wanted:
        return []
    said_by = to_micros(heard.row.provenance.said_at)
    slots: dict[str, frozenset[int]] = {}
    numbers = [
        RevisionId(row.revision)
        for row in tx.index_rows(which="open")
        if row.said_at <= said_by and row.state in RECALLED and _covers(row, wanted, slots)
    ]
    return [row for row in tx.revisions(numbers).values() if _is_meant(row, heard)]


def _covers(row: IndexRow, wanted: set[int], slots: dict[str, frozenset[int]]) -> bool:
    """Whether the words of a row, or of the attribute that it fills, are all that is wanted."""
    left = {term for term in wanted if term.to_bytes(_TERM_BYTES, "little") not in row.terms}
    if left and row.slot:
        if row.slot not in slots:
            slots[row.slot] = frozenset(_terms(analyse(row.slot).terms))
        left -= slots[row.slot]
    return not left and wanted <= {*_terms(row.terms), *slots.get(row.slot, ())}


def _terms(packed: bytes) -> Iterator[int]:
    terms = array("I")
    terms.frombytes(packed)
    if sys.byteorder == "big":
        terms.byteswap()
    yield from terms


def _is_meant(row: Revision, heard: Heard) -> bool:
    said, asked = row.provenance, heard.row.provenance
    if not _may_go(row) or row.item_id == heard.row.item_id:
        return False
    if said.session == asked.session and (said.turn or 0) >= (asked.turn or 0):
        return False
    if heard.request.own:
        return said.session is not None and (said.author == asked.author or said.role == "assistant")
    return True


def _spoken_sources(tx: Transaction, rows: Sequence[Revision], heard: Heard) -> list[Revision]:
    """The utterances of talk that those rows were read from: in other words they say the same."""
    known = {row.item_id for row in rows}
    sources = {source.item_id for row in rows for source in row.provenance.sources} - known
    return [
        row
        for row in tx.rows_of(sorted(sources))
        if row.content.kind is Kind.UTTERANCE and row.provenance.role in _TALK and _is_meant(row, heard)
    ]


def _may_go(row: Revision) -> bool:
    """Whether a request may retire it: what is frozen was protected on purpose."""
    return row.state in RECALLED and row.state is not State.FROZEN
