"""Conditions on the fields of a record, as other memories' callers write them: {"age": {"gte": 18}}."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from remanence.errors import InvalidInput

ABSENT = object()  # the value of a field that a record lacks: equal to nothing, also not to None
ANY_VALUE = "*"


def _equal(found: object, wanted: object) -> bool:
    """Equal as JSON is: True is not 1."""
    return isinstance(found, bool) is isinstance(wanted, bool) and found == wanted


def _among(found: object, wanted: object) -> bool:
    return any(_equal(found, one) for one in _listed(wanted, "in"))


def _contains(found: object, wanted: object) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted in found
    return isinstance(found, list | tuple) and any(_equal(one, wanted) for one in found)


def _contains_in_any_case(found: object, wanted: object) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return wanted.casefold() in found.casefold()
    return _contains(found, wanted)


def _ordered(compare: Callable[[int], bool]) -> Callable[[object, object], bool]:
    """A comparison of two numbers or two texts; what has no order passes none."""

    def test(found: object, wanted: object) -> bool:
        if isinstance(found, bool) or isinstance(wanted, bool):
            return False
        if isinstance(found, int | float) and isinstance(wanted, int | float):
            return (
                compare((found > wanted) - (found < wanted)) if found == found and wanted == wanted else False
            )
        if isinstance(found, str) and isinstance(wanted, str):
            return compare((found > wanted) - (found < wanted))
        return False

    return test


OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    "eq": _equal,
    "ne": lambda found, wanted: not _equal(found, wanted),
    "gt": _ordered(lambda sign: sign > 0),
    "gte": _ordered(lambda sign: sign >= 0),
    "lt": _ordered(lambda sign: sign < 0),
    "lte": _ordered(lambda sign: sign <= 0),
    "in": _among,
    "nin": lambda found, wanted: not _among(found, wanted),
    "contains": _contains,
    "icontains": _contains_in_any_case,
}


def passes(record: Mapping[str, object], filters: Mapping[str, object]) -> bool:
    """Whether a record meets all conditions, in mem0's words: operators, "*", and AND, OR, NOT of lists.

    NOT passes what meets none of its list. Raises InvalidInput for an operator that is not known.

    >>> passes({"age": 20, "name": "Ana"}, {"age": {"gte": 18}, "NOT": [{"name": "Bob"}]})
    True
    """
    return all(_meets(record, name, condition) for name, condition in filters.items())


def fits(value: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    """Whether a value has all that is wanted, in LangGraph's words; raises InvalidInput as `passes` does.

    >>> fits({"age": 20, "of": {"city": "Porto", "n": 1}}, {"age": {"$gte": 18}, "of": {"city": "Porto"}})
    True
    """
    return all(_fits(value.get(name), condition) for name, condition in wanted.items())


def _fits(found: object, wanted: object) -> bool:
    if isinstance(wanted, Mapping):
        if any(str(name).startswith("$") for name in wanted):
            return all(_operator(str(name).removeprefix("$"))(found, one) for name, one in wanted.items())
        return isinstance(found, Mapping) and fits(found, wanted)
    if isinstance(wanted, list | tuple):
        if not isinstance(found, list | tuple) or len(found) != len(wanted):
            return False
        return all(_fits(one, other) for one, other in zip(found, wanted, strict=True))
    return _equal(found, wanted)


def _meets(record: Mapping[str, object], name: str, condition: object) -> bool:
    if name == "AND":
        return all(passes(record, one) for one in _conditions(condition, name))
    if name == "OR":
        return any(passes(record, one) for one in _conditions(condition, name))
    if name == "NOT":
        return not any(passes(record, one) for one in _conditions(condition, name))
    found = record.get(name, ABSENT)
    if not isinstance(condition, Mapping):
        return found is not ABSENT if condition == ANY_VALUE else _equal(found, condition)
    return all(_operator(operator)(found, wanted) for operator, wanted in condition.items())


def _operator(name: str) -> Callable[[object, object], bool]:
    return OPERATORS.get(name) or _refuse(
        f"the filter operator {name!r} is not one of: {', '.join(OPERATORS)}"
    )


def _conditions(value: object, name: str) -> Sequence[Mapping[str, object]]:
    listed = _listed(value, name)
    if not listed or not all(isinstance(one, Mapping) for one in listed):
        _refuse(f"{name} takes a list of conditions that is not empty, not {value!r}")
    return [one for one in listed if isinstance(one, Mapping)]


def _listed(value: object, name: str) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else _refuse(f"{name} takes a list, not {value!r}")


def _refuse(why: str) -> NoReturn:
    raise InvalidInput(why)
