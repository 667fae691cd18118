"""Takes a change set back, as a new change set: what it opened is closed, what it closed returns.

Undoing an undo is redo, by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from remanence.errors import Refused, UndoConflict
from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.model.state import State
from remanence.storage.port import Transaction

SETS_MAX = 10_000  # that one cascade may take along


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: the change sets taken back, newest first, and items that stay erased."""

    change_sets: tuple[int, ...]
    stays_erased: tuple[ItemId, ...]


@dataclass(slots=True)
class _Plan:
    tx: Transaction
    change: Change
    copies: dict[RevisionId, Revision] = field(default_factory=dict)
    closed: dict[RevisionId, Revision] = field(default_factory=dict)
    erased: set[ItemId] = field(default_factory=set)

    def take_back(self, opened: list[Revision], closed: list[Revision]) -> None:
        for row in opened:
            if row.item_id in self.erased:
                continue
            copy = self.copies.pop(row.id, None)
            if copy is not None:
                self.change.close_row(copy)
            elif row.is_open:
                self.closed[row.id] = row
        for row in closed:
            if row.item_id not in self.erased:
                self.copies[row.id] = self.change.copy_row(row)


def undo(tx: Transaction, change: Change, change_set: int, *, cascade: bool) -> Undone:
    """Plan the undoing of a change set within `change`; the caller writes it.

    Raises Refused when the set is an erasure or changed no row, and UndoConflict that lists the later
    sets that built on it, unless `cascade` takes them along.
    """
    verbs = {line.verb for line in tx.journal(limit=SETS_MAX, change_set=change_set)}
    if Verb.ERASE in verbs:
        raise Refused(f"change {change_set} is an erasure, and what was erased is gone for good")
    later = _sets_built_on(tx, change_set)
    if later and not cascade:
        listed = ", ".join(map(str, sorted(later)))
        raise UndoConflict(
            f"change {change_set} can't be undone alone: later changes built on it ({listed}); "
            "undo those first, or take them along with cascade"
        )
    plan = _Plan(tx, change)
    order = sorted({change_set, *later}, reverse=True)
    touched = {number: tx.rows_touched_by(number) for number in order}
    rows = [row for opened, closed in touched.values() for row in (*opened, *closed)]
    if not rows:
        raise Refused(f"change {change_set} changed no memory; there is nothing to undo")
    items = list(dict.fromkeys(row.item_id for row in rows))
    plan.erased = {row.item_id for row in tx.rows_of(items) if row.state is State.ERASED}
    for number in order:
        plan.take_back(*touched[number])
    _write_down(plan, items, change_set)
    return Undone(tuple(order), tuple(item for item in items if item in plan.erased))


def _write_down(plan: _Plan, items: list[ItemId], change_set: int) -> None:
    opened: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    closed: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    for row in plan.copies.values():
        opened[row.item_id].append(row)
    for row in plan.closed.values():
        closed[row.item_id].append(row)
        plan.change.close_row(row)
    touched = [item_id for item_id in items if opened[item_id] or closed[item_id]]
    if not touched:
        raise Refused(f"nothing of change {change_set} stands any more; there is nothing to undo")
    for item_id in touched:
        plan.change.note(
            Verb.UNDO,
            item_id,
            opened=opened[item_id],
            closed=closed[item_id],
            detail={"change_set": change_set},
        )


def _sets_built_on(tx: Transaction, change_set: int) -> set[int]:
    """Later sets, erasures aside, that closed a row which this set, or one built on it, opened."""
    found: set[int] = set()
    waiting = [change_set]
    while waiting:
        opened, _ = tx.rows_touched_by(waiting.pop())
        for row in opened:
            number = row.closed_by
            if number is None or number in found or number == change_set:
                continue
            if Verb.ERASE in {line.verb for line in tx.journal(limit=1, change_set=number)}:
                continue
            if len(found) >= SETS_MAX:
                raise UndoConflict(f"more than {SETS_MAX} later changes built on change {change_set}")
            found.add(number)
            waiting.append(number)
    return found
