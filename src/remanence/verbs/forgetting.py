"""Forget: retire what is not to be recalled, erase what is not to exist; freeze and thaw; undo."""

from __future__ import annotations

from dataclasses import replace

from remanence.errors import CubeBusy, CubeDamaged, CubeFull, NotFound, Refused
from remanence.lifecycle import erasure, states, undo
from remanence.lifecycle.changes import Change
from remanence.lifecycle.erasure import ErasurePlan, InSources
from remanence.lifecycle.undo import Undone
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId, short
from remanence.model.item import Item, Revision
from remanence.model.journal import Verb
from remanence.model.state import RECALLED, State
from remanence.recall.analyser import drop_caches
from remanence.storage.port import Receipt, Snapshot
from remanence.verbs import arguments
from remanence.verbs.deriving import read_rest_again
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say


def retire(setting: Setting, prefix: str, *, because: str | None, actor: str) -> Item:
    """Keep an item and recall it no more, with the rows derived from it alone; one retired stays as it is."""
    return _move(setting, prefix, State.ARCHIVED, Verb.RETIRE, because=because, actor=actor)


def freeze(setting: Setting, prefix: str, *, because: str | None, actor: str) -> Item:
    """Protect an item from change and decay."""
    return _move(setting, prefix, State.FROZEN, Verb.FREEZE, because=because, actor=actor)


def thaw(setting: Setting, prefix: str, *, because: str | None, actor: str) -> Item:
    """Let a frozen item change again."""
    with setting.store.read() as snapshot:
        item_id = arguments.item_id(snapshot, prefix)
        rows = _rows(snapshot, item_id)
    if not any(row.state in (State.FROZEN, State.ERASED) for row in rows):
        raise Refused(f"{short(item_id)} is not frozen; there is nothing to thaw")
    return _move(setting, prefix, State.ACTIVE, Verb.THAW, because=because, actor=actor)


def plan_erasure(setting: Setting, prefix: str, *, in_sources: InSources, force: bool) -> ErasurePlan:
    """What an erasure would take, without taking it."""
    arguments.one_of(in_sources, erasure.IN_SOURCES, "in_sources")
    with setting.store.read() as snapshot:
        item_id = arguments.item_id(snapshot, prefix)
        states.refuse_unless_possible(_last_row(snapshot, item_id), State.ERASED)
        return erasure.plan_erasure(snapshot, [item_id], in_sources=in_sources, force=force)


def erase(
    setting: Setting,
    prefix: str,
    *,
    because: str | None,
    actor: str,
    in_sources: InSources,
    force: bool,
    remaining: tuple[ItemId, ...],
) -> Receipt:
    """Erase an item from every page of the file; the receipt says whether that is finished."""
    from remanence.verbs.session_summaries import renew_fallen

    arguments.one_of(in_sources, erasure.IN_SOURCES, "in_sources")
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        item_id = arguments.item_id(tx, prefix)
        states.refuse_unless_possible(_last_row(tx, item_id), State.ERASED)
        plan = erasure.plan_erasure(tx, [item_id], in_sources=in_sources, force=force)
        taken = [*plan.items, *plan.redacted]
        gone = [
            *erasure.fragments_of(tx.texts_containing(taken)),
            *erasure.fragments_of(tx.words_beside(taken)),
        ]
        change = setting.change(tx, actor=actor, reason=reason)
        erasure.erase(tx, change, plan)
        again = setting.change(tx, actor=actor, reason=None)
        derived = read_rest_again(setting, tx, again, plan.read_again)
        derived += renew_fallen(tx, again, plan)
        if derived:
            again.write()
        receipt = Receipt(
            change_set=change.number,
            erased_at=change.at,
            items=plan.items,
            redacted=plan.redacted,
            remaining=tuple(item for item in remaining if item not in taken),
            journal_head=tx.head().hash.hex(),
            pending=True,
        )
        tx.add_receipt(receipt)
    drop_caches()
    receipt = finish_erasure(setting, receipt, gone)
    if derived:
        embed_pending_or_say(setting)
    return receipt


def finish_erasure(setting: Setting, receipt: Receipt, fragments: list[bytes]) -> Receipt:
    """Drive erased bytes out of the files; the receipt, pending when a reader or the disk is in the way."""
    if not setting.store.scrub(fragments):
        return receipt
    try:
        setting.store.settle_receipts()
    except (CubeBusy, CubeFull, CubeDamaged):
        return receipt  # it could not be written down: the next writer does
    return replace(receipt, pending=False)


def take_back(setting: Setting, sequence: int, *, cascade: bool, because: str | None, actor: str) -> Undone:
    """Undo the change set that a journal line belongs to.

    Raises NotFound, Refused for an erasure, UndoConflict when later changes built on it.
    """
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        lines = tx.journal(after=sequence - 1, limit=1) if sequence > 0 else []
        if not lines or lines[0].sequence != sequence:
            raise NotFound(f"the journal has no line {sequence}; `journal` lists them")
        change = setting.change(tx, actor=actor, reason=reason)
        undone = undo.undo(tx, change, lines[0].change_set, cascade=cascade)
        change.write()
    return undone


def _move(
    setting: Setting, prefix: str, target: State, verb: Verb, *, because: str | None, actor: str
) -> Item:
    """Move an item's rows; returns it as it now is, read while nothing can fail after the fact."""
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        item_id = arguments.item_id(tx, prefix)
        rows = _rows(tx, item_id)
        if verb is not Verb.RETIRE:  # what is retired of an item is neither frozen nor thawed with the rest
            rows = [row for row in rows if row.state is not State.ARCHIVED] or rows
        change = setting.change(tx, actor=actor, reason=reason)
        moved = states.move(change, rows, target, verb)
        if moved and verb is Verb.RETIRE:
            _retire_derived(tx, change, item_id)
        if moved:
            change.write()
        return Item(row_in_force(tx.rows_of([item_id]), change.at))


def _retire_derived(tx: Snapshot, change: Change, item_id: ItemId) -> None:
    """Retire the rows whose every source is retired or erased by now, and what rests on those."""
    waiting, seen = [item_id], {item_id}
    while waiting:
        source = waiting.pop()
        for derived in tx.derived_from([source]):
            resting = [row for row in change.open_rows_of(derived) if _rests_on_nothing(change, row)]
            movable = [row for row in resting if row.state is State.ACTIVE]
            if derived not in seen and movable:
                states.move(change, movable, State.ARCHIVED, Verb.RETIRE)
                seen.add(derived)
                waiting.append(derived)


def _rests_on_nothing(change: Change, row: Revision) -> bool:
    sources = {source.item_id for source in row.provenance.sources}
    return bool(sources) and not any(
        one.state in RECALLED for source in sources for one in change.open_rows_of(source)
    )


def _last_row(snapshot: Snapshot, item_id: ItemId) -> Revision:
    """The row written last, also of an item that was undone: its words are still in the file."""
    return snapshot.rows_of([item_id], which="all")[-1]


def _rows(snapshot: Snapshot, item_id: ItemId) -> list[Revision]:
    rows = snapshot.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; redo it first (see `history`)")
    return rows
