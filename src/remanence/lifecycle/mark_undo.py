"""Undo of marks: uses and expiries come back and go with the change sets that made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId
from remanence.model.mark import Mark, MarkSort
from remanence.storage.port import Snapshot


@dataclass(frozen=True, slots=True)
class MarksTaken:
    """Whether the sets had touched marks at all, and the items whose marks changed back."""

    touched: bool
    items: tuple[ItemId, ...]


def take_marks_back(tx: Snapshot, change: Change, order: Sequence[int]) -> MarksTaken:
    """Put into the change what undoes the marks of these sets, newest first; an erased item has none."""
    returning: dict[int, Mark] = {}
    closing: dict[int, Mark] = {}
    touched = False
    for number in order:
        opened, closed = tx.marks_touched_by(number)
        touched = touched or bool(opened or closed)
        for mark in opened:
            if returning.pop(mark.number, None) is None and mark.closed_by is None:
                closing[mark.number] = mark
        returning.update((mark.number, mark) for mark in closed)
    for mark in returning.values():
        change.mark(mark.item_id, mark.sort, mark.at)
    for mark in closing.values():
        change.close_mark(mark)
    changed = (mark.item_id for mark in (*returning.values(), *closing.values()))
    return MarksTaken(touched, tuple(dict.fromkeys(changed)))


def mark_sets_built_on(tx: Snapshot, change_set: int) -> set[int]:
    """The later sets that closed marks of this one, or set another expiry in a closed one's place."""
    opened, closed = tx.marks_touched_by(change_set)
    ended = [mark.item_id for mark in closed if mark.sort is MarkSort.EXPIRY]
    since = tx.marks_of(ended) if ended else []
    return {mark.closed_by for mark in opened if mark.closed_by is not None} | {
        mark.opened_by for mark in since if mark.sort is MarkSort.EXPIRY and mark.opened_by > change_set
    }
