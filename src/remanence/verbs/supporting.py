"""Truth maintenance within a change, and the two questions about it: why, and what would fall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from remanence.beliefs import support
from remanence.beliefs.support import Footing
from remanence.errors import NotFound, Refused
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId, short
from remanence.model.item import STATED, Item, Revision, Source
from remanence.model.journal import Verb
from remanence.model.state import RECALLED, State
from remanence.model.support import Impact, Support
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.setting import Setting

DEPTH_MAX = 20  # of a printed tree; deeper chains of derivation say nothing to a reader
LINES_OF_A_CHANGE_MAX = 16  # about one item: an undo that brings it back, and what that makes of it
LOST = "lost"  # in a journal line's detail: the sources whose fall took a row along


def settle(tx: Snapshot, change: Change, items: Iterable[ItemId]) -> None:
    """After these items changed: what rested on them alone falls, what fell so and rests on them returns.

    Of what a source said for a time that has ended, the derived row keeps that time. Frozen rows stay.
    """
    waiting = list(dict.fromkeys(items))
    for item_id in waiting:  # what an undo brought back may have lost its support meanwhile
        _settle_item(tx, change, item_id)
    while waiting:
        below = [one for one in tx.derived_from(waiting) if one not in waiting]
        waiting = [item_id for item_id in below if _settle_item(tx, change, item_id)]


def why(setting: Setting, prefix: str) -> Support:
    """The tree of what an item rests on; see Cube.why."""
    now = setting.clock.now()
    with setting.store.read() as snapshot:
        item_id = arguments.item_id(snapshot, prefix)
        row = _shown(snapshot, item_id, now)
        return _tree(snapshot, row, now, passage=None, depth=0)


def impact(setting: Setting, prefix: str) -> Impact:
    """What would lose its last support with an item; see Cube.impact."""
    now = setting.clock.now()
    with setting.store.read() as snapshot:
        item_id = arguments.item_id(snapshot, prefix)
        item = Item(_shown(snapshot, item_id, now))
        fallen: dict[ItemId, Item] = {item_id: item}
        weakened: dict[ItemId, Item] = {}
        waiting = [item_id]
        while waiting:
            reached = []
            for derived in snapshot.derived_from(waiting):
                rows = [row for row in snapshot.rows_of([derived]) if row.state in RECALLED]
                resting = [row for row in rows if _names(row, fallen)]
                if derived in fallen or not resting:
                    continue
                row = row_in_force(resting, now)
                if all(_would_fall(snapshot, one, fallen, now) for one in resting):
                    fallen[derived] = Item(row)
                    weakened.pop(derived, None)
                    reached.append(derived)
                else:
                    weakened[derived] = Item(row)
            waiting = reached
    del fallen[item_id]
    return Impact(item, tuple(fallen.values()), tuple(weakened.values()))


def _settle_item(tx: Snapshot, change: Change, item_id: ItemId) -> bool:
    now = change.at
    moved = False
    for row in change.open_rows_of(item_id):
        if not row.provenance.grounds:
            continue
        up = support.stands(row, lambda source: change.open_rows_of(source.item_id), now=now)
        if row.state is State.ARCHIVED and up and _fell_for_want_of_support(tx, row):
            moved |= states.move(change, [row], State.ACTIVE, Verb.RETURN)
        elif row.state in (State.ACTIVE, State.DORMANT, State.GENERATED) and not up:
            moved |= _let_fall(change, row, now)
    return moved


def _let_fall(change: Change, row: Revision, now: datetime) -> bool:
    end = support.held_until(row, lambda source: change.open_rows_of(source.item_id), now=now)
    if end is not None and row.valid.end is not None and row.valid.end <= end:
        return False  # it claims nothing of a time for which its support is gone
    change.close_row(row)
    if end is None:
        copy = change.copy_row(row, state=State.ARCHIVED)
    else:
        copy = change.copy_row(row, valid=support.shortened(row.valid, end))
    lost: list[str] = [source.item_id for source in row.provenance.grounds]
    change.note(Verb.RETIRE, row.item_id, opened=[copy], closed=[row], detail={LOST: [*lost]})
    return True


def _fell_for_want_of_support(tx: Snapshot, row: Revision) -> bool:
    lines = tx.journal(after=row.opened_by - 1, limit=LINES_OF_A_CHANGE_MAX, item_id=row.item_id)
    return any(LOST in line.entry.detail and row.id in line.entry.opened for line in lines)


def _names(row: Revision, items: Iterable[ItemId]) -> bool:
    named = {source.item_id for source in row.provenance.grounds}
    return not named.isdisjoint(items)


def _would_fall(snapshot: Snapshot, row: Revision, fallen: Iterable[ItemId], now: datetime) -> bool:
    gone = set(fallen)
    return not row.provenance.is_stated and not any(
        support.footing(source, snapshot.rows_of([source.item_id]), now=now) is Footing.STANDS
        for source in row.provenance.sources
        if source.item_id not in gone
    )


def _shown(snapshot: Snapshot, item_id: ItemId, now: datetime) -> Revision:
    rows = snapshot.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; `history` shows what it was")
    return row_in_force([row for row in rows if row.state in RECALLED] or rows, now)


def _tree(snapshot: Snapshot, row: Revision, now: datetime, *, passage: str | None, depth: int) -> Support:
    sources = row.provenance.sources if depth < DEPTH_MAX else ()
    rows = {source: snapshot.rows_of([source.item_id]) for source in sources}
    below = []
    for source in sources:
        standing = [one for one in rows[source] if one.state in RECALLED] or rows[source]
        shown = row_in_force(standing, now) if standing else _last(snapshot, source.item_id)
        node = _tree(snapshot, shown, now, passage=_passage(source, shown), depth=depth + 1)
        foot = support.footing(source, rows[source], now=now)
        fallen = foot is not Footing.STANDS
        below.append(
            Support(
                node.item,
                node.stands and not fallen,
                foot.value if fallen else node.reason,
                node.passage,
                node.sources,
            )
        )
    up = row.state in RECALLED and support.stands(row, lambda source: rows.get(source, ()), now=now)
    return Support(Item(row), up, _reason(row, up), passage, tuple(below))


def _last(snapshot: Snapshot, item_id: ItemId) -> Revision:
    return snapshot.rows_of([item_id], which="all")[-1]


def _passage(source: Source, row: Revision) -> str | None:
    if source.start is None or source.end is None or source.text_id not in (None, row.text_id):
        return None
    return row.content.text[source.start : source.end]


def _reason(row: Revision, up: bool) -> str:
    if row.state is State.ERASED:
        return Footing.ERASED.value
    said = row.provenance
    how = "said" if said.method == "observed" else STATED if said.is_stated else said.method
    told = f"{how} by {said.author}, {said.said_at:%Y-%m-%d}"
    belief = row.content.belief
    if said.grounds:
        told = f"{said.method}, believed {belief.mean:.2f} on {belief.strength:g} observations"
        if not up:
            told += ", nothing it rests on stands"
    if row.state is State.ARCHIVED:
        told += ", retired"
    if row.recorded.end is not None:
        told += ", undone"
    return told


def refuse_circles(snapshot: Snapshot, item_id: ItemId, sources: Sequence[ItemId]) -> None:
    """Raise Refused where one of the sources is derived, at whatever remove, from the item itself."""
    seen, waiting = {item_id}, [item_id]
    while waiting:
        waiting = [one for one in snapshot.derived_from(waiting) if one not in seen]
        seen.update(waiting)
    for source in sources:
        if source in seen:
            raise Refused(
                f"{short(source)} rests on {short(item_id)} itself; a derivation in a circle supports nothing"
            )
