"""Carries out on a restored cube the erasures that were made after it was exported, by their receipts."""

from __future__ import annotations

from collections.abc import Iterable

from remanence.model.ids import ItemId
from remanence.model.state import State
from remanence.storage.port import Receipt, Snapshot
from remanence.verbs import forgetting
from remanence.verbs.setting import Setting


def erase_again(setting: Setting, receipts: Iterable[Receipt]) -> int:
    """Erase what these receipts tell of, where it is there again; returns how many items went."""
    with setting.store.read() as snapshot:
        known = {receipt.journal_head for receipt in snapshot.receipts()}
    gone = 0
    for receipt in receipts:
        if receipt.journal_head in known:
            continue
        with setting.store.read() as snapshot:
            items = [item for item in receipt.items if _is_there(snapshot, item)]
        if items:
            done = forgetting.erase(
                setting,
                items,
                because=receipt.reason,
                actor=receipt.actor or setting.owner,
                in_sources="passage" if receipt.redacted else "keep",
                force=True,
                remaining=(),
            )
            gone += len(done.items)
    return gone


def _is_there(snapshot: Snapshot, item: ItemId) -> bool:
    rows = snapshot.rows_of([item], which="all")
    return bool(rows) and rows[-1].state is not State.ERASED
