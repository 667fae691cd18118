"""Changes units: each call is one change set and, where it changes anything, one further version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from remanence.errors import InvalidInput, ItemErased, NotFound, Refused
from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_changes import UnitState, newest_state, record, state_at
from remanence.model.ids import ItemId, new_item_id, short
from remanence.model.item import Item, Json
from remanence.model.journal import Verb
from remanence.model.state import State
from remanence.model.unit import Member, Standing, UnitId, UnitKind, UnitVersion
from remanence.storage.port import Snapshot, Transaction
from remanence.units.rules import parse_rule
from remanence.verbs import arguments
from remanence.verbs.setting import Setting
from remanence.verbs.unit_lookup import all_units, kind_and_name, named, short_id, version_of

MEMBERS_MAX = 100_000  # named in one unit; a rule may bring in more
DESCRIPTION_CHARS_MAX = 10_000
ID_RANDOM_BITS = 74


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and why."""

    actor: str
    because: str | None


@dataclass(frozen=True, slots=True)
class Fields:
    """What of a unit is to be set; None leaves it. `rule` may also be given as no rule: {}."""

    name: str | None = None
    description: str | None = None
    annotations: Mapping[str, Json] | None = None
    rule: Mapping[str, object] | str | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """A unit as one of its versions had it, and the members that are gone because they were erased."""

    version: UnitVersion
    gone: tuple[ItemId, ...]


Transform = Callable[[Transaction, UnitState], UnitState]


def make(setting: Setting, name: str, kind: UnitKind | None, given: Fields, by: By) -> UnitVersion:
    """The unit of this name; made where there is none, and set as `given` says."""
    name = arguments.name(name, "unit name")
    with setting.store.read() as snapshot:
        known = named(all_units(setting, snapshot), name, kind)
    if known is None:
        kind, name = kind_and_name(name, kind)
        made, known = _made(setting, name, kind, given, by)
        if made is not None:
            return made
    if given == Fields():
        return known
    return set_fields(setting, known, given, by)


def set_fields(setting: Setting, known: UnitVersion, given: Fields, by: By) -> UnitVersion:
    """Give a unit another name, description, annotations or rule."""
    return edit(setting, known, lambda tx, state: _with(setting, tx, state, given), by)


def add(
    setting: Setting,
    known: UnitVersion,
    items: Sequence[Item | str],
    by: By,
    *,
    role: str | None,
    order: int | None,
) -> UnitVersion:
    """Let items be members; of one that is a member already, role and order are set where given."""
    role = None if role is None else arguments.name(role, "role")
    if order is not None and (isinstance(order, bool) or not isinstance(order, int) or abs(order) >= 2**53):
        raise InvalidInput(f"order {order!r} must be a whole number")
    if not items:
        raise InvalidInput("no item was given; name at least one to add")

    def added(tx: Transaction, state: UnitState) -> UnitState:
        members = {member.item_id: member for member in state.holdings.members}
        for place, item in enumerate(items):
            item_id = live_item(tx, item)
            old = members.get(item_id, Member(item_id))
            members[item_id] = Member(
                item_id,
                old.role if role is None else role,
                old.order if order is None else order + place,
            )
        if len(members) > MEMBERS_MAX:
            raise InvalidInput(
                f"the unit would have {len(members)} members, above MEMBERS_MAX = {MEMBERS_MAX}"
            )
        left_out = tuple(one for one in state.holdings.left_out if one not in members)
        holdings = replace(state.holdings, members=tuple(members.values()), left_out=left_out)
        return replace(state, holdings=holdings)

    return edit(setting, known, added, by)


