"""The rows of deeds: how one is known again, what it is linked to, and how its row gives way to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from remanence.lifecycle.changes import Change, apply_update
from remanence.lifecycle.states import refuse_unless_changeable
from remanence.model import bitemporal
from remanence.model.bitemporal import Update
from remanence.model.deed import Action, Deed, Goal, deed_of, metadata_of, retold
from remanence.model.ids import ItemId
from remanence.model.item import Content, Revision, Source, event_of
from remanence.model.journal import Verb
from remanence.model.state import RECALLED, State
from remanence.model.unit import ItemEnd
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.remembering import spoken_times
from remanence.verbs.setting import Setting

CALLED = "called"  # the method of a call that has an id of its own
SERVES = "serves"  # the link from what is done to the goal or decision that it is done for
RESTS_ON = "depends_on"  # the link from a decision to what speaks for it
PART_OF = "part_of"  # the link from a goal to the larger one


def call_known(tx: Snapshot, call_id: str, session: str | None) -> Revision | None:
    """The row in force of the newest action that has this call's id, in this session if both name one."""
    rows = [row for row in tx.imported_rows(CALLED, [call_id]) if row.is_open and row.state in RECALLED]
    fitting = [row for row in rows if session is None or row.provenance.session in (None, session)]
    if not fitting:
        return None
    newest = max(fitting, key=lambda row: (row.provenance.said_at, row.id))
    own = [row for row in fitting if row.item_id == newest.item_id]
    return max(own, key=lambda row: row.valid.start_micros)


def grounds_of(snapshot: Snapshot, decision: ItemId) -> list[ItemId]:
    """What a decision rests on, in the order in which that was said."""
    end = ItemEnd(decision)
    return [
        link.target.item_id
        for link in snapshot.links_of(end)
        if link.type == RESTS_ON and link.source == end and isinstance(link.target, ItemEnd)
    ]


def renewed(
    change: Change,
    item_id: ItemId,
    deed: Deed,
    *,
    at: datetime | None,
    times_of: Setting | None = None,
    sources: Sequence[Source] = (),
) -> Revision:
    """Let an item bear this deed from `at` on, until what is known of later; what held before goes on.

    Without `at`, or one not after the item's beginning, it takes the place of what was known. `times_of`
    reads the times that its text names; `sources` are what it rests on further.
    """
    rows = [row for row in change.open_rows_of(item_id) if row.state is not State.ARCHIVED]
    refuse_unless_changeable(rows or change.open_rows_of(item_id))
    moment = change.at if at is None else at
    old = bitemporal.row_in_force(rows, moment)
    was = deed_of(old.content)
    assert was is not None, "only a deed has an outcome"
    start = old.valid.start
    if at is None or (start is not None and at <= start):
        update = bitemporal.update(rows, now=moment)
    else:
        later = [row.valid.start for row in rows if row.valid.start is not None and row.valid.start > at]
        update = bitemporal.update(rows, now=moment, valid_from=at, valid_to=min(later, default=None))
    content = replace(
        old.content,
        text=retold(old.content, was, deed),
        metadata=arguments.metadata({**old.content.metadata, **metadata_of(deed)}),
    )
    if times_of is not None and not isinstance(deed, Action):
        times = spoken_times(times_of, content.text, old.provenance.said_at)
        due = old.content.event if isinstance(deed, Goal) else None
        content = replace(content, times=times, event=due or event_of(times))
    if content.text == old.content.text:
        return _copied(change, item_id, update, old, content)
    provenance = replace(old.provenance, sources=(*old.provenance.sources, *sources))
    return apply_update(change, item_id, update, content, provenance)


def _copied(change: Change, item_id: ItemId, update: Update, old: Revision, content: Content) -> Revision:
    """As `apply_update`, where the words stay: what rests on them goes on resting on the same text."""
    for row in update.closed:
        change.close_row(row)
    remainders = [change.copy_row(rest.row, valid=rest.valid) for rest in update.remainders]
    row = change.copy_row(old, valid=update.valid, content=content)
    change.note(Verb.REVISE, item_id, opened=[row, *remainders], closed=update.closed)
    return row
