"""Undo of what was said of entities by hand: mergers, splits, names and kinds.

What a text mentions needs no undoing: its mentions count while the text is believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from remanence.lifecycle.changes import Change
from remanence.model.journal import Verb
from remanence.storage.port import Transaction


def take_entities_back(tx: Transaction, change: Change, order: Sequence[int], change_set: int) -> bool:
    """Undo what these sets, newest first, said of entities, within `change`; whether that was anything."""
    taken = tx.take_back_entities(order, by=change.number)
    if taken:
        change.note(Verb.UNDO, None, detail={"change_set": change_set})
    return bool(taken)
