"""The tools of the MCP reference memory server, by its names and shapes, over a graph kept in a cube.

A client that was told of that server finds the same tools here; what they keep is dated, journaled and
undoable, and recalled by the other profile too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from remanence.cube import Cube
from remanence.faces.mcp import graph
from remanence.faces.mcp.graph import By, Graph
from remanence.faces.mcp.shown import sound
from remanence.faces.mcp.tool import CHANGES, LOOKS, TAKES, MemoryTool, actor, client_name, tool

GRAPH_ADDRESS = "memory://knowledge-graph"
MANY = 1_000  # entities, relations or observations in one call
Name = Annotated[str, Field(min_length=1, max_length=180, pattern=r"\S")]
Observation = Annotated[str, Field(min_length=1, max_length=100_000, pattern=r"\S")]


class Shape(BaseModel):
    """The root of the shapes: fields as that server writes them."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class EntityShown(Shape):
    """A node of the graph."""

    name: str
    entity_type: str
    observations: list[str]


class RelationShown(Shape):
    """An edge of the graph."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    relation_type: str


class Entity(Shape):
    """A node of the graph that is to be made."""

    name: Name = Field(description="What it is called, the same each time")
    entity_type: Name = Field(description="What sort of thing it is: person, company, project")
    observations: list[Observation] = Field(
        max_length=MANY, description="What is known of it, one statement each"
    )


class Relation(Shape):
    """An edge of the graph that is to be made or to end."""

    source: Name = Field(alias="from", description="The name of the entity that does or is")
    target: Name = Field(alias="to", description="The name of the other entity")
    relation_type: Name = Field(description="What it does, in the active voice: works_at")


class NewObservations(Shape):
    """What is to be added to an entity."""

    entity_name: Name = Field(description="The name of an entity that is there")
    contents: list[Observation] = Field(
        max_length=MANY, description="What is known of it besides, one statement each"
    )


class Deletion(Shape):
    """What is to be taken from an entity."""

    entity_name: str = Field(description="The name of the entity")
    observations: list[str] = Field(max_length=MANY, description="Its observations, word for word")


class Added(Shape):
    """What was added to an entity."""

    entity_name: str
    added_observations: list[str]


class EntitiesShown(Shape):
    """Entities that were made."""

    entities: list[EntityShown]


class RelationsShown(Shape):
    """Relations that were made."""

    relations: list[RelationShown]


class AddedShown(Shape):
    """What was added to which entity."""

    results: list[Added]


class Done(Shape):
    """That it was done."""

    success: bool
    message: str


class GraphShown(Shape):
    """Entities and relations."""

    entities: list[EntityShown]
    relations: list[RelationShown]


EntitiesAnswer = Annotated[CallToolResult, EntitiesShown]
RelationsAnswer = Annotated[CallToolResult, RelationsShown]
AddedAnswer = Annotated[CallToolResult, AddedShown]
DoneAnswer = Annotated[CallToolResult, Done]
GraphAnswer = Annotated[CallToolResult, GraphShown]

Entities = Annotated[list[Entity], Field(max_length=MANY)]
Relations = Annotated[list[Relation], Field(max_length=MANY)]
Additions = Annotated[list[NewObservations], Field(max_length=MANY)]
Deletions = Annotated[list[Deletion], Field(max_length=MANY)]
GoneRelations = Annotated[list[Relation], Field(max_length=MANY, description="The relations to end")]
GoneNames = Annotated[list[str], Field(max_length=MANY, description="The names of the entities")]
OpenedNames = Annotated[list[str], Field(max_length=MANY, description="The names of the entities")]
Query = Annotated[
    str,
    Field(
        max_length=10_000,
        description="A part of a name, a type or an observation, or a question in several words",
    ),
]


class ReferenceTools:
    """The tools, over one graph."""

    def __init__(self, cube: Cube) -> None:
        self._graph = Graph(cube)

    def looking(self) -> Iterator[MemoryTool]:
        """Those that look."""
        yield tool(self.read_graph, "Read Graph", LOOKS, strict=False)
        yield tool(self.search_nodes, "Search Nodes", LOOKS, strict=False)
        yield tool(self.open_nodes, "Open Nodes", LOOKS, strict=False)

    def changing(self) -> Iterator[MemoryTool]:
        """Those that change the graph."""
        yield tool(self.create_entities, "Create Entities", CHANGES, strict=False)
        yield tool(self.create_relations, "Create Relations", CHANGES, strict=False)
        yield tool(self.add_observations, "Add Observations", CHANGES, strict=False)
        yield tool(self.delete_entities, "Delete Entities", TAKES, strict=False)
        yield tool(self.delete_observations, "Delete Observations", TAKES, strict=False)
        yield tool(self.delete_relations, "Delete Relations", TAKES, strict=False)

    def add_resource(self, server: MCPServer) -> None:
        """Let a server offer the whole graph at its address."""

        def knowledge_graph() -> str:
            """All entities and relations."""
            return _json(self._whole().model_dump(by_alias=True))

        server.resource(
            GRAPH_ADDRESS, name="knowledge-graph", title="Knowledge Graph", mime_type="application/json"
        )(knowledge_graph)

    def create_entities(self, entities: Entities, client: Context) -> EntitiesAnswer:
        """Make entities (people, things, ideas), each with what is known of it.

        One that is there already stays as it is.
        """
        wanted = [graph.Entity(one.name, one.entity_type, tuple(one.observations)) for one in entities]
        made = EntitiesShown(entities=_entities(self._graph.create_entities(wanted, _by(client))))
        return _answer(made, of="entities")

    def create_relations(self, relations: Relations, client: Context) -> RelationsAnswer:
        """Relate entities to each other, in the active voice: Ana works_at Acme."""
        made = self._graph.create_relations(_given(relations), _by(client))
        return _answer(RelationsShown(relations=_relations(made)), of="relations")

    def add_observations(self, observations: Additions, client: Context) -> AddedAnswer:
        """Add what else is known of entities that are there; what they hold already is not added twice."""
        wanted = [(one.entity_name, one.contents) for one in observations]
        added = self._graph.add_observations(wanted, _by(client))
        results = [Added(entity_name=name, added_observations=texts) for name, texts in added]
        return _answer(AddedShown(results=results), of="results")

    def delete_entities(self, entityNames: GoneNames, client: Context) -> DoneAnswer:  # noqa: N803  # as that server writes it
        """Set entities aside, with their observations and relations."""
        self._graph.delete_entities(entityNames, _by(client))
        return _done("Entities deleted successfully")

    def delete_observations(self, deletions: Deletions, client: Context) -> DoneAnswer:
        """Set single observations of entities aside, given word for word."""
        gone = [(one.entity_name, one.observations) for one in deletions]
        self._graph.delete_observations(gone, _by(client))
        return _done("Observations deleted successfully")

    def delete_relations(self, relations: GoneRelations, client: Context) -> DoneAnswer:
        """End relations between entities."""
        self._graph.delete_relations(_given(relations), _by(client))
        return _done("Relations deleted successfully")

    def read_graph(self) -> GraphAnswer:
        """Read everything: all entities with their observations, and all relations."""
        return _answer(self._whole())

    def search_nodes(self, query: Query) -> GraphAnswer:
        """Find entities by a part of their name, type or observations, or by a question in several words.

        With the relations that begin or end at them.
        """
        return _answer(self._around(self._graph.search(query)))

    def open_nodes(self, names: OpenedNames) -> GraphAnswer:
        """Read certain entities by their names, with the relations that begin or end at them."""
        return _answer(self._around(self._graph.open(names)))

    def _whole(self) -> GraphShown:
        return GraphShown(
            entities=_entities(self._graph.entities()), relations=_relations(self._graph.relations())
        )

    def _around(self, found: list[graph.Entity]) -> GraphShown:
        return GraphShown(entities=_entities(found), relations=_relations(self._graph.relations_of(found)))


def _by(client: Context) -> By:
    return By(author=client_name(client), actor=actor(client))


def _given(relations: list[Relation]) -> list[graph.Relation]:
    return [graph.Relation(one.source, one.target, one.relation_type) for one in relations]


def _entities(found: list[graph.Entity]) -> list[EntityShown]:
    return [
        EntityShown(
            name=sound(one.name),
            entity_type=sound(one.type),
            observations=[sound(text) for text in one.observations],
        )
        for one in found
    ]


def _relations(found: list[graph.Relation]) -> list[RelationShown]:
    return [
        RelationShown.model_validate(
            {"from": sound(one.source), "to": sound(one.target), "relationType": sound(one.type)}
        )
        for one in found
    ]


def _answer(shape: Shape, *, of: str | None = None) -> CallToolResult:
    """The shape, and as text what stands in it, or its one field."""
    document = shape.model_dump(by_alias=True)
    text = _json(document if of is None else document[of])
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=document)


def _done(message: str) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=message)],
        structured_content={"success": True, "message": message},
    )


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
