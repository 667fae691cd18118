"""Forget a document as a whole: retire its passages and its unit, or erase them with its name."""

from __future__ import annotations

from dataclasses import replace

from remanence.errors import NotFound
from remanence.lifecycle import states
from remanence.lifecycle.unit_changes import UnitState, newest_state, record
from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.model.state import State
from remanence.model.unit import Standing
from remanence.storage.port import Receipt, Snapshot, Transaction
from remanence.verbs import arguments, forgetting, unit_links
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.unit_editing import By


def retire_document(setting: Setting, name: str, by: By) -> tuple[ItemId, ...]:
    """Retire a document's passages and its unit, as one change; the cube holds it no more.

    Returns the passages. Raises NotFound, and ItemFrozen where one of them is frozen.
    """
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        version = document_named(tx, name)
        change = setting.change(tx, actor=by.actor, reason=reason)
        retired = []
        for item_id, rows in _standing(tx, version).items():
            if states.move(change, rows, State.ARCHIVED, Verb.RETIRE):
                retired.append(item_id)
        before = newest_state(tx, version.unit_id)
        if before is not None and before.version.standing is Standing.ACTIVE:
            after = UnitState(replace(before.version, standing=Standing.RETIRED), before.holdings)
            record(change, before, after)

        def write(tx: Transaction) -> None:
            tx.close_document_versions([version.number], by=change.number)

        change.attach(write)
        change.note(Verb.RETIRE, None, detail={"unit": version.unit_id})
        settle(tx, change, retired)
        change.write()
    return tuple(retired)


def erase_document(setting: Setting, name: str, by: By, *, force: bool) -> Receipt:
    """Erase a document: the text of its passages, in all versions, its name, and its unit's words.

    Raises NotFound, and ItemFrozen unless forced. The receipt is that of the passages.
    """
    with setting.store.read() as snapshot:
        version = document_named(snapshot, name)
        items = _with_words(snapshot, snapshot.items_of_document(name))
        unit = newest_state(snapshot, version.unit_id)
    receipt = forgetting.erase(
        setting,
        items,
        because=by.because,
        actor=by.actor,
        in_sources="passage",
        force=force,
        remaining=(),
    )
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=None)
        change.attach(lambda tx: tx.erase_document_words(name, by=change.number))
        change.note(Verb.ERASE, None, detail={"unit": version.unit_id})
        change.write()
    if unit is None or unit.version.standing is Standing.ERASED:
        return receipt
    last = unit_links.erase_unit(setting, unit.version, By(by.actor, None))
    return replace(receipt, pending=receipt.pending or last.pending)


def document_named(snapshot: Snapshot, name: str) -> DocumentVersion:
    """The document of this name; raises NotFound that says where names are listed."""
    version = snapshot.document_named(name) if isinstance(name, str) else None
    if version is None:
        raise NotFound(f"no document is named {name!r}; `documents` lists them")
    return version


def _standing(snapshot: Snapshot, version: DocumentVersion) -> dict[ItemId, list[Revision]]:
    rows: dict[ItemId, list[Revision]] = {}
    for row in snapshot.rows_of(version.items):
        if row.state not in (State.ARCHIVED, State.ERASED, State.MERGED, State.SUPERSEDED):
            rows.setdefault(row.item_id, []).append(row)
    return rows


def _with_words(snapshot: Snapshot, items: tuple[ItemId, ...]) -> list[ItemId]:
    """Those of which a word is left."""
    kept = {row.item_id for row in snapshot.rows_of(items, which="all") if row.text_id}
    return [item_id for item_id in items if item_id in kept]