def remove(setting: Setting, known: UnitVersion, items: Sequence[Item | str], by: By) -> UnitVersion:
    """Let items be members no more; of a unit with a rule, also where the rule would bring them in."""
    if not items:
        raise InvalidInput("no item was given; name at least one to remove")

    def removed(tx: Transaction, state: UnitState) -> UnitState:
        holdings, ruled = state.holdings, state.version.rule is not None
        gone = [arguments.item_id(tx, item) for item in items]
        held = {member.item_id for member in holdings.members}
        strangers = [one for one in gone if one not in held]
        if strangers and not ruled:
            raise NotFound(f"{short(strangers[0])} is no member of {state.version.name!r}")
        members = tuple(member for member in holdings.members if member.item_id not in gone)
        left_out = tuple(dict.fromkeys([*holdings.left_out, *(gone if ruled else ())]))
        return replace(state, holdings=replace(holdings, members=members, left_out=left_out))

    return edit(setting, known, removed, by)


def retire(setting: Setting, known: UnitVersion, by: By) -> UnitVersion:
    """Set a unit aside: kept with all its versions, listed and found by name no more."""
    return edit(
        setting,
        known,
        lambda _, state: replace(state, version=replace(state.version, standing=Standing.RETIRED)),
        by,
    )


def restore(setting: Setting, known: UnitVersion, wanted: int | str, by: By) -> Restored:
    """Let a unit be as one of its versions had it, as a further version; see Unit.restore."""
    gone: list[ItemId] = []

    def restored(tx: Transaction, state: UnitState) -> UnitState:
        then = state_at(tx, version_of(tx.unit_versions(state.version.id), wanted))
        if then.version.standing is Standing.UNDONE:
            raise Refused(f"version {wanted} is where the unit's making was undone; choose another")
        gone.extend(then.holdings.gone)
        _refuse_taken_name(setting, tx, then.version)
        return then

    version = edit(setting, known, restored, by, retired_too=True)
    return Restored(version, tuple(gone))


def fork(setting: Setting, origin: UnitState, name: str, by: By) -> UnitVersion:
    """A new unit that begins with what this one holds, at whatever time it was taken."""
    given = Fields(name=arguments.name(name, "unit name"))
    reason = arguments.reason(by.because)
    old = origin.version
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        fresh = replace(old, id=_new_id(setting, change), standing=Standing.ACTIVE)
        held = replace(tx.holdings(old.id, change_set=old.change_set or None), gone=())
        state = _with(setting, tx, UnitState(fresh, held), given)
        _refuse_taken_name(setting, tx, state.version)
        version = record(change, None, state, detail={"from": old.id, "from_version": old.number})
        change.write()
    return version


def tag(setting: Setting, known: UnitVersion, wanted: int | str | None, name: str, by: By) -> UnitVersion:
    """Name a version of a unit, the newest if none is given; raises InvalidInput for a name in use."""
    name = arguments.name(name, "tag")
    if name.isdecimal():
        raise InvalidInput(f"tag {name!r} is a number, and numbers are versions; give it a letter")
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        versions = tx.unit_versions(known.id)
        if not versions:
            raise Refused(f"{known.name!r} exists without asking and has no version yet; change it first")
        version = versions[-1] if wanted is None else version_of(versions, wanted)
        holder = next((one for one in versions if name in one.tags), None)
        if holder is not None:
            if holder.number == version.number:
                return version
            raise InvalidInput(f"the tag {name!r} names version {holder.number} already; choose another")
        change = setting.change(tx, actor=by.actor, reason=reason)
        change.attach(lambda tx: tx.add_unit_tag(version.id, version.number, name, by=change.number))
        change.note(Verb.UNIT, None, detail={"unit": version.id, "tagged": version.number})
        change.write()
    return replace(version, tags=(*version.tags, name))


def edit(
    setting: Setting,
    known: UnitVersion,
    transform: Transform,
    by: By,
    *,
    verb: Verb = Verb.UNIT,
    retired_too: bool = False,
) -> UnitVersion:
    """Change the newest version of a unit, whatever version the caller knew; one change set or none."""
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        before, state = state_to_change(tx, known, retired_too=retired_too)
        version = record(change, before, transform(tx, state), verb=verb)
        if version.change_set == change.number:
            change.write()
    return version


