"""What was built on a change set, and which of it stands: what an undo must ask before it takes anything.

A set stands until an undo that stands takes it back. Asked by undo alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from remanence.errors import UndoConflict
from remanence.lifecycle.document_undo import document_sets_built_on
from remanence.lifecycle.further_sources import given_later, given_to
from remanence.lifecycle.mark_undo import mark_sets_built_on
from remanence.lifecycle.unit_undo import unit_sets_built_on
from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.journal import JournalEntry
from remanence.model.kind import Kind
from remanence.storage.port import Snapshot

SETS_MAX = 10_000  # that one undo may take along
UNDOES = "change_set"  # in an undo's detail: the set it was asked to take back
UNDOES_ALL = "change_sets"  # in its first line, where it takes more than one: all of them, newest first
Touched = tuple[list[Revision], list[Revision]]  # the rows that a set opened, and those it closed


@dataclass(slots=True)
class Following:
    """The sets asked for with all that were built on them, erasures aside."""

    touched: dict[int, Touched] = field(default_factory=dict)
    undoes: dict[int, tuple[int, ...]] = field(default_factory=dict)  # of those that are undos

    @property
    def newest_first(self) -> list[int]:
        """The numbers of the sets, in the order in which they are taken back."""
        return sorted(self.touched, reverse=True)

    def standing(self) -> set[int]:
        """The sets that no undo took back which stands itself; the newest stands in any case."""
        taken: set[int] = set()
        for number in self.newest_first:
            if number not in taken:
                taken.update(self.undoes.get(number, ()))
        return self.touched.keys() - taken

    def in_the_way(self, asked: Collection[int]) -> list[int]:
        """Of the later sets, those that would be lost, or give back more than these have taken.

        A set that was taken back has no effect left, nor has an undo of what is taken back here too.
        """
        return [
            number
            for number in sorted(self.standing())
            if number not in asked
            and not (number in self.undoes and self.touched.keys() >= set(self.undoes[number]))
        ]

    def undone_by(self, number: int) -> int | None:
        """The standing undo that took a set back last."""
        stands = self.standing()
        return max((n for n, undone in self.undoes.items() if number in undone and n in stands), default=None)


def follow(snapshot: Snapshot, asked: Sequence[int]) -> Following:
    """Look for what closed the rows that these sets opened, or took the place of what they closed.

    And for the undos of these sets, and for what was built on all that: an undo that brought a row back
    is built on the undo that took it. Raises UndoConflict beyond SETS_MAX.
    """
    undos = {line.change_set: _undone_by_line(line) for line in snapshot.undos_after(min(asked) - 1)}
    undone_by: dict[int, set[int]] = {}
    for number, undone in undos.items():
        for one in undone:
            undone_by.setdefault(one, set()).add(number)
    erasures = {receipt.change_set for receipt in snapshot.receipts()}
    found = Following()
    waiting = list(dict.fromkeys(asked))
    known = {*waiting, *erasures}
    while waiting:
        number = waiting.pop()
        if len(found.touched) >= SETS_MAX:
            raise UndoConflict(f"more than {SETS_MAX} changes would be taken back at once; take fewer")
        opened, closed = found.touched[number] = snapshot.rows_touched_by(number)
        if number in undos:
            found.undoes[number] = undos[number]
        later = {row.closed_by for row in opened if row.closed_by is not None}
        later |= undone_by.get(number, set())  # also one that took back its undo with it: no row tells of it
        later |= mark_sets_built_on(snapshot, number)
        later |= unit_sets_built_on(snapshot, number)
        later |= document_sets_built_on(snapshot, number)
        later |= snapshot.entity_sets_built_on(number)
        later |= _that_filled(snapshot, number, closed)
        later |= _that_gave_sources(snapshot, opened)
        later |= _that_said_again(snapshot, number, opened, closed)
        waiting += later - known
        known |= later
    return found


def _undone_by_line(line: JournalEntry) -> tuple[int, ...]:
    """The sets that an undo took back, newest first."""
    listed = line.entry.detail.get(UNDOES_ALL)
    numbers = listed if isinstance(listed, list) else [line.entry.detail.get(UNDOES)]
    return tuple(number for number in numbers if isinstance(number, int))


def _that_filled(snapshot: Snapshot, change_set: int, closed: Sequence[Revision]) -> set[int]:
    """The later sets that opened a row over the time of one that was closed."""
    by_item: dict[ItemId, list[Revision]] = {}
    for row in closed:
        by_item.setdefault(row.item_id, []).append(row)
    return {
        row.opened_by
        for row in snapshot.rows_of(list(by_item), which="all")
        if row.opened_by > change_set and any(row.valid.overlaps(old.valid) for old in by_item[row.item_id])
    }


def _that_gave_sources(snapshot: Snapshot, opened: Sequence[Revision]) -> set[int]:
    """The later sets that let one of these rows rest on a further source."""
    return {
        given.change_set
        for row in opened
        if row.provenance.sources
        for given in given_later(row, given_to(snapshot, row.item_id))
        if any(source.item_id == given.source for source in row.provenance.sources)
    }


def _that_said_again(
    snapshot: Snapshot, change_set: int, opened: Sequence[Revision], closed: Sequence[Revision]
) -> set[int]:
    """The later sets that heard anew, in its conversation, a message that this set took out of it."""
    still_there = {row.item_id for row in opened}
    gone: dict[str, dict[tuple[str | None, ...], int]] = {}
    for row in closed:
        place = row.provenance
        if row.item_id in still_there or row.content.kind is not Kind.UTTERANCE:
            continue
        if place.session is not None and place.turn is not None:
            said = gone.setdefault(place.session, {})
            said[_said(row)] = min(place.turn, said.get(_said(row), place.turn))
    again: set[int] = set()
    for session, said in gone.items():
        first, last = min(said.values()) + 1, snapshot.last_turn(session)
        for row in snapshot.turns_between(session, first, last):
            if row.opened_by > change_set and _said(row) in said:
                again.add(row.opened_by)
    return again


def _said(row: Revision) -> tuple[str | None, ...]:
    """What tells one message of a conversation from another."""
    provenance = row.provenance
    return provenance.role, provenance.author, provenance.message_id, row.content.text
