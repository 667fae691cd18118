"""Which of the rows in one slot contradict each other: values that can't both hold, and a yes beside a no."""

from __future__ import annotations

from collections.abc import Sequence

from remanence.beliefs.slots import is_affirmed
from remanence.model.conflict import Conflict
from remanence.model.item import Revision
from remanence.model.state import RECALLED


def conflicts_in(rows: Sequence[Revision], *, single_valued: bool) -> list[Conflict]:
    """The conflicts among the open rows of one slot: claims that contradict one another, newest first.

    A claim that contradicts two others makes one conflict of three. A slot has few claims at a time.
    """
    standing = [row for row in rows if row.state in RECALLED and row.content.slot is not None]
    standing.sort(key=lambda row: (row.provenance.said_at, row.id), reverse=True)
    groups: list[list[Revision]] = []
    for row in standing:
        meets = [
            group
            for group in groups
            if any(contradict(row, other, single_valued=single_valued) for other in group)
        ]
        merged = [*(one for group in meets for one in group), row]
        groups = [*(group for group in groups if group not in meets), merged]
    found = []
    for group in groups:
        slot = group[0].content.slot
        if len(group) > 1 and slot is not None:
            ordered = sorted(group, key=lambda row: (row.provenance.said_at, row.id), reverse=True)
            found.append(Conflict(slot.subject, slot.attribute, tuple(ordered)))
    return found


def contradict(one: Revision, other: Revision, *, single_valued: bool) -> bool:
    """Whether two rows of one slot can't both be true for some time that both claim."""
    if one.item_id == other.item_id or not one.valid.overlaps(other.valid):
        return False
    first, second = one.content.slot, other.content.slot
    if first is None or second is None:
        return False
    if first.value.casefold() == second.value.casefold():
        return is_affirmed(one) is not is_affirmed(other)
    return single_valued and is_affirmed(one) and is_affirmed(other)
