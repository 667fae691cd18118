"""How a unit changes: a further version, with the members and links that it opens and closes.

Whoever changes a unit says what it is to be; what differs from before is found here and written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId
from remanence.model.item import NOTHING, Json
from remanence.model.journal import Verb
from remanence.model.unit import Holdings, ItemEnd, Member, UnitId, UnitVersion
from remanence.storage.port import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as a whole: a version, and what it holds."""

    version: UnitVersion
    holdings: Holdings = field(default_factory=Holdings)


def newest_state(snapshot: Snapshot, unit_id: UnitId) -> UnitState | None:
    """The unit as it is now; None where it is not stored."""
    versions = snapshot.unit_versions(unit_id)
    return UnitState(versions[-1], snapshot.holdings(unit_id)) if versions else None


def state_at(snapshot: Snapshot, version: UnitVersion) -> UnitState:
    """The unit as that version had it, without what was erased since."""
    return UnitState(version, snapshot.holdings(version.id, change_set=version.change_set))


def record(
    change: Change,
    before: UnitState | None,
    after: UnitState,
    *,
    verb: Verb = Verb.UNIT,
    detail: Mapping[str, Json] = NOTHING,
) -> UnitVersion:
    """Let a unit be as `after` says; the version as it then is, which is the old one where nothing differs.

    `before` is the stored state, None for a unit that is not stored yet. Number, change set and time of
    `after` are given here.
    """
    held = Holdings() if before is None else before.holdings
    if before is not None and _same(before, after):
        return before.version
    version = replace(
        after.version,
        number=1 if before is None else before.version.number + 1,
        change_set=change.number,
        recorded_at=change.at,
        tags=(),
    )
    step = _Step(version.id, held, after.holdings)

    def write(tx: Transaction) -> None:
        tx.add_unit_version(version)
        step.write(tx, by=change.number)

    change.attach(write)
    unit: dict[str, Json] = {"unit": version.id, "version": version.number}
    change.note(verb, None, detail={**unit, **detail})
    for item_id in step.items:
        change.note(verb, item_id, detail=unit)
    return version


def _same(before: UnitState, after: UnitState) -> bool:
    old, new = before.version, after.version
    unchanged = replace(
        new, number=old.number, change_set=old.change_set, recorded_at=old.recorded_at, tags=old.tags
    )
    return unchanged == old and replace(after.holdings, gone=()) == replace(before.holdings, gone=())


class _Step:
    """What is to be closed and opened between two holdings."""

    def __init__(self, unit_id: UnitId, old: Holdings, new: Holdings) -> None:
        self._unit_id = unit_id
        was: dict[ItemId, Member | None] = {**dict.fromkeys(old.left_out), **_by_item(old.members)}
        will: dict[ItemId, Member | None] = {**dict.fromkeys(new.left_out), **_by_item(new.members)}
        nowhere = Member(ItemId(""))
        self._closed = [one for one in was if will.get(one, nowhere) != was[one]]
        fresh = [one for one in will if was.get(one, nowhere) != will[one]]
        self._opened = [member for one in fresh if (member := will[one]) is not None]
        self._left_out = [Member(one) for one in fresh if will[one] is None]
        self._unlinked = [link for link in old.links if link not in new.links]
        self._linked = [link for link in new.links if link not in old.links]

    @property
    def items(self) -> Sequence[ItemId]:
        """The items that come, go, change their role, or stand at the end of such a link."""
        ends = [link.target for link in (*self._unlinked, *self._linked)]
        linked = [end.item_id for end in ends if isinstance(end, ItemEnd)]
        members = [member.item_id for member in (*self._opened, *self._left_out)]
        return list(dict.fromkeys([*self._closed, *members, *linked]))

    def write(self, tx: Transaction, *, by: int) -> None:
        tx.close_members(self._unit_id, self._closed, by=by)
        tx.open_members(self._unit_id, self._opened, by=by)
        tx.open_members(self._unit_id, self._left_out, by=by, left_out=True)
        tx.close_links(self._unlinked, by=by)
        tx.open_links(self._linked, by=by)


def _by_item(members: Sequence[Member]) -> dict[ItemId, Member]:
    return {member.item_id: member for member in members}
