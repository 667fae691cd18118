"""From the arguments of a method to its request, and from the answer to its value."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TypeAlias, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from remanence.errors import InvalidInput, NotOffered
from remanence.model.entity import Entity
from remanence.model.hit import Hit
from remanence.model.item import Item, Json, Slot
from remanence.model.mirror import PersonaDraft, Share
from remanence.model.promise import Promise
from remanence.remote import values
from remanence.remote.calls import Call
from remanence.remote.wire import Sent, Steps, delivered, read_json
from remanence.surface.unit import DEFAULT_BOOST, Unit, at_of
from remanence.units.rules import read_rule_file
from remanence.verbs.pointing import Pointer, pointed_at

Asked: TypeAlias = "dict[str, object]"  # arguments by name
PAGE_ITEMS = 1000  # the most that a server gives at once
FILES = ("rules", "file")  # TOML, by its path or its bytes
UNHEARD = ("progress",)  # what is told while a method runs, which no answer does
NO_ACTOR = (
    "through a server the journal names the API key as the actor; leave actor out, "
    "or make a key of that name with `remanence keys add`"
)


def asked_for(call: Call, asked: Asked, *, fixed: Mapping[str, Json], token: str) -> Steps[object]:
    """The value that a call with these arguments gives; `fixed` names what it is about beside them."""
    if asked.get("actor") is not None:
        raise NotOffered(NO_ACTOR)
    given = {name: value for name, value in asked.items() if name not in ("actor", *UNHEARD)}
    wished = bool(call.only_if is None or given.get(call.only_if))
    if call.file is not None:
        sent = _with_file(call, given)
    else:
        told = {name: plain(_as_sent(name, value), name) for name, value in given.items()}
        sent = _with_json(call, told, fixed)
    if call.listed:
        return (yield from _all_pages(call, sent, given.get("limit", call.limit)))
    if call.changes:
        sent = replace(sent, headers={"idempotency-key": token})
    answer = yield from delivered(sent)
    return _value_of(call, read_json(answer)) if wished and call.gives is not None else None


def _value_of(call: Call, told: Json) -> object:
    return values.read(cast("type[object]", call.gives), told)


def _with_json(call: Call, told: Mapping[str, Json], fixed: Mapping[str, Json]) -> Sent:
    """What stands in the route goes there; the rest into the query of a GET, or the body of a POST."""
    placed = {name: one for name, one in {**fixed, **told}.items() if f"{{{name}}}" in call.route}
    route = call.route.format_map({name: _segment(name, one) for name, one in placed.items()})
    rest = {name: one for name, one in told.items() if name not in placed}
    beside = {name: one for name, one in fixed.items() if name not in placed}
    if call.method == "GET":
        query = {name: one for name, one in {**beside, **rest}.items() if one is not None}
        return Sent("GET", route, query)
    in_query = {name: one for name, one in beside.items() if isinstance(one, str)}
    in_body = {name: one for name, one in beside.items() if name not in in_query}
    return Sent(call.method, route, in_query, _body({**in_body, **rest}))


def _segment(name: str, value: Json) -> str:
    """An id or a name as a part of a path; what would lead elsewhere is refused."""
    if not isinstance(value, str) or not value.strip() or value in (".", "..") or "/" in value:
        raise InvalidInput(f"{name} {value!r} is no id, nor a name that a path can hold; give the id")
    return quote(value, safe="", errors="surrogatepass")


def _body(told: Mapping[str, Json]) -> bytes:
    try:
        return json.dumps(told, allow_nan=False).encode()
    except ValueError as error:
        raise InvalidInput(f"this can't be sent as JSON: {error}") from error


def _with_file(call: Call, given: Asked) -> Sent:
    """A file's bytes are the body, and its name is the path that was given, unless another is."""
    assert call.file is not None
    source = given.pop(call.file)
    if isinstance(source, str | os.PathLike):
        path = Path(os.fspath(source)).expanduser()
        if path.is_dir():
            raise NotOffered(f"{path} is a folder, which is not sent to a server; send it as a zip archive")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidInput(f"{path} can't be read: {error.strerror}") from error
        if call.file == "document":
            given.setdefault("name", os.fspath(source))
    elif isinstance(source, bytes | bytearray):
        content = bytes(source)
    elif call.file == "document":
        raise InvalidInput(f"document is a {type(source).__name__}; give a path or bytes")
    else:  # what a store's own call gave
        content = json.dumps(plain(source, call.file)).encode()
    if given.get("unpacked_max") is not None:
        raise NotOffered("how much an archive may unpack to is for the server to say; leave unpacked_max out")
    told = {name: plain(value, name) for name, value in given.items() if value is not None}
    return Sent("POST", call.route, told, content, media_type="application/octet-stream")


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of a list, and the cursor of the next."""

    values: Json
    next: str | None


def _all_pages(call: Call, sent: Sent, wanted: object) -> Steps[object]:
    """Page after page, up to as many as are wanted, if any number is."""
    found: list[Json] = []
    query: dict[str, Json] = dict(sent.query)
    while True:
        if wanted is None:
            query["limit"] = PAGE_ITEMS
        elif isinstance(wanted, int):
            query["limit"] = min(wanted - len(found), PAGE_ITEMS)
        told = yield from delivered(replace(sent, query=query))
        page = values.read(_Page, read_json(told))
        found += cast("list[Json]", page.values)
        if page.next is None or len(found) == wanted:
            return _value_of(call, found)
        query["cursor"] = page.next


def plain(value: object, name: str) -> Json:
    """An argument as JSON; what one holds in the hand by its id. InvalidInput for what can't be sent."""
    match value:
        case Enum():
            return cast("Json", value.value)
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Item() | Entity() | Promise():
            return value.id
        case Hit():
            return value.item.id
        case Unit():
            return _present(value).id
        case Slot() | PersonaDraft() | Share():
            return values.written(value)
        case Mapping():
            return {str(plain(key, name)): _held(one, name) for key, one in value.items()}
        case bytes() | bytearray() if name in FILES:
            return _text_of(bytes(value), name)
        case bytes() | bytearray():
            raise InvalidInput(f"{name} has bytes; give text")
        case os.PathLike():
            return str(os.fspath(value))
        case Iterable():
            return [plain(one, name) for one in value]
    raise InvalidInput(f"{name} has a {type(value).__name__}, which is nothing that can be sent to a server")


