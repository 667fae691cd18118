"""Takes back what change sets did to units: each is again as its version before had it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from remanence.errors import Refused
from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_changes import UnitState, newest_state, record, state_at
from remanence.model.ids import ItemId
from remanence.model.item import Json
from remanence.model.journal import Verb
from remanence.model.unit import Holdings, Standing, UnitId
from remanence.storage.port import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class UnitsUndone:
    """Whether the sets had touched units or links, and anything of that was left to undo; members that stay
    gone because they were erased; and the units that changed."""

    touched: bool
    changed: bool
    gone: tuple[ItemId, ...]
    units: tuple[UnitId, ...] = ()


def unit_sets_built_on(snapshot: Snapshot, change_set: int) -> set[int]:
    """The change sets that wrote later versions of the units that this one changed."""
    return {
        version.change_set
        for changed in snapshot.unit_versions_of(change_set)
        for version in snapshot.unit_versions(changed.id)
        if version.number > changed.number
    }


def take_units_back(
    tx: Transaction,
    change: Change,
    order: Sequence[int],
    *,
    detail: Mapping[str, Json],
    verb: Verb = Verb.UNDO,
    past_erasures: bool = False,
) -> UnitsUndone:
    """Undo what these sets, newest first, did to units, links, tags and refusals, within `change`.

    Raises Refused where a unit's words were erased since; `past_erasures` leaves such units as they are.
    """
    marks = sum(tx.take_back_marks(number, by=change.number) for number in order)
    if marks:
        change.note(verb, None, detail=detail)
    oldest: dict[UnitId, int] = {}
    for number in order:
        for version in tx.unit_versions_of(number):
            oldest[version.id] = min(version.number, oldest.get(version.id, version.number))
    gone: list[ItemId] = []
    units: list[UnitId] = []
    for unit_id, first in oldest.items():
        now = newest_state(tx, unit_id)
        assert now is not None, "a unit with a version is stored"
        if now.version.standing is Standing.ERASED:
            if past_erasures:
                continue
            raise Refused(
                f"the words of unit {unit_id[:8]} were erased; no version of it can be brought back"
            )
        if first == 1:
            then = UnitState(replace(now.version, standing=Standing.UNDONE), Holdings())
        else:
            then = state_at(tx, tx.unit_versions(unit_id)[first - 2])
        gone += then.holdings.gone
        if record(change, now, then, verb=verb, detail=detail).change_set == change.number:
            units.append(unit_id)
    touched, changed = bool(marks or oldest), bool(marks or units)
    return UnitsUndone(touched, changed, tuple(dict.fromkeys(gone)), tuple(units))
