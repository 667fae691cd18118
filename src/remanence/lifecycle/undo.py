"""Takes a change set back, as a new change set: what it opened is closed, what it closed returns.

Undoing an undo is redo, by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from remanence.errors import Refused, UndoConflict
from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_undo import take_units_back, unit_sets_built_on
from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.storage.port import Transaction

SETS_MAX = 10_000  # that one cascade may take along


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: the change sets taken back, newest first, and items that stay erased or blanked."""

    change_sets: tuple[int, ...]
    stays_erased: tuple[ItemId, ...]


@dataclass(slots=True)
class _Plan:
    """Rows to record anew and open rows to close, of items whose words no erasure took."""

    erased: set[ItemId]
    returning: dict[RevisionId, Revision] = field(default_factory=dict)
    closing: dict[RevisionId, Revision] = field(default_factory=dict)

    def take_back(self, opened: list[Revision], closed: list[Revision]) -> None:
        for row in opened:
            if row.item_id not in self.erased and self.returning.pop(row.id, None) is None and row.is_open:
                self.closing[row.id] = row
        self.returning.update((row.id, row) for row in closed if row.item_id not in self.erased)


def undo(tx: Transaction, change: Change, change_set: int, *, cascade: bool) -> Undone:
    """Plan the undoing of a change set within `change`; the caller writes it.

    Raises Refused when the set is an erasure or changed no row, and UndoConflict that lists the later
    sets that built on it, unless `cascade` takes them along.
    """
    verbs = {line.verb for line in tx.journal(limit=SETS_MAX, change_set=change_set)}
    if Verb.ERASE in verbs:
        raise Refused(f"change {change_set} is an erasure, and what was erased is gone for good")
    order, plan, items = _planned(tx, change_set)
    if len(order) > 1 and not cascade:
        listed = ", ".join(map(str, sorted(order)[1:]))
        raise UndoConflict(
            f"change {change_set} can't be undone alone: later changes built on it ({listed}); "
            "undo those first, or take them along with cascade"
        )
    units = take_units_back(tx, change, order, change_set)
    if not items and not units.touched:
        raise Refused(f"change {change_set} changed no memory; there is nothing to undo")
    if not _write_down(plan, change, items, change_set) and not units.changed:
        raise Refused(f"nothing of change {change_set} is left to undo: it was undone or erased since")
    stays = dict.fromkeys([*(item for item in items if item in plan.erased), *units.gone])
    return Undone(tuple(order), tuple(stays))


def _planned(tx: Transaction, change_set: int) -> tuple[list[int], _Plan, list[ItemId]]:
    """The sets to take back, newest first, with what that does, and the items they touch."""
    order = sorted({change_set, *_sets_built_on(tx, change_set)}, reverse=True)
    touched = {number: tx.rows_touched_by(number) for number in order}
    rows = [row for opened, closed in touched.values() for row in (*opened, *closed)]
    plan = _Plan(erased={row.item_id for row in rows if not row.text_id})
    for number in order:
        plan.take_back(*touched[number])
    return order, plan, list(dict.fromkeys(row.item_id for row in rows))


def _write_down(plan: _Plan, change: Change, items: list[ItemId], change_set: int) -> bool:
    """Put the plan into the change; whether there was anything in it."""
    opened: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    closed: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    for row in plan.returning.values():
        opened[row.item_id].append(change.copy_row(row))
    for row in plan.closing.values():
        closed[row.item_id].append(row)
        change.close_row(row)
    touched = [item_id for item_id in items if opened[item_id] or closed[item_id]]
    for item_id in touched:
        change.note(
            Verb.UNDO,
            item_id,
            opened=opened[item_id],
            closed=closed[item_id],
            detail={"change_set": change_set},
        )
    return bool(touched)


def _sets_built_on(tx: Transaction, change_set: int) -> set[int]:
    """Later sets, erasures aside, that closed what this one opened, or filled the time of what it closed.

    And those built on these: an undo that brought a row back is built on the undo that took it.
    """
    known = {change_set}
    found: set[int] = set()
    waiting = [change_set]
    while waiting:
        number = waiting.pop()
        opened, closed = tx.rows_touched_by(number)
        later = {row.closed_by for row in opened if row.closed_by is not None}
        later.update(_sets_that_filled(tx, number, closed))
        later.update(unit_sets_built_on(tx, number))
        for follower in later - known:
            known.add(follower)
            if Verb.ERASE in {line.verb for line in tx.journal(limit=1, change_set=follower)}:
                continue
            if len(found) >= SETS_MAX:
                raise UndoConflict(f"more than {SETS_MAX} later changes built on change {change_set}")
            found.add(follower)
            waiting.append(follower)
    return found


def _sets_that_filled(tx: Transaction, change_set: int, closed: list[Revision]) -> set[int]:
    """The later sets that opened a row over the time of one that was closed."""
    by_item: dict[ItemId, list[Revision]] = {}
    for row in closed:
        by_item.setdefault(row.item_id, []).append(row)
    return {
        row.opened_by
        for row in tx.rows_of(list(by_item), which="all")
        if row.opened_by > change_set and any(row.valid.overlaps(old.valid) for old in by_item[row.item_id])
    }