def in_second_hour(value: object) -> bool:
    """Whether a naive time of the second of two like hours is in it, which no text says without a zone."""
    match value:
        case datetime():
            return value.tzinfo is None and value.fold == 1
        case Mapping():
            return any(map(in_second_hour, value.values()))
        case list() | tuple() | set() | frozenset():
            return any(map(in_second_hour, value))
    return False


def in_zone(value: object, zone: ZoneInfo) -> object:
    """The same, with the zone beside each such time."""
    match value:
        case datetime() if in_second_hour(value):
            return value.replace(tzinfo=zone)
        case Mapping():
            return {key: in_zone(one, zone) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [in_zone(one, zone) for one in value]
    return value


def _held(value: object, name: str) -> Json:
    """What stands under a key: in metadata, a time is no JSON, in a file as little as behind a server."""
    if name in ("metadata", "annotations") and isinstance(value, date):
        raise InvalidInput(f"{name} holds a {type(value).__name__}, which is no JSON; give its text")
    return plain(value, name)


def _present(unit: Unit) -> Unit:
    if at_of(unit).time is not None:
        raise NotOffered(
            f"{unit.name!r} as it was can't be sent to a server here; fork it, and give the fork"
        )
    return unit


def _as_sent(name: str, value: object) -> object:
    """Arguments that the façade takes in several forms, in the one that a server takes."""
    if name == "units_boost" and isinstance(value, Iterable) and not isinstance(value, Mapping | str):
        return {one.id if isinstance(one, Unit) else one: DEFAULT_BOOST for one in value}
    if name == "slot" and isinstance(value, tuple):
        if len(value) != 3:
            raise InvalidInput(f"slot {value!r} must be (subject, attribute, value)")
        return dict(zip(("subject", "attribute", "value"), value, strict=True))
    if name in FILES and isinstance(value, str | os.PathLike):
        return _text_in(Path(os.fspath(value)))
    if name == "rule" and isinstance(value, str | os.PathLike):
        return read_rule_file(Path(os.fspath(value)).expanduser())
    if name in ("hits", "shown", "without"):
        return pointed_at(cast("Pointer | Iterable[Pointer]", value))
    return value


def _text_in(path: Path) -> str:
    try:
        return _text_of(path.expanduser().read_bytes(), str(path))
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}") from error


def _text_of(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} can't be read: {error}") from error
