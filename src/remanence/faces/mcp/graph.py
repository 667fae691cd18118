"""A knowledge graph kept in a cube: entities are units, observations their members, relations links.

A unit is an entity where its annotations say so; the end of a relation that nobody made an entity of is a
unit of which only the name is known. What is taken away is set aside, and `undo` brings it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from remanence.cube import Cube
from remanence.errors import InvalidInput, NotFound
from remanence.model.item import Item, Json
from remanence.model.state import RECALLED
from remanence.model.unit import UnitEnd, UnitKind
from remanence.surface.unit import Unit
from remanence.verbs.unit_asked import UNITS_MAX

NAME, TYPE, BORROWED = "entity", "entityType", "entityBorrowed"  # annotations of a unit
ROLE = "observation"  # of a member
PEOPLE = frozenset({"person", "people", "human", "user", "persona", "individual"})
ANSWERING_MAX = 5  # entities that a question in words leads to


@dataclass(frozen=True, slots=True)
class By:
    """Who says so: the name of the client, and as it stands in the journal."""

    author: str
    actor: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing or a person, and what was observed of it."""

    name: str
    type: str
    observations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Who or what relates to which other, in the active voice."""

    source: str
    target: str
    type: str


@dataclass(frozen=True, slots=True)
class _Node:
    """A unit of the graph; without a type it is only the end of a relation."""

    name: str
    type: str | None
    unit: Unit
    observed: tuple[Item, ...] = ()

    def entity(self) -> Entity:
        return Entity(self.name, self.type or "", tuple(item.content for item in self.observed))


class Graph:
    """The graph in one open cube; one change at a time."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._lock = Lock()

    def entities(self) -> list[Entity]:
        """All entities, oldest first."""
        return [node.entity() for node in self._nodes().values() if node.type is not None]

    def relations(self) -> list[Relation]:
        """All relations, by the entity that they go out from."""
        return _relations(self._nodes())

    def create_entities(self, wanted: Sequence[Entity], by: By) -> list[Entity]:
        """Make the entities that are not there yet; returns those."""
        with self._lock:
            nodes = self._nodes()
            made = []
            for entity in wanted:
                known = nodes.get(entity.name)
                if known is None or known.type is None:
                    unit = self._make(entity.name, entity.type, known, by)
                    observed = self._observe(unit, dict.fromkeys(entity.observations), by)
                    nodes[entity.name] = _Node(entity.name, entity.type, unit, tuple(observed))
                    made.append(nodes[entity.name].entity())
            return made

    def create_relations(self, wanted: Sequence[Relation], by: By) -> list[Relation]:
        """Make the relations that are not there yet; returns those."""
        for one in wanted:
            if one.source == one.target:
                raise InvalidInput(f"{one.source!r} can't be related to itself; nothing was changed")
        with self._lock:
            nodes = self._nodes()
            known = set(_relations(nodes))
            new = [one for one in dict.fromkeys(wanted) if one not in known]
            for one in new:
                for name in (one.source, one.target):
                    if name not in nodes:
                        nodes[name] = _Node(name, None, self._make(name, None, None, by))
                nodes[one.source].unit.link(one.type, nodes[one.target].unit, actor=by.actor)
            return new

    def add_observations(
        self, wanted: Sequence[tuple[str, Sequence[str]]], by: By
    ) -> list[tuple[str, list[str]]]:
        """Add observations to entities, each once; returns those that are new. NotFound for no entity."""
        with self._lock:
            nodes = self._nodes()
            for name, _ in wanted:  # all of them, before anything is changed
                if name not in nodes or nodes[name].type is None:
                    raise NotFound(f"Entity with name {name} not found")
            held = {name: {item.content for item in node.observed} for name, node in nodes.items()}
            added = []
            for name, texts in wanted:
                new = [text for text in dict.fromkeys(texts) if text not in held[name]]
                self._observe(nodes[name].unit, new, by)
                held[name].update(new)
                added.append((name, new))
            return added

    def delete_entities(self, names: Iterable[str], by: By) -> None:
        """Set entities aside, with their observations and relations; unknown names are passed over."""
        wanted = set(names)
        with self._lock:
            nodes = self._nodes()
            loose = [one for one in _relations(nodes) if {one.source, one.target} & wanted]
            _unlink(nodes, loose, by)
            leaving = {name: node for name, node in nodes.items() if name in wanted}
            self._drop(nodes, {name: node.observed for name, node in leaving.items()}, by)
            for node in leaving.values():
                if node.unit.annotations.get(BORROWED):
                    node.unit.annotate(annotations=_others(node.unit), actor=by.actor)
                else:
                    node.unit.retire(actor=by.actor)

    def delete_observations(self, wanted: Iterable[tuple[str, Sequence[str]]], by: By) -> None:
        """Set observations aside; what is not there is passed over."""
        with self._lock:
            nodes = self._nodes()
            said: dict[str, set[str]] = {}
            for name, texts in wanted:
                said.setdefault(name, set()).update(texts)
            gone = {
                name: [item for item in nodes[name].observed if item.content in texts]
                for name, texts in said.items()
                if name in nodes
            }
            self._drop(nodes, gone, by)

    def delete_relations(self, wanted: Sequence[Relation], by: By) -> None:
        """End relations; what is not there is passed over."""
        with self._lock:
            nodes = self._nodes()
            known = set(_relations(nodes))
            _unlink(nodes, [one for one in dict.fromkeys(wanted) if one in known], by)

    def search(self, query: str) -> list[Entity]:
        """Entities that contain the query in their name, type or observations, whatever the case.

        Where none does and the query has several words, those that answer it best, best first.
        """
        nodes = [node for node in self._nodes().values() if node.type is not None]
        found = [node.entity() for node in nodes if _contains(node.entity(), query)]
        if found or not nodes or len(query.split()) < 2:
            return found
        hits = self._cube.recall(query, k=ANSWERING_MAX, units=[node.unit for node in nodes[-UNITS_MAX:]])
        holders = {item.id: node for node in reversed(nodes) for item in node.observed}
        answering = (holders[hit.item.id] for hit in hits if hit.item.id in holders)
        return [node.entity() for node in {node.name: node for node in answering}.values()]

    def open(self, names: Iterable[str]) -> list[Entity]:
        """The entities of these names, oldest first."""
        wanted = set(names)
        return [one for one in self.entities() if one.name in wanted]

    def relations_of(self, entities: Iterable[Entity]) -> list[Relation]:
        """The relations that begin or end at one of these."""
        names = {one.name for one in entities}
        return [one for one in self.relations() if {one.source, one.target} & names]

    def _nodes(self) -> dict[str, _Node]:
        """All units of the graph by the names of their entities, oldest first."""
        found = (self._node(unit) for unit in self._cube.units() if NAME in unit.annotations)
        return {node.name: node for node in found}

    def _node(self, unit: Unit) -> _Node:
        kind = unit.annotations.get(TYPE)
        named = {member.item_id for member in unit.members() if member.role == ROLE}
        observed = [item for item in unit.items() if item.id in named and item.state in RECALLED]
        name = str(unit.annotations[NAME])
        return _Node(name, None if kind is None else str(kind), unit, tuple(observed))

    def _make(self, name: str, kind: str | None, node: _Node | None, by: By) -> Unit:
        """The unit of an entity: the end of a relation that was there, a unit of its name, or a new one."""
        told: dict[str, Json] = {NAME: name} if kind is None else {NAME: name, TYPE: kind}
        if node is not None:
            return node.unit.annotate(annotations={**node.unit.annotations, **told}, actor=by.actor)
        wanted = UnitKind.PERSONA if kind is not None and kind.casefold() in PEOPLE else UnitKind.TOPIC
        alike = [one for one in self._cube.units(kind=wanted) if one.name.casefold() == name.casefold()]
        free = [one for one in alike if NAME not in one.annotations and one.name == name]
        if free:
            kept = {**free[0].annotations, **told, BORROWED: True}
            return free[0].annotate(annotations=kept, actor=by.actor)
        own = f"{name} ({len(alike) + 1})" if alike else name
        return self._cube.unit(own, kind=wanted, annotations=told, actor=by.actor)

    def _observe(self, unit: Unit, texts: Iterable[str], by: By) -> list[Item]:
        """Remember texts as observations of a unit; returns them as items."""
        items = [self._cube.remember(text, trust="agent", author=by.author, actor=by.actor) for text in texts]
        if items:
            unit.add(*items, role=ROLE, actor=by.actor)
        return items

    def _drop(self, nodes: Mapping[str, _Node], gone: Mapping[str, Sequence[Item]], by: By) -> None:
        """Take items out of entities, and set aside those that are in no other."""
        places = Counter(item.id for node in nodes.values() for item in node.observed)
        for name, items in gone.items():
            if items:
                nodes[name].unit.remove(*items, actor=by.actor)
            for item in items:
                places[item.id] -= 1
                if not places[item.id]:
                    self._cube.forget(item.id, actor=by.actor)


def _relations(nodes: Mapping[str, _Node]) -> list[Relation]:
    names = {node.unit.id: node.name for node in nodes.values()}
    return [
        Relation(node.name, names[link.target.unit_id], link.type)
        for node in nodes.values()
        for link in node.unit.links()
        if link.source == UnitEnd(node.unit.id)
        and isinstance(link.target, UnitEnd)
        and link.target.unit_id in names
    ]


def _unlink(nodes: Mapping[str, _Node], gone: Iterable[Relation], by: By) -> None:
    for one in gone:
        nodes[one.source].unit.unlink(one.type, nodes[one.target].unit, actor=by.actor)


def _contains(entity: Entity, query: str) -> bool:
    return any(query.lower() in text.lower() for text in (entity.name, entity.type, *entity.observations))


def _others(unit: Unit) -> dict[str, Json]:
    """A unit's annotations without those of an entity."""
    return {name: value for name, value in unit.annotations.items() if name not in (NAME, TYPE, BORROWED)}
