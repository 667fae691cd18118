"""Tells what an agent says again because it was shown it: its own word for it is no evidence.

Else a belief would grow by being recalled. What was shown is kept with the agent's message, so that a reader
that comes later is told it too.
"""

from __future__ import annotations

from collections.abc import Iterable

from remanence.beliefs.sameness import says_no_more, wording
from remanence.beliefs.slots import NEGATED, is_affirmed
from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId
from remanence.model.item import Content, Provenance, Revision
from remanence.model.kind import Trust


def echoed(change: Change, content: Content, provenance: Provenance) -> Revision | None:
    """The row that a statement merely says again; None where whoever makes it was not shown it.

    Shown is what stood in the prompt, and whatever that rests on or rests on that. A row that was retired
    since counts too: to have read of it is no reason to believe it again.
    """
    if provenance.trust is not Trust.AGENT:
        return None
    shown = {item for source in provenance.sources for item in change.shown_before(source.item_id)}
    if not shown:
        return None
    below: set[ItemId] | None = None
    for row in reversed(_saying_the_same(change, content)):
        if row.item_id in shown or not shown.isdisjoint(_rested_on(change, [row.item_id])):
            return row
        below = _rested_on(change, shown) if below is None else below
        if row.item_id in below:
            return row
    return None


def _saying_the_same(change: Change, content: Content) -> list[Revision]:
    """The open rows with the same value in the same slot, else with the same words; of any state."""
    if content.slot is None:
        rows = change.rows_saying(wording(content.text))
        return [row for row in rows if says_no_more(content, row.content)]
    affirmed = content.metadata.get(NEGATED) is not True
    rows = change.rows_in_slot(content.slot, any_value=False)
    return [row for row in rows if is_affirmed(row) is affirmed]


def _rested_on(change: Change, items: Iterable[ItemId]) -> set[ItemId]:
    """What these items were derived from, at whatever remove."""
    found: set[ItemId] = set()
    waiting = list(items)
    while waiting:
        rows = [row for item_id in waiting for row in change.open_rows_of(item_id)]
        sources = {source.item_id for row in rows for source in row.provenance.grounds}
        waiting = [item_id for item_id in sources if item_id not in found]
        found |= sources
    return found
