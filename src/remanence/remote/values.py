"""Values as JSON and back, field by field: what a server gives the client of this package.

Documents for other programs are told in faces.documents; here an answer is exactly the value that the
façade gave. Fields that are unknown are passed over, so that a newer server may answer an older client.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal, NewType, TypeAlias, TypeVar, cast, get_args, get_origin

from remanence.errors import RemoteFailed
from remanence.lifecycle.expressions import Condition, read_condition
from remanence.model.hit import Hit, Hits
from remanence.model.item import Json

MEDIA_TYPE = "application/vnd.remanence.values+json"
T = TypeVar("T")
Write: TypeAlias = "Callable[[object], Json]"
Read: TypeAlias = "Callable[[Json], object]"


def written(value: object) -> Json:
    """A value as JSON.

    >>> from remanence.model.belief import Belief
    >>> written(Belief(2.0, 0.5))
    {'support': 2.0, 'doubt': 0.5}
    """
    return _writer(cast("Hashable", type(value)))(value)


def read(wanted: type[T], given: Json) -> T:
    """The value of this type that was written so; raises RemoteFailed for what is no such value.

    >>> from remanence.model.belief import Belief
    >>> read(Belief, {"support": 2.0, "doubt": 0.5}).mean
    0.8
    """
    try:
        return cast("T", reader(cast("Hashable", wanted))(given))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise RemoteFailed(
            f"the server's answer is no {getattr(wanted, '__name__', wanted)} ({error}); "
            "is it of another version of Remanence?"
        ) from error


@cache
def _writer(kind: Hashable) -> Write:
    assert isinstance(kind, type)
    if issubclass(kind, Enum):
        return lambda value: cast("Enum", value).value
    if issubclass(kind, float):
        return _finite
    if kind is type(None) or issubclass(kind, bool | int | str):
        return lambda value: cast("Json", value)
    if issubclass(kind, date):  # a datetime is one too
        return lambda value: cast("date", value).isoformat()
    if issubclass(kind, bytes):
        return lambda value: cast("bytes", value).hex()
    if issubclass(kind, Path):
        return str
    if issubclass(kind, Condition):
        return lambda value: cast("Condition", value).text
    if is_dataclass(kind):
        names = tuple(one.name for one in fields(kind))
        return lambda value: {name: written(getattr(value, name)) for name in names}
    if issubclass(kind, Mapping):
        return lambda value: {
            str(name): written(one) for name, one in cast("Mapping[object, object]", value).items()
        }
    if issubclass(kind, Hits):
        return _hits_written
    if issubclass(kind, tuple | list | set | frozenset):
        return lambda value: [written(one) for one in cast("list[object]", value)]
    raise AssertionError(f"no value of the façade is a {kind.__name__}")


def _hits_written(value: object) -> Json:
    hits = cast("Hits[Hit]", value)
    return {"answered": hits.answered, "hits": [written(hit) for hit in hits]}


def _finite(value: object) -> Json:
    assert isinstance(value, float)
    return value if math.isfinite(value) else str(value)  # JSON has no infinity; float() reads "inf"


@cache
def reader(wanted: Hashable) -> Read:
    """What reads values of a type; each type is looked at once."""
    if isinstance(wanted, NewType):
        return reader(wanted.__supertype__)
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return _one_of(inner)
    if origin is tuple:
        return _tuple_of(inner)
    if origin is Hits:
        return _hits_of(inner[0])
    if origin in (list, frozenset, set):
        each = reader(inner[0])
        return lambda given: origin(each(one) for one in _listed(given))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        each = reader(inner[1])
        return lambda given: {name: each(one) for name, one in _object(given).items()}
    if origin is Literal or not isinstance(wanted, type) or wanted is object:
        return lambda given: given
    return _plain(wanted)


def _plain(wanted: type) -> Read:
    if wanted is Condition:
        return _condition
    if issubclass(wanted, datetime | date):
        return lambda given: wanted.fromisoformat(cast("str", given))
    if issubclass(wanted, bytes):
        return lambda given: bytes.fromhex(cast("str", given))
    if issubclass(wanted, Enum | Path | float):
        return lambda given: wanted(cast("str", given))
    if is_dataclass(wanted):
        return _fields_of(wanted)
    if issubclass(wanted, tuple):  # a NamedTuple
        return _row_of(wanted)
    return _only(wanted)


def _fields_of(wanted: type) -> Read:
    """A dataclass; what its fields are is looked at when the first is read, since it may hold its like."""

    def build(given: Json) -> object:
        said = _object(given)
        return wanted(
            **{
                name: reader(hint)(said[name])
                for name, hint, needed in _hints_of(wanted)
                if needed or name in said
            }
        )

    return build


@cache
def _hints_of(wanted: type) -> list[tuple[str, Hashable, bool]]:
    hints = typing.get_type_hints(wanted)
    return [(one.name, hints[one.name], _is_needed(one)) for one in fields(wanted)]


def _row_of(wanted: type) -> Read:
    each = [reader(hint) for hint in typing.get_type_hints(wanted).values()]
    return lambda given: wanted(*(one(part) for one, part in zip(each, _listed(given), strict=True)))


def _hits_of(inner: Hashable) -> Read:
    each = reader(inner)

    def build(given: Json) -> object:
        said = _object(given)
        answered = float(cast("float", said["answered"]))
        return Hits((cast("Hit", each(one)) for one in _listed(said["hits"])), answered=answered)

    return build


def _tuple_of(inner: tuple[object, ...]) -> Read:
    if inner[-1] is Ellipsis:
        each = reader(inner[0])
        return lambda given: tuple(each(one) for one in _listed(given))
    places = [reader(one) for one in inner]
    return lambda given: tuple(one(part) for one, part in zip(places, _listed(given), strict=True))


def _one_of(inner: tuple[object, ...]) -> Read:
    """A union: nothing, or plain JSON, or of dataclasses the one whose fields are there."""
    others = [one for one in inner if one is not type(None)]
    if len(others) == 1:
        only = reader(others[0])
        return lambda given: None if given is None else only(given)
    kinds = [one for one in others if isinstance(one, type) and is_dataclass(one)]
    shapes = [(frozenset(one.name for one in fields(kind)), _fields_of(kind)) for kind in kinds]

    def pick(given: Json) -> object:
        if shapes and isinstance(given, dict):
            return next(read_it for names, read_it in shapes if names == given.keys())(given)
        return given

    return pick


def _only(wanted: type) -> Read:
    def check(given: Json) -> object:
        if not isinstance(given, wanted):
            raise TypeError(f"{given!r} is no {wanted.__name__}")
        return given

    return check


def _condition(given: Json) -> object:
    from remanence.verbs.rule_fields import TYPES  # no part of most answers

    return read_condition(cast("str", given), TYPES)


def _is_needed(field: Field[object]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _listed(given: Json) -> list[Json]:
    if not isinstance(given, list):
        raise TypeError(f"{given!r} is no list")
    return given


def _object(given: Json) -> dict[str, Json]:
    if not isinstance(given, dict):
        raise TypeError(f"{given!r} is no object")
    return given
