"""Moves an item from one state to another: retire, freeze, thaw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remanence.errors import ItemErased, ItemFrozen, Refused
from remanence.lifecycle.changes import Change
from remanence.model.ids import short
from remanence.model.item import NOTHING, Json, Revision
from remanence.model.journal import Verb
from remanence.model.state import State, may_become


def move(
    change: Change,
    rows: Sequence[Revision],
    target: State,
    verb: Verb,
    *,
    detail: Mapping[str, Json] = NOTHING,
) -> bool:
    """Record an item's open rows anew in the target state; False when all of them are in it already.

    `detail` is the cause in numbers and ids; its words stand in the change's reason.
    Raises ItemErased, ItemFrozen or Refused when the transition table has no such move.
    """
    moving = [row for row in rows if row.state is not target]
    if not moving:
        return False
    for row in moving:
        refuse_unless_possible(row, target)
    opened = []
    for row in moving:
        change.close_row(row)
        opened.append(change.copy_row(row, state=target))
    change.note(verb, moving[0].item_id, opened=opened, closed=moving, detail=detail)
    return True


def refuse_unless_possible(row: Revision, target: State) -> None:
    """Raise the error that says why a row can't get into the target state."""
    if may_become(row.state, target):
        return
    name = short(row.item_id)
    if row.state is State.ERASED:
        raise ItemErased(f"{name} was erased; nothing of it is left to change")
    if row.state is State.FROZEN:
        raise ItemFrozen(f"{name} is frozen; thaw it first")
    raise Refused(f"{name} is {row.state}, and what is {row.state} can't become {target}")


def refuse_unless_changeable(rows: Sequence[Revision]) -> None:
    """Raise ItemFrozen, ItemErased or Refused unless the item's content may be revised."""
    name = short(rows[0].item_id)
    states = {row.state for row in rows}
    if State.ERASED in states:
        raise ItemErased(f"{name} was erased; remember it anew instead")
    if State.FROZEN in states:
        raise ItemFrozen(f"{name} is frozen; thaw it first")
    if State.MERGED in states:
        raise Refused(f"{name} was merged; change what goes on for it instead (see `survivor`)")
    if State.ARCHIVED in states:
        raise Refused(f"{name} is retired; undo its retirement first (see `history`)")
