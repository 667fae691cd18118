"""Ageing by hand: mark what helped as used, and say until when an item is to be recalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from remanence.errors import InvalidInput, ItemErased, ItemFrozen, NotFound, Refused
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId, short
from remanence.model.interval import to_micros
from remanence.model.item import NOTHING, Item, Json, Revision
from remanence.model.journal import Verb
from remanence.model.mark import Mark, MarkSort
from remanence.model.state import RECALLED, State
from remanence.storage.port import Transaction
from remanence.verbs import arguments, pointing
from remanence.verbs.arguments import When
from remanence.verbs.pointing import Pointer
from remanence.verbs.setting import Setting


def used(
    setting: Setting, helped: Pointer | Iterable[Pointer], *, because: str | None, actor: str
) -> tuple[ItemId, ...]:
    """Mark items as used now, each once; those that were dormant wake. Returns their ids."""
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        items = pointing.items(tx, helped)
        rows = _rows(tx, items)
        change = setting.change(tx, actor=actor, reason=reason)
        for item_id in items:
            change.mark(item_id, MarkSort.USE, change.at)
            change.note(Verb.USE, item_id)
            resting = [row for row in rows[item_id] if row.state is State.DORMANT]
            states.move(change, resting, State.ACTIVE, Verb.AGE)
        if items:
            change.write()
    return tuple(items)


def expire(setting: Setting, prefix: str, at: When | None, *, because: str | None, actor: str) -> Item:
    """Let an item be recalled until a time, or without end for None; the time must be to come."""
    now = setting.clock.now()
    until = expiry(setting, at, now)
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        item_id = arguments.item_id(tx, prefix)
        rows = _rows(tx, [item_id])[item_id]
        _refuse_unless_recalled(rows)
        change = setting.change(tx, actor=actor, reason=reason)
        if set_expiry(tx, change, item_id, until):
            change.write()
    return Item(row_in_force(rows, change.at))


def marks(setting: Setting, prefix: str) -> tuple[Mark, ...]:
    """The marks that an item bears."""
    with setting.store.read() as snapshot:
        return tuple(snapshot.marks_of([arguments.item_id(snapshot, prefix)]))


def expiry(setting: Setting, at: When | None, now: datetime) -> datetime | None:
    """The first moment of what is meant; InvalidInput where it has passed."""
    until = arguments.starting(at, now=now, zone=setting.zone, name="the expiry")
    if until is not None and until <= now:
        raise InvalidInput(f"the expiry {at} has passed; name a time to come, or `forget` the item now")
    return until


def set_expiry(
    tx: Transaction,
    change: Change,
    item_id: ItemId,
    until: datetime | None,
    *,
    cause: Mapping[str, Json] = NOTHING,
) -> bool:
    """Put this expiry in the place of the item's; False when it is so already."""
    standing = [mark for mark in tx.marks_of([item_id]) if mark.sort is MarkSort.EXPIRY]
    if [mark.at for mark in standing] == ([] if until is None else [until]):
        return False
    for mark in standing:
        change.close_mark(mark)
    if until is not None:
        change.mark(item_id, MarkSort.EXPIRY, until)
    at = None if until is None else to_micros(until)
    change.note(Verb.EXPIRE, item_id, detail={"at": at, **cause})
    return True


def _rows(tx: Transaction, items: Sequence[ItemId]) -> dict[ItemId, list[Revision]]:
    """The open rows of each item; NotFound for what was undone, ItemErased for what is gone."""
    found: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    for row in tx.rows_of(items):
        found[row.item_id].append(row)
    for item_id, rows in found.items():
        if not rows:
            raise NotFound(f"{short(item_id)} was undone; redo it first (see `history`)")
        if any(row.state is State.ERASED for row in rows):
            raise ItemErased(f"{short(item_id)} was erased; nothing of it is left")
    return found


def _refuse_unless_recalled(rows: Sequence[Revision]) -> None:
    """Raise ItemFrozen or Refused unless the item is recalled and may change."""
    name = short(rows[0].item_id)
    if any(row.state is State.FROZEN for row in rows):
        raise ItemFrozen(f"{name} is frozen; thaw it first")
    if not any(row.state in RECALLED for row in rows):
        raise Refused(f"{name} is {rows[-1].state}, and is not recalled as it is")
