"""The terms of a promise as an item's metadata bears them, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from remanence.errors import InvalidInput
from remanence.model.ids import ItemId
from remanence.model.item import Json
from remanence.model.promise import Condition, Outcome, PromiseKind, Terms


def metadata_of(terms: Terms, *, promiser: str | None = None) -> dict[str, Json]:
    """The terms as JSON; `promiser` is named where it is not the item's author."""
    told: dict[str, Json] = {"body": terms.body, "to": list(terms.promisees), "kind": terms.kind.value}
    if terms.constraints:
        told["with"] = dict(terms.constraints)
    if terms.conditions:
        told["if"] = [_condition(one) for one in terms.conditions]
    if terms.scope:
        told["scope"] = list(terms.scope)
    if terms.due is not None:
        told["due"] = terms.due.astimezone(UTC).isoformat()
    if terms.name is not None:
        told["name"] = terms.name
    if promiser is not None:
        told["by"] = promiser
    return told


def terms_of(told: object) -> Terms:
    """The terms that such JSON tells; InvalidInput, which names the field, where it tells none."""
    if not isinstance(told, Mapping):
        raise InvalidInput(f"a promise's terms are an object, not {type(told).__name__}")
    return Terms(
        body=_text(told, "body"),
        promisees=_texts(told, "to"),
        kind=kind_named(told.get("kind", PromiseKind.GIVE.value)),
        constraints=_object(told, "with"),
        conditions=tuple(_condition_of(one) for one in _list(told, "if")),
        scope=_texts(told, "scope"),
        due=None if told.get("due") is None else time_of(told, "due"),
        name=_text(told, "name") if told.get("name") is not None else None,
    )


def kind_named(value: object) -> PromiseKind:
    """The kind of this name; "+" and "-" are taken too."""
    signs = {"+": PromiseKind.GIVE, "-": PromiseKind.ACCEPT, "\u2212": PromiseKind.ACCEPT}
    if isinstance(value, str) and value in signs:
        return signs[value]
    try:
        return PromiseKind(value)  # type: ignore[arg-type]  # what is no kind raises
    except ValueError:
        raise InvalidInput(f"kind {value!r} is neither give (+) nor accept (-)") from None


def outcome_named(value: object) -> Outcome:
    """The outcome of this name."""
    try:
        return Outcome(value)  # type: ignore[arg-type]  # what is no outcome raises
    except ValueError:
        raise InvalidInput(f"outcome {value!r} is neither kept nor broken") from None


def _condition(one: Condition) -> dict[str, Json]:
    """A promise is named by its id alone: its words are its own, and go when it is erased."""
    return {"words": one.words} if one.promise is None else {"promise": one.promise}


def _condition_of(told: object) -> Condition:
    if not isinstance(told, Mapping):
        raise InvalidInput(f"a condition of a promise is an object, not {type(told).__name__}")
    named = told.get("promise")
    if named is not None and not isinstance(named, str):
        raise InvalidInput("a condition names a promise by its id, a text")
    words = "" if named is not None and "words" not in told else _text(told, "words")
    return Condition(None if named is None else ItemId(named), words)


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{name} of a promise must be a text that is not empty")
    return value


def _list(told: Mapping[str, object], name: str) -> list[object]:
    value = told.get(name, [])
    if not isinstance(value, list):
        raise InvalidInput(f"{name} of a promise must be a list")
    return value


def _texts(told: Mapping[str, object], name: str) -> tuple[str, ...]:
    found = _list(told, name)
    texts = tuple(one for one in found if isinstance(one, str) and one.strip())
    if len(texts) != len(found):
        raise InvalidInput(f"{name} of a promise must be a list of names")
    return texts


def _object(told: Mapping[str, object], name: str) -> Mapping[str, Json]:
    value = told.get(name, {})
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} of a promise must be an object")
    return value


def time_of(told: Mapping[str, object], name: str) -> datetime:
    """The moment that such JSON tells, in UTC."""
    value = told.get(name)
    wrong = InvalidInput(
        f"{name} {value!r} of a promise must be an ISO 8601 time with its zone, in the years 1 to 9999 in UTC"
    )
    if not isinstance(value, str):
        raise wrong
    try:
        found = datetime.fromisoformat(value)
        at = found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong from error
    if found.tzinfo is None:
        raise wrong
    return at
