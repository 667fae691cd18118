"""The complete or filtered export of another cube (docs/exporting.md), taken into a cube that is there.

To have that cube again as it was, with its journal and both times, load the export instead: an import
records what comes when it comes. What is believed now is taken, and what its readers derived is derived anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from remanence.errors import InvalidInput
from remanence.model.kind import Kind
from remanence.model.unit import UnitKind
from remanence.reader.exports.json_stream import entries
from remanence.reader.exports.messages import message_of
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Earlier, Memory, Problem, Record, Talk, Tie, UnitName
from remanence.reader.exports.sources import Export, text_of
from remanence.reader.exports.values import items, key, mapping, name, notes, shown, text, when
from remanence.reader.messages import ROLES, Message

_TAKEN_STATES = ("active", "dormant", "frozen")
_PASSED = {"header", "session", "item", "vector", "mark", "observation", "journal", "receipt", "end"}
_PASSED |= {"reason", "unit_tag", "refusal", "member", "link"}


@dataclass(slots=True)
class _Held:
    """What is believed now, by item, and the units; a conversation's turns are put in order at the end."""

    rows: dict[str, list[Mapping[str, object]]] = field(default_factory=lambda: defaultdict(list))
    kinds: dict[str, str] = field(default_factory=dict)
    units: dict[str, Mapping[str, object]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: list[Mapping[str, object]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def read(export: Export, told: Told) -> Iterator[Record]:
    """Turns as messages of their sessions, other items as memories under their ids, units and their links."""
    held = _Held()
    for part in export.parts:
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                else:
                    yield from _line(mapping(entry.value), entry.place, held, told)
    units = {own: unit for own, version in held.units.items() if (unit := _unit(own, version, held))}
    for own, unit in units.items():
        yield _about(unit, held.units[own], export.name)
    turns: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for item, rows in held.rows.items():
        belongs = tuple(units[own] for own in held.members.get(item, ()) if own in units)
        if isinstance(rows[-1].get("turn"), int) and rows[-1].get("kind") == Kind.UTTERANCE.value:
            turns[str(rows[-1].get("session"))].append(rows[-1])
            held.left["members that are turns of a conversation"] += len(belongs)
        else:
            yield from _memory(item, rows, belongs, export.name)
    for session, said in turns.items():
        yield from _talk(session, sorted(said, key=lambda row: int(str(row["turn"]))), export.name)
    yield from _ties(held, units, export.name)
    for what, number in held.left.items():
        if number:
            yield Problem(export.name, "unmapped", f"{number} {what}")


def _line(fields: Mapping[str, object], place: str, held: _Held, told: Told) -> Iterator[Problem]:
    record = fields.get("record")
    if record == "revision":
        _revision(fields, held, told)
    elif record == "unit":
        held.kinds[str(fields.get("id"))] = str(fields.get("kind"))
    elif record == "unit_version":
        held.units[str(fields.get("unit"))] = fields
    elif record == "member" and fields.get("closed_by") is None and not fields.get("left_out"):
        held.members[str(fields.get("item"))].append(str(fields.get("unit")))
    elif record == "link" and fields.get("closed_by") is None:
        held.links.append(fields)
    elif str(record) not in _PASSED:
        yield Problem(place, "unmapped", f"a line of the sort {record!r} is not known")


def _revision(fields: Mapping[str, object], held: _Held, told: Told) -> None:
    if fields.get("recorded_to") is not None:
        return  # what was believed before stands in the journal of that cube
    if fields.get("state") not in _TAKEN_STATES or text(fields.get("content")) is None:
        held.left[f"rows that are {fields.get('state')} there"] += 1
    elif str(fields.get("kind")) not in set(Kind):
        held.left[f"rows of the kind {shown(fields.get('kind'))}, which is not known"] += 1
    elif told.reads and str(fields.get("method")).startswith("rule:"):
        held.left["rows that rules derived; they are derived anew"] += 1
    else:
        held.rows[str(fields.get("item"))].append(fields)


def _unit(own: str, version: Mapping[str, object], held: _Held) -> UnitName | None:
    label = name(version.get("name"))
    if version.get("standing") != "active" or label is None:
        return None
    if version.get("rule") and held.kinds.get(own) == UnitKind.TOPIC.value:
        held.left["rules of units"] += 1
    try:
        return UnitName(UnitKind.parse(held.kinds.get(own, "")), label)
    except InvalidInput:
        held.left["units of a kind that is not known"] += 1
        return None


def _about(unit: UnitName, version: Mapping[str, object], place: str) -> About:
    facts, _ = notes(mapping(version.get("annotations")), place)
    return About(unit, place, text(version.get("description")) or "", facts)


def _time(row: Mapping[str, object], of: str) -> datetime | None:
    return when(row.get(of), UTC)[0]


def _memory(
    item: str, rows: Sequence[Mapping[str, object]], units: tuple[UnitName, ...], place: str
) -> Iterator[Record]:
    ordered = sorted(rows, key=lambda row: str(row.get("valid_from") or ""))
    row = ordered[-1]
    metadata, problems = notes(mapping(row.get("metadata")), place)
    yield from problems
    begins, support, doubt = _time(row, "valid_from"), row.get("support"), row.get("doubt")
    sure = None
    if isinstance(support, int | float) and isinstance(doubt, int | float) and support + doubt > 0:
        sure = support / (support + doubt)
    yield Memory(
        key=key("remanence", item),
        text=str(row["content"]),
        place=f"{place}, item {item}",
        kind=Kind.parse(str(row.get("kind"))),
        said_at=begins if len(ordered) > 1 else _time(row, "said_at"),
        valid_from=begins,
        valid_to=_time(row, "valid_to"),
        author=name(row.get("author")),
        role=str(row.get("role")) if row.get("role") in ROLES else "user",
        session=name(row.get("session")),
        domain=name(row.get("domain")),
        confidence=sure,
        tags=tuple(filter(None, map(name, items(row.get("tags"))))),
        metadata=metadata,
        earlier=tuple(Earlier(str(one["content"]), _time(one, "valid_from")) for one in ordered[:-1]),
        units=units,
    )


def _talk(session: str, rows: Sequence[Mapping[str, object]], place: str) -> Iterator[Record]:
    messages: list[Message] = []
    for row in rows:
        metadata, problems = notes(mapping(row.get("metadata")), place)
        yield from problems
        for found in message_of(
            f"{place}, item {row.get('item')}",
            role=str(row.get("role")) if row.get("role") in ROLES else "user",
            content=str(row["content"]),
            author=name(row.get("author")),
            said_at=_time(row, "said_at"),
            session=session,
            message_id=name(row.get("message_id")) or name(row.get("item")),
            metadata=metadata,
        ):
            if isinstance(found, Problem):
                yield found
            else:
                messages.append(found)
    yield Talk(f"\0{session}", messages, f"{place}, session {session}")


def _ties(held: _Held, units: Mapping[str, UnitName], place: str) -> Iterator[Record]:
    for link in held.links:
        source, target = units.get(str(link.get("source_unit"))), units.get(str(link.get("target_unit")))
        if source is None or target is None:
            held.left["links from or to an item"] += 1
        else:
            yield Tie(source, str(link.get("type")), target, place)