def state_to_change(
    tx: Snapshot, known: UnitVersion, *, retired_too: bool = False
) -> tuple[UnitState | None, UnitState]:
    """What is stored of a unit, and the state to change: of one that exists without asking, that alone.

    Raises NotFound where its making was undone, and Refused where it is retired or erased.
    """
    stored = newest_state(tx, known.id)
    if stored is None or (stored.version.standing is Standing.UNDONE and known.number == 0):
        return stored, UnitState(known)
    standing, name = stored.version.standing, known.name
    if standing is Standing.UNDONE:
        raise NotFound(f"the making of unit {name!r} was undone; redo it first (see `journal`)")
    if standing is Standing.ERASED:
        raise Refused(f"the words of unit {name!r} were erased; make a new one")
    if standing is Standing.RETIRED and not retired_too:
        raise Refused(f"unit {name!r} is retired; restore one of its versions first")
    return stored, stored


def live_item(tx: Snapshot, item: Item | str) -> ItemId:
    """An item that is there: raises NotFound, AmbiguousId, or ItemErased for one that was erased."""
    item_id = arguments.item_id(tx, item)
    rows = tx.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; redo it first (see `history`)")
    if any(row.state is State.ERASED for row in rows):
        raise ItemErased(f"{short(item_id)} was erased; nothing is left of it to belong or link to")
    return item_id


def fresh_unit(setting: Setting, tx: Snapshot, change: Change, name: str, kind: UnitKind) -> UnitVersion:
    """A unit about to be made; raises InvalidInput where one of its kind has the name."""
    fresh = UnitVersion(_new_id(setting, change), kind, 0, name, 0, change.at)
    _refuse_taken_name(setting, tx, fresh)
    return fresh


def _made(
    setting: Setting, name: str, kind: UnitKind | None, given: Fields, by: By
) -> tuple[UnitVersion, UnitVersion] | tuple[None, UnitVersion]:
    """The unit that was made, or None and the one that another process has made meanwhile."""
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        holder = named(all_units(setting, tx), name, kind)
        if holder is not None:
            return None, holder
        change = setting.change(tx, actor=by.actor, reason=reason)
        fresh = fresh_unit(setting, tx, change, name, kind or UnitKind.TOPIC)
        version = record(change, None, _with(setting, tx, UnitState(fresh), given))
        change.write()
    return version, version


def _new_id(setting: Setting, change: Change) -> UnitId:
    made = new_item_id(int(change.at.timestamp() * 1000), setting.clock.random_bits(ID_RANDOM_BITS))
    return UnitId(made)


def _with(setting: Setting, tx: Snapshot, state: UnitState, given: Fields) -> UnitState:
    version = state.version
    if given.name is not None:
        version = replace(version, name=arguments.name(given.name, "unit name"))
        if version.name != state.version.name:
            _refuse_taken_name(setting, tx, version)
    if given.description is not None:
        version = replace(version, description=_description(given.description))
    if given.annotations is not None:
        version = replace(version, annotations=arguments.metadata(given.annotations))
    if given.rule is not None:
        rule = parse_rule(given.rule).as_json() if given.rule else None
        version = replace(version, rule=rule)
    return replace(state, version=version)


def _refuse_taken_name(setting: Setting, tx: Snapshot, version: UnitVersion) -> None:
    holder = named(all_units(setting, tx), version.name, version.kind)
    if holder is not None and holder.id != version.id:
        raise InvalidInput(
            f"a {version.kind} named {holder.name!r} is there already ({short_id(holder.id)}); "
            "choose another name"
        )


def _description(text: object) -> str:
    if not isinstance(text, str):
        raise InvalidInput(f"description {text!r} must be a text")
    if len(text) > DESCRIPTION_CHARS_MAX:
        raise InvalidInput(
            f"the description has {len(text)} characters; DESCRIPTION_CHARS_MAX is {DESCRIPTION_CHARS_MAX}"
        )
    return text if not text.strip() else arguments.reason(text) or ""
