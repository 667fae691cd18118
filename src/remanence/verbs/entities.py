"""Entities as people ask for them and correct them: listed, shown, merged, split, named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remanence.errors import InvalidInput, NotFound, Refused
from remanence.lifecycle.changes import Change
from remanence.model.bitemporal import row_in_force
from remanence.model.entity import Candidate, Entity, EntityId, EntityKind, EntityPage, Mention, Origin
from remanence.model.item import Item
from remanence.model.journal import Verb
from remanence.model.state import RECALLED
from remanence.storage.entities_port import NewAlias, NewName, StoredAlias, StoredMention
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.entity_lookup import Asked, Catalogue, candidates, checked_names, one_number
from remanence.verbs.setting import Setting


@dataclass(frozen=True, slots=True)
class By:
    """Who changes it, and why."""

    actor: str
    because: str | None


def listed(setting: Setting, kind: EntityKind | None) -> tuple[Entity, ...]:
    """All entities, or those of one kind, the most mentioned first."""
    with setting.store.read() as snapshot:
        return tuple(one for one in Catalogue(snapshot).every() if kind in (None, one.kind))


def found(setting: Setting, asked: Asked) -> tuple[Candidate, ...]:
    """Whom a name may mean, best first."""
    with setting.store.read() as snapshot:
        return tuple(candidates(Catalogue(snapshot), asked))


def shown(setting: Setting, asked: Asked) -> EntityPage:
    """One entity with what mentions it."""
    with setting.store.read() as snapshot:
        catalogue = Catalogue(snapshot)
        number = one_number(catalogue, asked)
        entity = _there(catalogue, number)
        mentions = snapshot.standing_mentions(catalogue.members(number))
        items = _items(setting, snapshot, mentions)
    texts = {item.revision.text_id: item.content for item in items}
    places = tuple(
        Mention(one.item_id, one.start, one.end, texts[one.text][one.start : one.end], one.score)
        for one in mentions
        if one.text in texts
    )
    return EntityPage(entity, tuple(items), places)


def merge(setting: Setting, kept: Asked, other: Asked, by: By) -> Entity:
    """Take two entities for one, which goes on under the id of the first."""
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        catalogue = Catalogue(tx)
        target, entity = one_number(catalogue, kept), one_number(catalogue, other)
        if target == entity:
            raise Refused(f"{kept.name!r} and {other.name!r} are one already")
        change = setting.change(tx, actor=by.actor, reason=reason)
        change.attach(lambda tx: tx.merge_entity(entity, target, by=change.number))
        detail = {"entity": catalogue.ids[target], "merged": catalogue.ids[entity]}
        change.note(Verb.ENTITY, None, detail=detail)
        change.write()
        return _there(Catalogue(tx), target)


def annotate(setting: Setting, asked: Asked, name: str | None, kind: EntityKind | None, by: By) -> Entity:
    """Give an entity another name, or say what it is; None leaves it."""
    reason = arguments.reason(by.because)
    if name is None and kind is None:
        raise InvalidInput("give a name or a kind; nothing else of an entity is said by hand")
    given = None if name is None else arguments.name(name, "name").strip()
    with setting.store.write() as tx:
        catalogue = Catalogue(tx)
        number = one_number(catalogue, asked)
        entity = _there(catalogue, number)
        if given in (None, entity.name) and kind in (None, entity.kind):
            return entity
        change = setting.change(tx, actor=by.actor, reason=reason)
        members = catalogue.members(number)
        if given is not None and given != entity.name:
            change.attach(lambda tx: _give_name(tx, change, catalogue, number, given))
        if kind is not None and kind is not entity.kind:
            change.attach(lambda tx: tx.set_entity_kind(number, kind, members, by=change.number))
        change.note(Verb.ENTITY, None, detail={"entity": catalogue.ids[number]})
        change.write()
        return _there(Catalogue(tx), number)


def split(setting: Setting, asked: Asked, names: Iterable[str], items: Iterable[str], by: By) -> Entity:
    """Let the mentions by these names, and those in these items, be of another entity, which is made."""
    reason = arguments.reason(by.because)
    wanted, prefixes = checked_names(names, "aliases"), checked_names(items, "items")
    if not wanted and not prefixes:
        raise InvalidInput("give aliases or items: they say which mentions are of somebody else")
    with setting.store.write() as tx:
        catalogue = Catalogue(tx)
        number = one_number(catalogue, asked)
        members = catalogue.members(number)
        ids = {arguments.item_id(tx, prefix) for prefix in prefixes}
        aliases = [one for member in members for one in catalogue.aliases.get(member, ())]
        meant = _named(aliases, wanted)
        pairs = {(one.entity, one.name) for one in meant}
        every = tx.open_mentions(members)
        moved = [one for one in every if (one.entity, one.name) in pairs or one.item_id in ids]
        _refuse_unless_part(asked.name, moved, every, aliases, wanted)
        change = setting.change(tx, actor=by.actor, reason=reason)
        new = tx.next_entity_numbers()[0]
        new_id = EntityId(change.new_id())
        taken = {(one.entity, one.name) for one in moved}
        brought = [
            NewAlias(new, one.name, one.speaker, Origin.HEARD if one.origin is Origin.SPEAKS else one.origin)
            for one in aliases
            if (one.entity, one.name) in taken and (one.origin is not Origin.GIVEN or one in meant)
        ]
        ended = [one.alias for one in meant if one.origin is Origin.GIVEN]

        def write(tx: Transaction) -> None:
            tx.add_entities([(new, new_id)], at=change.at)
            tx.add_aliases(dict.fromkeys(brought), by=change.number)
            tx.close_aliases(ended, by=change.number)
            tx.move_mentions([one.mention for one in moved], new, by=change.number)

        change.attach(write)
        detail = {"entity": catalogue.ids[number], "split": new_id}
        change.note(Verb.ENTITY, None, detail=detail)
        change.write()
        return _there(Catalogue(tx), new)


def _named(aliases: Iterable[StoredAlias], wanted: Iterable[str]) -> list[StoredAlias]:
    from remanence.reader.entities.folding import fold

    folded = {fold(one) for one in wanted}
    return [one for one in aliases if one.folded in folded]


def _refuse_unless_part(
    name: str,
    moved: list[StoredMention],
    every: list[StoredMention],
    aliases: list[StoredAlias],
    wanted: list[str],
) -> None:
    known_as = ", ".join(dict.fromkeys(repr(one.content) for one in aliases))
    for one in wanted:
        if not _named(aliases, [one]):
            raise NotFound(f"{name!r} is not known as {one!r}; it is known as {known_as}")
    if not moved:
        raise NotFound(f"no mention of {name!r} fits; it is known as {known_as}")
    if len(moved) == len(every) and not any(one.origin is Origin.SPEAKS for one in aliases):
        raise Refused(f"that is all of {name!r}; a split leaves something on both sides")


def _give_name(tx: Transaction, change: Change, catalogue: Catalogue, number: int, name: str) -> None:
    from remanence.reader.entities.folding import ends_of, fold

    folded = fold(name)
    stored = tx.name_numbers([name]).get(name)
    if stored is None:
        stored = tx.next_entity_numbers()[1]
        tx.add_names([NewName(stored, name, folded, *ends_of(folded))])
    same = [
        one.alias
        for member in catalogue.members(number)
        for one in catalogue.aliases.get(member, ())
        if one.origin is Origin.GIVEN and one.content == name
    ]
    tx.close_aliases(same, by=change.number)
    tx.add_aliases([NewAlias(number, stored, None, Origin.GIVEN)], by=change.number)


def _items(setting: Setting, snapshot: Snapshot, mentions: list[StoredMention]) -> list[Item]:
    """The items, each by the row that mentions it and holds latest."""
    texts = {one.text for one in mentions}
    ids = list(dict.fromkeys(one.item_id for one in mentions))
    rows = [row for row in snapshot.rows_of(ids) if row.state in RECALLED and row.text_id in texts]
    by_item: dict[str, list[Item]] = {}
    for row in rows:
        by_item.setdefault(row.item_id, []).append(Item(row))
    now = setting.clock.now()
    return [
        Item(row_in_force([item.revision for item in by_item[item_id]], now))
        for item_id in ids
        if item_id in by_item
    ]


def _there(catalogue: Catalogue, number: int) -> Entity:
    entity = catalogue.entity(number)
    if entity is None:
        raise NotFound("nothing that is believed now mentions it")
    return entity
