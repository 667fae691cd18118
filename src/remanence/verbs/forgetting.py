"""Forget: retire what is not to be recalled, erase what is not to exist; freeze and thaw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from remanence.errors import CubeBusy, CubeDamaged, CubeFull, NotFound, Refused
from remanence.lifecycle import erasure, states
from remanence.lifecycle.erasure import ErasurePlan, InSources
from remanence.lifecycle.merging import merged_into
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId, short
from remanence.model.item import Item, Revision
from remanence.model.journal import Verb
from remanence.model.state import State
from remanence.storage.port import Receipt, Snapshot
from remanence.verbs import arguments
from remanence.verbs.deriving import read_rest_again
from remanence.verbs.letting_go import let_go_of_texts
from remanence.verbs.queueing import let_read_again
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
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
        items = _with_merged(snapshot, [_erasable(snapshot, prefix)])
        return erasure.plan_erasure(snapshot, items, in_sources=in_sources, force=force)


def erase(
    setting: Setting,
    prefixes: Sequence[str],
    *,
    because: str | None,
    actor: str,
    in_sources: InSources,
    force: bool,
    remaining: tuple[ItemId, ...],
) -> Receipt:
    """Erase items from every page of the file, with what is merged into them, as one change.

    The receipt says whether that is finished.
    """
    from remanence.verbs.session_summaries import renew_fallen

    arguments.one_of(in_sources, erasure.IN_SOURCES, "in_sources")
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        items = [_erasable(tx, prefix) for prefix in prefixes]
        plan = erasure.plan_erasure(tx, _with_merged(tx, items), in_sources=in_sources, force=force)
        taken = [*plan.items, *plan.redacted]
        gone = erasure.fragments_of(tx.texts_containing(taken))
        gone += erasure.fragments_of(tx.words_beside(taken))
        kinds = {row.item_id: row.content.kind.value for row in tx.rows_of(taken, which="all")}
        digests = erasure.digests_of(tx, taken)
        change = setting.change(tx, actor=actor, reason=reason)
        erasure.erase(tx, change, plan)
        again = setting.change(tx, actor=actor, reason=None)
        derived = read_rest_again(setting, tx, again, plan.read_again)
        derived += renew_fallen(tx, again, plan)
        if derived:
            again.write()
        let_read_again(setting, tx, plan.read_again, at=change.at)
        receipt = Receipt(
            change_set=change.number,
            erased_at=change.at,
            items=plan.items,
            redacted=plan.redacted,
            remaining=tuple(item for item in remaining if item not in taken),
            journal_head=tx.head().hash.hex(),
            pending=True,
            kinds=tuple(kinds[item_id] for item_id in plan.items),
            digests=digests,
            actor=actor,
            reason=reason,
        )
        tx.add_receipt(receipt)
    let_go_of_texts()
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
            settle(tx, change, [item_id])
        if moved:
            change.write()
        return Item(row_in_force(tx.rows_of([item_id]), change.at))


def _erasable(snapshot: Snapshot, prefix: str) -> ItemId:
    item_id = arguments.item_id(snapshot, prefix)
    states.refuse_unless_possible(_last_row(snapshot, item_id), State.ERASED)
    return item_id


def _with_merged(snapshot: Snapshot, items: Sequence[ItemId]) -> list[ItemId]:
    """The items and those merged into them, which say the same."""
    return [*items, *(merged for item_id in items for merged in merged_into(snapshot, item_id))]


def _last_row(snapshot: Snapshot, item_id: ItemId) -> Revision:
    """The row written last, also of an item that was undone: its words are still in the file."""
    return snapshot.rows_of([item_id], which="all")[-1]


def _rows(snapshot: Snapshot, item_id: ItemId) -> list[Revision]:
    rows = snapshot.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; redo it first (see `history`)")
    return rows
