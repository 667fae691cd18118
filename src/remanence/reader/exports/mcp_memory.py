"""The JSON Lines of the MCP reference memory server: entities with observations, and relations.

The format is that of src/memory/index.ts in modelcontextprotocol/servers (saveGraph); its read_graph gives
the same as one document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remanence.model.unit import UnitKind
from remanence.reader.exports.json_stream import entries
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, Tie, UnitName
from remanence.reader.exports.sources import Export, text_of
from remanence.reader.exports.values import items, key, mapping, name, notes, shown, text

_PERSONS = {"person", "people", "user", "human", "individual"}  # types of which a persona is made
_ENTITY, _RELATION = ("type", "name", "entityType", "observations"), ("type", "from", "to", "relationType")


def read(export: Export, told: Told) -> Iterator[Record]:
    """A unit for each entity, its observations as members, and links for relations.

    An observation has no id and no time. It is known again by its words within its entity, and begins with
    the entity's name, without which it says nothing.
    """
    units: dict[str, UnitName] = {}
    said: dict[str, set[str]] = {}
    relations: list[tuple[Mapping[str, object], str]] = []
    for part in export.parts:
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name, unfold=("entities", "relations")):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                    continue
                fields = mapping(entry.value)
                if fields.get("type") == "relation" or "relationType" in fields:
                    relations.append((fields, entry.place))
                elif fields.get("type") == "entity" or "entityType" in fields:
                    yield from _entity(fields, entry.place, units, said)
                elif fields or not isinstance(entry.value, Mapping):
                    yield Problem(
                        entry.place, "refused", f"{shown(entry.value)} is no entity and no relation"
                    )
    for fields, place in relations:
        yield from _relation(fields, place, units)


def _entity(
    fields: Mapping[str, object], place: str, units: dict[str, UnitName], said: dict[str, set[str]]
) -> Iterator[Record]:
    label = name(fields.get("name"))
    if label is None:
        yield Problem(place, "refused", "an entity without a name")
        return
    sort = name(fields.get("entityType"))
    kind = UnitKind.PERSONA if sort is not None and sort.casefold() in _PERSONS else UnitKind.TOPIC
    unit = units.setdefault(label, UnitName(kind, label))
    facts, problems = notes({one: value for one, value in fields.items() if one not in _ENTITY}, place)
    yield from problems
    yield About(unit, place, sort or "", {**facts, "entityType": sort} if sort else facts)
    known = said.setdefault(label, set())
    for number, words in enumerate(items(fields.get("observations"))):
        if text(words) is None:
            yield Problem(f"{place}, observation {number}", "refused", f"{shown(words)} is no text")
        elif words not in known:
            known.add(str(words))
            yield Memory(
                key=key("mcp-memory", label),
                text=f"{label}: {words}",
                place=f"{place}, observation {number}",
                shared=True,
                metadata={"entity": label, "entityType": sort} if sort else {"entity": label},
                units=(unit,),
            )


def _relation(fields: Mapping[str, object], place: str, units: Mapping[str, UnitName]) -> Iterator[Record]:
    source, kind, target = (name(fields.get(one)) for one in ("from", "relationType", "to"))
    if source is None or kind is None or target is None:
        yield Problem(place, "refused", "a relation without from, to or relationType")
        return
    for one in fields:
        if one not in _RELATION and fields[one] is not None:
            yield Problem(place, "unmapped", f"{one} of a relation; a link has a type and two ends")
    ends = [units.get(end, UnitName(UnitKind.TOPIC, end)) for end in (source, target)]
    yield Tie(ends[0], kind, ends[1], place)
