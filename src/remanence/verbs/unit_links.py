"""Links between units and items, merges of units, and the erasure of a unit's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from remanence.errors import InvalidInput, NotFound, Refused
from remanence.lifecycle import erasure
from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_changes import UnitState, record
from remanence.model.ids import ItemId
from remanence.model.item import Item, Json
from remanence.model.journal import Verb
from remanence.model.unit import End, Holdings, ItemEnd, Link, Member, Standing, UnitEnd, UnitVersion
from remanence.storage.port import Receipt, Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.forgetting import finish_erasure
from remanence.verbs.setting import Setting
from remanence.verbs.unit_editing import By, live_item, state_to_change
from remanence.verbs.unit_lookup import find, id_prefix, short_id

Place: TypeAlias = "UnitVersion | Item | str"


def link(setting: Setting, source: Place, kind: str, target: Place, by: By) -> Link:
    """Let a unit or an item be linked to another; one that is there already stays. Raises NotFound,
    AmbiguousId, ItemErased, and InvalidInput for a link to itself."""
    return _set_link(setting, source, kind, target, by, stands=True)


def unlink(setting: Setting, source: Place, kind: str, target: Place, by: By) -> Link:
    """End a link; raises NotFound where there is none."""
    return _set_link(setting, source, kind, target, by, stands=False)


def links_of(setting: Setting, place: Place) -> tuple[Link, ...]:
    """The links from and to a unit or an item, oldest first."""
    with setting.store.read() as snapshot:
        found = _unit_or_item(setting, snapshot, place)
        end = UnitEnd(found.id) if isinstance(found, UnitVersion) else ItemEnd(found)
        return tuple(snapshot.links_of(end))


def merge(
    setting: Setting, known: UnitVersion, other: UnitVersion, by: By, *, ruled: tuple[ItemId, ...]
) -> UnitVersion:
    """Let a unit hold what another holds too, and retire that one; both in one change set.

    `ruled` are the items that the other's rule brings in. Raises InvalidInput for a merge with itself.
    """
    if known.id == other.id:
        raise InvalidInput(f"{known.name!r} can't be merged with itself; name another unit")
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        before, mine = state_to_change(tx, known)
        before_other, theirs = state_to_change(tx, other)
        retired = replace(theirs, version=replace(theirs.version, standing=Standing.RETIRED))
        record(change, before_other, retired, detail={"into": known.id})
        version = record(change, before, _merged(mine, theirs, ruled), detail={"from": other.id})
        change.write()
    return version


def erase_unit(setting: Setting, known: UnitVersion, by: By) -> Receipt:
    """Take every word of a unit's own out of the file: in all versions, name to rule, links and reasons.

    Its items stay as they are. The receipt names no item.
    """
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        versions = tx.unit_versions(known.id)
        if not versions:
            raise Refused(f"of {known.name!r} nothing is stored that could be erased")
        if versions[-1].standing is Standing.ERASED:
            raise Refused(f"the words of unit {short_id(known.id)} were erased before")
        fragments = erasure.fragments_of(tx.unit_words(known.id))
        change = setting.change(tx, actor=by.actor, reason=reason)
        last = versions[-1]
        held = tx.holdings(last.id)
        empty = replace(last, name="", description="", annotations={}, rule=None, standing=Standing.ERASED)
        version = record(change, UnitState(last, held), UnitState(empty, held), verb=Verb.ERASE)
        tx.erase_unit_words(version.id)
        change.write()
        receipt = Receipt(change.number, change.at, (), (), (), tx.head().hash.hex(), pending=True)
        tx.add_receipt(receipt)
    return finish_erasure(setting, receipt, fragments)


def _set_link(setting: Setting, source: Place, kind: str, target: Place, by: By, *, stands: bool) -> Link:
    kind = arguments.name(kind, "link type")
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        origin, aim = _unit_or_item(setting, tx, source), _unit_or_item(setting, tx, target)
        one = Link(_end(tx, origin), kind, _end(tx, aim))
        if one.source == one.target:
            raise InvalidInput("a link to itself says nothing; name another unit or item")
        there = one in tx.links_of(one.source)
        if there and stands:
            return one
        if not there and not stands:
            raise NotFound(f"there is no such link of type {kind!r} to end; `links` lists them")
        if isinstance(aim, UnitVersion):
            _keep(tx, change, aim)
        if isinstance(origin, UnitVersion):
            before, state = state_to_change(tx, origin)
            links = [link for link in state.holdings.links if link != one]
            held = replace(state.holdings, links=(*links, one) if stands else tuple(links))
            record(change, before, replace(state, holdings=held), verb=Verb.LINK)
        else:
            between(change, one, stands=stands)
        change.write()
    return one


def between(change: Change, one: Link, *, stands: bool) -> None:
    """A link of an item's own, which no version of a unit holds."""
    if stands:
        change.attach(lambda tx: tx.open_links([one], by=change.number))
    else:
        change.attach(lambda tx: tx.close_links([one], by=change.number))
    ends = [end.item_id if isinstance(end, ItemEnd) else None for end in (one.source, one.target)]
    detail: dict[str, Json] = {"unit": one.target.unit_id} if isinstance(one.target, UnitEnd) else {}
    change.note(Verb.LINK, ends[0], detail=detail or {"to": ends[1]})
    if ends[1] is not None:
        change.note(Verb.LINK, ends[1], detail={"from": ends[0]})


