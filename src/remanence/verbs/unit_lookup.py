"""Finds units: those that are stored, and those that exist without asking, by name or by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from remanence.errors import AmbiguousId, InvalidInput, NotFound, Refused
from remanence.lifecycle.unit_changes import UnitState, state_at
from remanence.model.ids import clean_prefix
from remanence.model.unit import Standing, UnitId, UnitKind, UnitVersion, id_of_virtual
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.setting import Setting

SHORT_DIGITS = 8  # of an id, as items show theirs
CANDIDATES_SHOWN = 5
PREFIX_DIGITS_MIN = 6  # of an id where a name might stand: 30 bits


def all_units(setting: Setting, snapshot: Snapshot) -> list[UnitVersion]:
    """Every unit in its newest version, retired ones too: stored ones first, then a persona for each
    speaker and a context for each session of which nothing is stored."""
    stored = [one for one in snapshot.newest_units() if one.standing not in _NOWHERE]
    known = {one.id for one in stored}
    return [*stored, *(one for one in _virtual(setting, snapshot) if one.id not in known)]


def find(setting: Setting, snapshot: Snapshot, text: str, kind: UnitKind | None = None) -> UnitVersion:
    """The unit of this name ("Lisbon", "topic:Lisbon"), or whose id begins so.

    Raises NotFound and AmbiguousId.
    """
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput(f"unit {text!r} must be a name or the beginning of an id")
    names = dict.fromkeys([text, kind_and_name(text, kind)[1]])
    exactly = named([one for name in names for one in _of_name(setting, snapshot, name)], text, kind)
    if exactly is not None:
        return exactly
    units = all_units(setting, snapshot)
    found = named(units, text, kind)
    if found is not None:
        return found
    prefix = id_prefix(text)
    alike = [one for one in units if prefix and one.id.startswith(prefix) and kind in (None, one.kind)]
    if not alike:
        raise NotFound(f"no unit is named {text!r}, nor does an id begin so; `units` lists them")
    return _only(alike, text)


def named(units: Sequence[UnitVersion], text: str, kind: UnitKind | None = None) -> UnitVersion | None:
    """The one unit in use of this name, however it is capitalised where that is not needed to tell."""
    said, name = kind_and_name(text, kind)
    if said is not kind:
        found = named(units, name, said)
        if found is not None:
            return found
    active = [one for one in units if one.standing is Standing.ACTIVE and kind in (None, one.kind)]
    for alike in (
        [one for one in active if one.name == text],
        [one for one in active if one.name.casefold() == text.casefold()],
    ):
        if alike:
            return _only(alike, text)
    return None


@dataclass(frozen=True, slots=True)
class UnitAt:
    """A unit as its newest version has it, or as it was at a time."""

    version: UnitVersion
    time: datetime | None = None


def state_of(
    setting: Setting, snapshot: Snapshot, wanted: UnitAt | str, *, known_at: datetime | None = None
) -> UnitState:
    """What the unit meant holds, now or at a time; nothing where it was not made by then.

    Raises NotFound, AmbiguousId, and Refused for a unit that is retired now.
    """
    if isinstance(wanted, str):
        wanted = UnitAt(find(setting, snapshot, wanted))
    time = wanted.time or known_at
    versions = snapshot.unit_versions(wanted.version.id)
    before = [one for one in versions if time is None or one.recorded_at <= time]
    if not before or (before[-1].standing is Standing.UNDONE and wanted.version.number == 0):
        return UnitState(origin_of(versions[0]) if versions else wanted.version)
    newest = before[-1]
    if newest.standing is not Standing.ACTIVE and time is None:
        raise Refused(f"unit {wanted.version.name!r} is {newest.standing}; restore one of its versions first")
    return state_at(snapshot, newest)


def origin_of(first: UnitVersion) -> UnitVersion:
    """What a unit was before its first version: one that existed without asking, or nothing at all."""
    for field, kind in (("author", UnitKind.PERSONA), ("session", UnitKind.CONTEXT)):
        names = (first.rule or {}).get(field)
        if kind is first.kind and isinstance(names, list) and names and isinstance(names[0], str):
            name = names[0]
            if id_of_virtual(kind, name) == first.id:
                return replace(
                    first,
                    number=0,
                    name=name,
                    change_set=0,
                    description="",
                    annotations={},
                    rule={field: [name]},
                    standing=Standing.ACTIVE,
                    tags=(),
                )
    return replace(first, number=0, change_set=0, rule=None, tags=())


def id_prefix(text: str) -> str:
    """The text as the beginning of an id; "" where it can't be one, or is so short that it may be a
    mistyped name."""
    try:
        prefix = clean_prefix(text)
    except InvalidInput:
        return ""
    return prefix if len(prefix) >= PREFIX_DIGITS_MIN else ""


def kind_and_name(text: str, kind: UnitKind | None) -> tuple[UnitKind | None, str]:
    """What "topic:Lisbon" says; the text as it is where it names no kind, or a kind was given apart."""
    before, colon, after = text.partition(":")
    if kind is None and colon and before in set(UnitKind) and after.strip():
        return UnitKind(before), after.strip()
    return kind, text


def version_of(versions: Sequence[UnitVersion], wanted: int | str) -> UnitVersion:
    """The version of this number or tag. Raises NotFound that lists what there is."""
    for version in versions:
        if wanted == version.number or wanted in version.tags or str(wanted) == str(version.number):
            return version
    there = ", ".join(" ".join([str(one.number), *(f"({tag})" for tag in one.tags)]) for one in versions)
    raise NotFound(f"the unit has no version {wanted!r}; it has: {there or 'none, since nothing changed it'}")


def short_id(unit_id: UnitId) -> str:
    """The first digits, which tell units apart."""
    return unit_id[:SHORT_DIGITS]


def time_of(setting: Setting, when: arguments.When) -> datetime:
    """The last moment of what is meant."""
    found = arguments.ending(when, now=setting.clock.now(), zone=setting.zone, name="time")
    return setting.clock.now() if found is None else found


def _virtual(setting: Setting, snapshot: Snapshot) -> list[UnitVersion]:
    return _existing(setting, snapshot.speakers(), snapshot.sessions_in_use())


def _of_name(setting: Setting, snapshot: Snapshot, name: str) -> list[UnitVersion]:
    """The units of this very name, without looking at all there are."""
    stored = [one for one in snapshot.newest_units() if one.standing not in _NOWHERE]
    speakers = [name] if snapshot.is_speaker(name) else []
    sessions = [name] if snapshot.is_session_in_use(name) else []
    known = {one.id for one in stored}
    alike = [one for one in stored if one.name == name]
    return [*alike, *(one for one in _existing(setting, speakers, sessions) if one.id not in known)]


def _existing(setting: Setting, speakers: Sequence[str], sessions: Sequence[str]) -> list[UnitVersion]:
    """The units that exist without asking, of these speakers and sessions."""
    made = setting.store.facts.created_at

    def one(kind: UnitKind, field: str, name: str) -> UnitVersion:
        return UnitVersion(id_of_virtual(kind, name), kind, 0, name, 0, made, rule={field: [name]})

    personas = [one(UnitKind.PERSONA, "author", name) for name in speakers]
    return [*personas, *(one(UnitKind.CONTEXT, "session", name) for name in sessions)]


def _only(alike: Sequence[UnitVersion], text: str) -> UnitVersion:
    if len(alike) > 1:
        shown = ", ".join(f"{one.kind}:{one.name} ({short_id(one.id)})" for one in alike[:CANDIDATES_SHOWN])
        more = ", ..." if len(alike) > CANDIDATES_SHOWN else ""
        raise AmbiguousId(f"{text!r} is several units: {shown}{more}; say which")
    return alike[0]


_NOWHERE = (Standing.UNDONE, Standing.ERASED)
