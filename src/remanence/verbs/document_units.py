"""The topic unit of a document: its passages as members in order, each in the role of its headings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_changes import UnitState, newest_state, record
from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId, new_item_id
from remanence.model.unit import Member, Standing, UnitId, UnitKind, UnitVersion
from remanence.storage.port import Transaction
from remanence.verbs.documents import fit_name
from remanence.verbs.setting import Setting
from remanence.verbs.unit_editing import ID_RANDOM_BITS

PATH_MARK = " > "  # between the headings of a path


@dataclass(frozen=True, slots=True)
class Placed:
    """An item at its place in a document; of one that was erased the place alone is left."""

    item_id: ItemId
    heading: tuple[str, ...] = ()
    lacks_words: bool = False  # an erasure took some of them, or all:
    is_erased: bool = False

    @property
    def role(self) -> str | None:
        """Its headings as one name."""
        return fit_name(PATH_MARK.join(self.heading)) or None


def keep_unit(
    setting: Setting,
    tx: Transaction,
    change: Change,
    name: str,
    old: DocumentVersion | None,
    placed: Sequence[Placed],
) -> UnitId:
    """Let the document's unit hold its passages; a retired one stays as it is, an erased one is made anew.

    What somebody else put into the unit stays in it, and what they took out stays out.
    """
    before = None if old is None else newest_state(tx, old.unit_id)
    if before is not None and before.version.standing is Standing.RETIRED:
        return before.version.id
    if before is None or before.version.standing is not Standing.ACTIVE:
        state = UnitState(_fresh(setting, tx, change, fit_name(name)))
        return record(change, None, _holding(state, (), placed)).id
    had = () if old is None else old.items
    return record(change, before, _holding(before, had, placed)).id


def _holding(state: UnitState, had: Collection[ItemId], placed: Sequence[Placed]) -> UnitState:
    held = {member.item_id: member for member in state.holdings.members}
    own = {*had, *(one.item_id for one in placed)}
    taken_out = {*(item_id for item_id in had if item_id not in held), *state.holdings.left_out}
    members = [
        Member(one.item_id, one.role, place)
        for place, one in enumerate(placed)
        if not one.is_erased and one.item_id not in taken_out
    ]
    members += [member for item_id, member in held.items() if item_id not in own]
    return replace(state, holdings=replace(state.holdings, members=tuple(members)))


def _fresh(setting: Setting, tx: Transaction, change: Change, name: str) -> UnitVersion:
    """A topic of the document's name, or of one beside it where that is taken."""
    number = 1
    while tx.has_topic_named(name if number == 1 else _beside(name, number)):
        number += 1
    made = new_item_id(int(change.at.timestamp() * 1000), setting.clock.random_bits(ID_RANDOM_BITS))
    free = name if number == 1 else _beside(name, number)
    return UnitVersion(UnitId(made), UnitKind.TOPIC, 0, free, 0, change.at)


def _beside(name: str, number: int) -> str:
    """What a document's unit is named where other topics have its name."""
    return fit_name(f"{name} (document)" if number == 2 else f"{name} (document {number - 1})")
