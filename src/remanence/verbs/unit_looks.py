"""Looks at units: lists, versions, the past, and what differs between two versions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from remanence.errors import NotFound
from remanence.model.item import Json
from remanence.model.unit import Holdings, Standing, UnitDiff, UnitKind, UnitVersion
from remanence.storage.port import Snapshot
from remanence.verbs.arguments import When
from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.unit_lookup import UnitAt, all_units, find, origin_of, state_of, time_of, version_of
from remanence.verbs.unit_members import Membership, membership_of

if TYPE_CHECKING:
    from remanence.recall.index import MemoryIndex


def found(setting: Setting, name: str, kind: UnitKind | None) -> UnitVersion:
    """The unit of this name or id."""
    with setting.store.read() as snapshot:
        return find(setting, snapshot, name, kind)


def listed(setting: Setting, kind: UnitKind | None, *, retired: bool) -> list[UnitVersion]:
    """The units in use, of one kind if asked for, and those set aside if asked for."""
    wanted = {Standing.ACTIVE, Standing.RETIRED} if retired else {Standing.ACTIVE}
    with setting.store.read() as snapshot:
        return [
            one for one in all_units(setting, snapshot) if one.standing in wanted and kind in (None, one.kind)
        ]


def versions(setting: Setting, known: UnitVersion) -> tuple[UnitVersion, ...]:
    """All versions, oldest first; of a unit of which nothing is stored, what it is."""
    with setting.store.read() as snapshot:
        return _versions(snapshot, known)


def holdings(setting: Setting, wanted: UnitAt) -> Holdings:
    """What a unit holds by name, at its time."""
    with setting.store.read() as snapshot:
        return state_of(setting, snapshot, wanted).holdings


def at(setting: Setting, known: UnitVersion, when: When) -> tuple[UnitVersion, datetime]:
    """The version in force at a time, and the moment that was meant."""
    moment = time_of(setting, when)
    with setting.store.read() as snapshot:
        stored = snapshot.unit_versions(known.id)
    before = [one for one in stored if one.recorded_at <= moment]
    if before and before[-1].standing is not Standing.UNDONE:
        return before[-1], moment
    version = origin_of(stored[0]) if stored else known
    if version.rule is None:  # it does not exist without asking
        raise NotFound(f"unit {known.name!r} was not there at {moment.isoformat()}")
    return version, moment


def membership(
    setting: Setting, recaller: Recaller, wanted: UnitAt | str, *, known_at: datetime | None = None
) -> Membership:
    """The members of a unit, now or as it was at a time."""
    time = known_at if isinstance(wanted, str) else wanted.time or known_at

    def look(snapshot: Snapshot, index: MemoryIndex) -> Membership:
        state = state_of(setting, snapshot, wanted, known_at=known_at)
        return membership_of(snapshot, index, state, known_at=time)

    return recaller.looking("open" if time is None else "all", look)


def diff(
    setting: Setting, recaller: Recaller, known: UnitVersion, a: int | str, b: int | str | None
) -> UnitDiff:
    """What differs between two versions, each with the members that its rule had when it was written."""
    stored = versions(setting, known)
    first = version_of(stored, a)
    second = stored[-1] if b is None else version_of(stored, b)
    old, new = (_as_written(setting, recaller, one) for one in (first, second))
    before, after = ({member.item_id: member for member in one.members} for one in (old, new))
    named = {member.item_id: member for member in old.state.holdings.members}
    fields = {
        name: (was, is_)
        for name, was, is_ in zip(_FIELDS, _values(first), _values(second), strict=True)
        if was != is_
    }
    links_before, links_after = old.state.holdings.links, new.state.holdings.links
    return UnitDiff(
        fields=fields,
        added=tuple(one for one in after if one not in before),
        removed=tuple(one for one in before if one not in after),
        regrouped=tuple(
            member
            for member in new.state.holdings.members
            if member.item_id in named and named[member.item_id] != member
        ),
        linked=tuple(link for link in links_after if link not in links_before),
        unlinked=tuple(link for link in links_before if link not in links_after),
    )


_FIELDS = ("name", "standing", "description", "annotations", "rule")


def _values(version: UnitVersion) -> tuple[Json, ...]:
    return (
        version.name,
        version.standing.value,
        version.description,
        dict(version.annotations),
        None if version.rule is None else dict(version.rule),
    )


def _as_written(setting: Setting, recaller: Recaller, version: UnitVersion) -> Membership:
    return membership(setting, recaller, UnitAt(version, version.recorded_at if version.number else None))


def _versions(snapshot: Snapshot, known: UnitVersion) -> tuple[UnitVersion, ...]:
    stored = snapshot.unit_versions(known.id)
    if not stored or (stored[-1].standing is Standing.UNDONE and known.number == 0):
        return (known,)
    return tuple(stored)
