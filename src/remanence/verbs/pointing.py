"""Items as callers point at them: by a context that holds them, a hit, the item itself or its id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from remanence.errors import InvalidInput
from remanence.model.hit import Context, Hit
from remanence.model.ids import ItemId
from remanence.model.item import Item, Revision
from remanence.storage.port import Snapshot
from remanence.verbs import arguments

Pointer: TypeAlias = "Context | Hit | Item | str"
ITEMS_AT_ONCE_MAX = 10_000


def pointed_at(pointers: Pointer | Iterable[Pointer]) -> list[Item | str]:
    """The items, or beginnings of ids, in the order given; raises InvalidInput for what is no pointer."""
    if isinstance(pointers, Context | Hit | Item | str) or not isinstance(pointers, Iterable):
        pointers = [pointers]
    found: list[Item | str] = []
    for one in pointers:
        if isinstance(one, Context):
            found += one.items
        elif isinstance(one, Hit):
            found.append(one.item)
        elif isinstance(one, Item | str):
            found.append(one)
        else:
            raise InvalidInput(
                f"{type(one).__name__} is no context, hit, item or id; give what `recall` returned"
            )
        if len(found) > ITEMS_AT_ONCE_MAX:
            raise InvalidInput(f"more than ITEMS_AT_ONCE_MAX = {ITEMS_AT_ONCE_MAX} items at once")
    return found


def items(snapshot: Snapshot, pointers: Pointer | Iterable[Pointer]) -> list[ItemId]:
    """The items, each once; raises InvalidInput, NotFound or AmbiguousId."""
    return list(dict.fromkeys(arguments.item_ids(snapshot, pointed_at(pointers))))


def left_out(snapshot: Snapshot, pointers: Pointer | Iterable[Pointer]) -> list[int]:
    """The numbers of the items, and of what was derived, at whatever remove, from nothing but them."""
    found = items(snapshot, pointers)
    known = set(found)
    waiting = list(found)
    while waiting:
        below = [one for one in snapshot.derived_from(waiting) if one not in known]
        apart = {row.item_id for row in snapshot.rows_of(below) if _rests_on_more(row, known)}
        waiting = [one for one in below if one not in apart]
        known.update(waiting)
        found += waiting
    return snapshot.item_numbers(found)


def _rests_on_more(row: Revision, items: set[ItemId]) -> bool:
    grounds = row.provenance.grounds
    return row.provenance.is_stated or not grounds or any(source.item_id not in items for source in grounds)
