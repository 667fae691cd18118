"""What mem0 holds: the output of its get_all, and the rows of its history.

Followed are mem0/memory/main.py (get_all: results, and relations of a graph store) and mem0/memory/storage.py
(get_history) of mem0ai/mem0, and the platform's API reference (docs.mem0.ai, get-memory).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from remanence.model.unit import UnitKind
from remanence.reader.exports.json_stream import entries
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Earlier, Memory, Problem, Record, Tie, UnitName
from remanence.reader.exports.sources import Export, text_of
from remanence.reader.exports.values import first_time, items, mapping, name, notes, shown, text

_ARRAYS = ("results", "memories", "history", "relations")
_TAKEN = {"id", "memory", "data", "text", "categories", "created_at", "updated_at", "expiration_date"}


@dataclass(frozen=True, slots=True)
class _Event:
    """A row of the history, in the order of the file."""

    event: str
    text: str | None
    at: datetime | None
    place: str


def read(export: Export, told: Told) -> Iterator[Record]:
    """Each memory with its history; a memory that was deleted held until then.

    History is read first, so that each memory comes with its own; it is small beside what it is the
    history of.
    """
    history: dict[str, list[_Event]] = defaultdict(list)
    for fields, place in _objects(export, Told(told.zone, lambda count, name: None)):
        if isinstance(fields, Mapping) and "memory_id" in fields:
            history[str(fields["memory_id"])].append(_event(fields, place))
    problems: list[Problem] = []
    for fields, place in _objects(export, told, problems):
        yield from problems
        problems.clear()
        if not isinstance(fields, Mapping):
            yield Problem(place, "refused", f"{shown(fields)} is no object")
        elif "memory_id" in fields:
            yield from _undated(fields, place)
        elif {"source", "relationship"} <= fields.keys():
            yield from _relation(fields, place)
        else:
            yield from _memory(fields, place, history.pop(str(fields.get("id")), []))
    yield from problems
    for key, events in history.items():
        yield from _gone(name(key) or "mem0", events)


def _objects(
    export: Export, told: Told, problems: list[Problem] | None = None
) -> Iterator[tuple[object, str]]:
    found: list[Problem] = [] if problems is None else problems
    for part in export.parts:
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name, unfold=_ARRAYS):
                found.extend(told.encoding(stream, entry))
                if isinstance(entry, Problem):
                    found.append(entry)
                elif entry.index is None and "id" not in mapping(entry.value):
                    for key, value in mapping(entry.value).items():
                        if items(value):
                            found.append(
                                Problem(f"{entry.place}, {key}", "unmapped", "mem0 has no such list")
                            )
                else:
                    yield entry.value, entry.place


def _memory(fields: Mapping[str, object], place: str, events: Sequence[_Event]) -> Iterator[Record]:
    key = name(fields.get("id"))
    words = text(fields.get("memory")) or text(fields.get("data")) or text(fields.get("text"))
    if key is None or words is None:
        yield Problem(place, "refused", "it has no id" if key is None else "it has no memory")
        return
    said_at = None
    for found in first_time(fields, ("updated_at", "created_at"), place):
        if isinstance(found, Problem):
            yield found
        else:
            said_at = found
    further = {one: value for one, value in fields.items() if one not in _TAKEN and one != "metadata"}
    if fields.get("created_at") and fields.get("updated_at") not in (None, fields["created_at"]):
        further["created_at"] = fields["created_at"]
    metadata, problems = notes({**mapping(fields.get("metadata")), **further}, place)
    yield from problems
    ends = next((one for one in first_time(fields, ("expiration_date",), place)), None)
    if isinstance(ends, Problem):
        yield ends
        ends = None
    earlier, last, _ = _states(events)
    if last is not None and last.text == words and last.said_at is not None:
        said_at = last.said_at
    yield Memory(
        key=key,
        text=words,
        place=f"{place} ({key})",
        said_at=said_at,
        valid_from=said_at,
        valid_to=ends,
        author=name(fields.get("actor_id")) or name(fields.get("user_id")),
        session=name(fields.get("run_id")),
        tags=tuple(dict.fromkeys(filter(None, map(name, items(fields.get("categories")))))),
        metadata=metadata,
        earlier=tuple(earlier if last is None or last.text == words else (*earlier, last)),
    )


def _gone(key: str, events: Sequence[_Event]) -> Iterator[Record]:
    """A memory that only its history tells of."""
    earlier, last, deleted_at = _states(events)
    place = events[0].place
    if last is None:
        yield Problem(place, "refused", f"the history of {key!r} names no memory")
        return
    if deleted_at is None and events[-1].event == "DELETE":
        yield Problem(place, "time", f"{key!r} was deleted at no time that can be read; it holds without end")
    yield Memory(
        key=key,
        text=last.text,
        place=place,
        said_at=last.said_at,
        valid_from=last.said_at,
        valid_to=deleted_at,
        earlier=tuple(earlier),
    )


def _states(events: Sequence[_Event]) -> tuple[list[Earlier], Earlier | None, datetime | None]:
    """What the history says that a memory said: before, at last, and when it was deleted."""
    dated = sorted(events, key=lambda one: one.at or datetime.max.replace(tzinfo=UTC))
    said = [Earlier(one.text, one.at) for one in dated if one.event != "DELETE" and one.text]
    said = [one for number, one in enumerate(said) if not number or said[number - 1].text != one.text]
    deleted_at = dated[-1].at if dated and dated[-1].event == "DELETE" else None
    return said[:-1], said[-1] if said else None, deleted_at


def _event(fields: Mapping[str, object], place: str) -> _Event:
    event = str(fields.get("event") or "").upper()
    keys = ("created_at", "updated_at") if event == "ADD" else ("updated_at", "created_at")
    at = next((one for one in first_time(fields, keys, place) if not isinstance(one, Problem)), None)
    words = text(fields.get("new_memory")) or (text(fields.get("old_memory")) if event == "DELETE" else None)
    return _Event(event, words, at, place)


def _undated(fields: Mapping[str, object], place: str) -> Iterator[Problem]:
    """What of a history's row can't be read."""
    for one in first_time(fields, ("created_at", "updated_at"), place):
        if isinstance(one, Problem):
            yield one
    if not text(fields.get("new_memory")) and fields.get("event") not in ("DELETE", "NONE"):
        yield Problem(place, "refused", "a row of the history without a new_memory")


def _relation(fields: Mapping[str, object], place: str) -> Iterator[Record]:
    """An edge of the graph store, between two topics."""
    source, kind = name(fields.get("source")), name(fields.get("relationship"))
    target = name(fields.get("target") or fields.get("destination"))
    if source is None or kind is None or target is None:
        yield Problem(place, "refused", "a relation without source, relationship or target")
        return
    ends = [UnitName(UnitKind.TOPIC, end) for end in (source, target)]
    yield from (About(end, place) for end in ends)
    yield Tie(ends[0], kind, ends[1], place)