def _keep(tx: Transaction, change: Change, version: UnitVersion) -> None:
    """Store a unit that exists without asking, so that something can point at it."""
    stored, state = state_to_change(tx, version)
    if state.version.number == 0:
        record(change, stored, state)


def _unit_or_item(setting: Setting, snapshot: Snapshot, place: Place) -> UnitVersion | ItemId:
    """What is meant: a text is a unit's name or id before it is an item's."""
    if isinstance(place, UnitVersion):
        return place
    if isinstance(place, Item):
        return place.id
    try:
        return find(setting, snapshot, place)
    except NotFound as error:
        prefix = id_prefix(place)
        if not prefix or not snapshot.ids_with_prefix(prefix, limit=1):
            raise NotFound(
                f"{place!r} is neither a unit nor an item; `units` and `recall` show them"
            ) from error
        return arguments.item_id(snapshot, place)


def _end(snapshot: Snapshot, place: UnitVersion | ItemId) -> End:
    return UnitEnd(place.id) if isinstance(place, UnitVersion) else ItemEnd(live_item(snapshot, place))


def _merged(mine: UnitState, theirs: UnitState, ruled: tuple[ItemId, ...]) -> UnitState:
    rule, brought = _merged_rule(mine.version, theirs.version, ruled)
    members = {member.item_id: member for member in mine.holdings.members}
    for member in (*theirs.holdings.members, *map(Member, brought)):
        members.setdefault(member.item_id, replace(member, order=None))
    end = UnitEnd(mine.version.id)
    links = dict.fromkeys(mine.holdings.links)
    links.update(
        dict.fromkeys(replace(link, source=end) for link in theirs.holdings.links if link.target != end)
    )
    left_out = tuple(one for one in mine.holdings.left_out if one not in members)
    return UnitState(
        replace(mine.version, rule=rule), Holdings(tuple(members.values()), left_out, tuple(links))
    )


def _merged_rule(
    mine: UnitVersion, theirs: UnitVersion, ruled: tuple[ItemId, ...]
) -> tuple[Mapping[str, Json] | None, tuple[ItemId, ...]]:
    """One rule for both, where one can say it; else the items that the other's brings in by now."""
    if theirs.rule is None or mine.rule == theirs.rule:
        return mine.rule, ()
    if mine.rule is None:
        return theirs.rule, ()
    if len(mine.rule) == 1 and mine.rule.keys() == theirs.rule.keys():
        ((name, own),) = mine.rule.items()
        other = theirs.rule[name]
        if isinstance(own, list) and isinstance(other, list):
            return {name: [*own, *(value for value in other if value not in own)]}, ()
    return mine.rule, ruled
