"""Takes change sets back, as a new change set: what they opened is closed, what they closed returns.

Undoing an undo is redo, by the same rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from remanence.errors import Refused, UndoConflict
from remanence.lifecycle.built_on import SETS_MAX, UNDOES, UNDOES_ALL, Following, follow
from remanence.lifecycle.changes import Change
from remanence.lifecycle.document_undo import take_documents_back
from remanence.lifecycle.entity_undo import take_entities_back
from remanence.lifecycle.further_sources import LINES_AT_A_TIME, Given, given_by, sources_without
from remanence.lifecycle.mark_undo import take_marks_back
from remanence.lifecycle.unit_undo import take_units_back
from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Json, Revision
from remanence.model.journal import Verb
from remanence.storage.port import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: the change sets taken back, newest first, and items that stay erased or blanked.

    `skipped` are erasures among the sets asked for: those can't be taken back.
    """

    change_sets: tuple[int, ...]
    stays_erased: tuple[ItemId, ...]
    skipped: tuple[int, ...] = ()


@dataclass(slots=True)
class _Plan:
    """Rows to record anew and open rows to close, of items whose words no erasure took.

    And sources that rows were given by what is taken back, newest first: they rest on those no more.
    """

    erased: set[ItemId]
    returning: dict[RevisionId, Revision] = field(default_factory=dict)
    closing: dict[RevisionId, Revision] = field(default_factory=dict)
    given: dict[ItemId, list[Given]] = field(default_factory=dict)

    def take_back(self, opened: list[Revision], closed: list[Revision]) -> None:
        for row in opened:
            if row.item_id not in self.erased and self.returning.pop(row.id, None) is None and row.is_open:
                self.closing[row.id] = row
        self.returning.update((row.id, row) for row in closed if row.item_id not in self.erased)


def undo(
    tx: Transaction, change: Change, change_set: int, *, through: int | None = None, cascade: bool
) -> Undone:
    """Plan the undoing of a change set within `change`, or of all from it through another.

    The caller writes it. Raises Refused when the sets are erasures, changed no row or were undone
    already, and UndoConflict that lists the later sets that built on them, unless `cascade` takes
    them along. Of a range, erasures are skipped. What was itself undone since is in nobody's way.
    """
    asked, skipped = _asked(tx, change_set, through)
    whole = f"change {change_set}" if through is None else f"changes {change_set} to {through}"
    if not asked:
        raise Refused(f"{whole} {_are(through)} an erasure, and what was erased is gone for good")
    following = follow(tx, asked)
    _refuse_what_is_undone(following, asked, whole)
    in_the_way = following.in_the_way(asked)
    if in_the_way and not cascade:
        listed = ", ".join(map(str, in_the_way))
        raise UndoConflict(
            f"{whole} can't be undone alone: later changes built on it ({listed}); "
            "undo those first, or take them along with cascade"
        )
    order = following.newest_first
    first = order[-1]  # of a range, not one that was skipped
    if len(order) > 1:
        change.note(Verb.UNDO, None, detail={UNDOES: first, UNDOES_ALL: list[Json](order)})
    plan, items = _planned(tx, following)
    marks = take_marks_back(tx, change, order)
    units = take_units_back(tx, change, order, detail={UNDOES: first})
    documents = take_documents_back(tx, change, order, detail={UNDOES: first})
    entities = take_entities_back(tx, change, order, first)
    if not items and not marks.touched and not units.touched and not documents and not entities:
        raise Refused(f"{whole} changed no memory; there is nothing to undo")
    items = list(dict.fromkeys([*items, *marks.items]))
    changed = units.changed or documents or entities
    if not _write_down(tx, plan, change, items, first, marked=marks.items) and not changed:
        raise Refused(f"nothing of {whole} is left to undo: it was undone or erased since")
    stays = dict.fromkeys([*(item for item in items if item in plan.erased), *units.gone])
    return Undone(tuple(order), tuple(stays), skipped)


def _are(through: int | None) -> str:
    return "is" if through is None else "are nothing but"


def _asked(tx: Snapshot, first: int, through: int | None) -> tuple[list[int], tuple[int, ...]]:
    """The sets to take back, and the erasures among them."""
    last = first if through is None else through
    sizes = tx.change_sets(first=first, last=last, limit=SETS_MAX + 1)
    if len(sizes) > SETS_MAX:
        raise UndoConflict(f"more than {SETS_MAX} changes would be taken back at once; take fewer")
    erasures = {receipt.change_set for receipt in tx.receipts()}
    numbers = [size.change_set for size in sizes]
    return [n for n in numbers if n not in erasures], tuple(n for n in numbers if n in erasures)


def _refuse_what_is_undone(following: Following, asked: Sequence[int], whole: str) -> None:
    stands = following.standing()
    if any(number in stands for number in asked):
        return
    by = max(filter(None, map(following.undone_by, asked)), default=None)
    was = "was" if len(asked) == 1 else "were"
    raise Refused(f"{whole} {was} undone already, by change {by}; undo that to have it back")


def _planned(tx: Snapshot, following: Following) -> tuple[_Plan, list[ItemId]]:
    """What taking the sets back does, newest first, and the items they touch."""
    order = following.newest_first
    rows = [row for number in order for group in following.touched[number] for row in group]
    plan = _Plan(erased={row.item_id for row in rows if not row.text_id})
    for number in order:
        plan.take_back(*following.touched[number])
        for item_id, given in _given_by_set(tx, number):
            plan.given.setdefault(item_id, []).append(given)
    return plan, list(dict.fromkeys([*(row.item_id for row in rows), *plan.given]))


def _given_by_set(tx: Snapshot, number: int) -> Iterable[tuple[ItemId, Given]]:
    """The sources that a set gave to rows which stood already, the last one first."""
    found: list[tuple[ItemId, Given]] = []
    after = 0
    while lines := tx.journal(after=after, limit=LINES_AT_A_TIME, change_set=number):
        for line in lines:
            given = given_by(line)
            if given is not None and line.item_id is not None:
                found.append((line.item_id, given))
        after = lines[-1].sequence
    return reversed(found)


def _write_down(
    tx: Snapshot,
    plan: _Plan,
    change: Change,
    items: list[ItemId],
    change_set: int,
    *,
    marked: Collection[ItemId],
) -> bool:
    """Put the plan into the change; whether there was anything in it."""
    opened: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    closed: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    for row in tx.rows_of(list(plan.given)):
        if row.id not in plan.closing and row.item_id not in plan.erased and _loses_source(plan, row):
            plan.closing[row.id] = plan.returning[row.id] = row
    for row in plan.returning.values():
        sources = sources_without(row, plan.given.get(row.item_id, ()))
        opened[row.item_id].append(change.copy_row(row, sources=sources))
    for row in plan.closing.values():
        closed[row.item_id].append(row)
        change.close_row(row)
    touched = [item_id for item_id in items if opened[item_id] or closed[item_id] or item_id in marked]
    for item_id in touched:
        change.note(
            Verb.UNDO,
            item_id,
            opened=opened[item_id],
            closed=closed[item_id],
            detail={UNDOES: change_set},
        )
    return bool(touched)


def _loses_source(plan: _Plan, row: Revision) -> bool:
    return sources_without(row, plan.given[row.item_id]) != row.provenance.sources
