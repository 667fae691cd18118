"""A dump of a LangGraph store: items with namespace, key, value, created_at and updated_at.

The fields are those of Item.dict() in langgraph.store.base (langchain-ai/langgraph, libs/checkpoint); rows of
its SQL stores have `prefix`, the namespace joined by dots, in place of `namespace`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from remanence.model.unit import UnitKind
from remanence.reader.exports.json_stream import entries
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, UnitName
from remanence.reader.exports.sources import Export, text_of
from remanence.reader.exports.values import items, key, mapping, name, notes, shown, text, time_of

_WORDS = ("content", "text", "memory", "data", "value", "fact", "observation", "summary", "description")
_OWN = ("namespace", "prefix", "key", "value", "created_at", "updated_at", "score")


def read(export: Export, told: Told) -> Iterator[Record]:
    """A memory for each item, and a unit for each namespace."""
    seen: set[str] = set()
    for part in export.parts:
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name, unfold=("items", "results", "data")):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                elif "key" in mapping(entry.value):
                    yield from _item(mapping(entry.value), entry.place, seen)
                elif entry.index is not None or not seen:
                    yield Problem(entry.place, "refused", f"{shown(entry.value)} is no item with a key")


def _item(fields: Mapping[str, object], place: str, seen: set[str]) -> Iterator[Record]:
    given = fields.get("namespace", fields.get("prefix"))
    path = [*filter(None, map(name, given.split(".") if isinstance(given, str) else items(given)))]
    own = name(fields.get("key"))
    if own is None:
        yield Problem(place, "refused", "an item without a key")
        return
    where = "/".join(path)
    value = fields.get("value")
    if isinstance(value, str):
        value = _parsed(value)
    words, rest = _words(value, own)
    if words is None:
        yield Problem(f"{place} ({where}/{own})", "refused", f"its value {shown(value)} says nothing")
        return
    problems: list[Problem] = []
    said_at = time_of(fields, ("updated_at", "created_at"), place, problems)
    further = {one: more for one, more in fields.items() if one not in _OWN}
    if fields.get("created_at") != fields.get("updated_at") and fields.get("updated_at"):
        further["created_at"] = fields.get("created_at")
    metadata, unkept = notes({**rest, **further, "namespace": path, "key": own}, place)
    yield from (*problems, *unkept)
    units: tuple[UnitName, ...] = ()
    label = name(where)
    if label is not None:
        units = (UnitName(UnitKind.TOPIC, label),)
        if label not in seen:
            seen.add(label)
            yield About(units[0], place, "", {"namespace": [*path]})
    yield Memory(
        key=key("langgraph", *path, own),
        text=words,
        place=f"{place} ({where}/{own})",
        said_at=said_at,
        valid_from=said_at,
        metadata=metadata,
        units=units,
    )


def _parsed(value: str) -> object:
    """A value that a SQL store gave as JSON text; else the text."""
    try:
        parsed: object = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return parsed


def _words(value: object, own: str) -> tuple[str | None, dict[str, object]]:
    """The text of a value, and what else it says; a value without one text is kept as JSON under its key."""
    if isinstance(value, str):
        return text(value), {}
    fields = mapping(value)
    inner = mapping(fields.get("content"))  # LangMem: {"kind": "Memory", "content": {"content": "..."}}
    if text(inner.get("content")) and len(inner) == 1:
        rest = {one: more for one, more in fields.items() if one != "content"}
        return str(inner["content"]), rest
    for word in _WORDS:
        if text(fields.get(word)):
            return str(fields[word]), {one: more for one, more in fields.items() if one != word}
    if value in (None, {}, []):
        return None, {}
    return f"{own}: {json.dumps(value, ensure_ascii=False)}", {}
