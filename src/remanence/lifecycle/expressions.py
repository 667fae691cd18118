"""The conditions of lifecycle rules: read by Python's own parser, checked by type, run over arrays.

Nothing is ever evaluated as Python: what the parser gives is walked, and whatever is not in the small
language below is refused. A condition runs over all items at once, an array for each field.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from remanence.errors import InvalidInput

if TYPE_CHECKING:
    import numpy.typing as npt

    Column: TypeAlias = npt.NDArray[Any]  # float64, bool, or object [n]
else:
    Column: TypeAlias = "Column"

CONDITION_CHARS_MAX = 2_000
Columns: TypeAlias = "Callable[[str], Column]"  # the column of a field
Run: TypeAlias = "Callable[[Columns], Column]"
Plain: TypeAlias = "str | float | bool | None"


class FieldType(Enum):
    """What a field, or a part of a condition, is."""

    NUMBER = "a number"
    TEXT = "a text"
    WORDS = "a set of texts"
    TRUTH = "true or false"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read: what it says, the fields it asks for, and how it runs."""

    text: str
    fields: tuple[str, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class _Part:
    type: FieldType
    run: Run
    plain: Plain = None  # the value of a constant
    is_plain: bool = False


def read_condition(text: str, types: Mapping[str, FieldType]) -> Condition:
    """Read a condition over these fields; InvalidInput says what is wrong with it, and where.

    >>> types = {"uses": FieldType.NUMBER, "age_days": FieldType.NUMBER}
    >>> read_condition("uses == 0 or uses < age_days", types).fields
    ('uses', 'age_days')
    """
    if len(text) > CONDITION_CHARS_MAX:
        raise InvalidInput(
            f"it has {len(text)} characters, above CONDITION_CHARS_MAX = {CONDITION_CHARS_MAX}"
        )
    try:
        with warnings.catch_warnings(action="ignore"):  # of Python's, about what would run oddly
            tree = ast.parse(text.strip(), mode="eval")
        reader = _Reader(types)
        part = reader.read(tree.body)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        where = f" at character {error.offset}" if isinstance(error, SyntaxError) else ""
        raise InvalidInput(f"it can't be read{where}: {_said(error)}") from error
    if part.type is not FieldType.TRUTH:
        raise InvalidInput(f"it is {part.type.value}; compare it with something")
    return Condition(text, tuple(reader.used), part.run)


def _said(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"


_NUMBERS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
_ORDERS = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}


class _Reader:
    """Turns a parsed expression into something that runs; `used` are the fields met on the way."""

    def __init__(self, types: Mapping[str, FieldType]) -> None:
        self._types = types
        self.used: dict[str, None] = {}

    def read(self, node: ast.expr) -> _Part:
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, str | int | float | bool):
                return _constant(value)
            case ast.Name(id=name):
                return self._field(name)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                part = self._of(FieldType.TRUTH, inner, "not")
                return _Part(FieldType.TRUTH, lambda columns: ~part.run(columns))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                part = self._of(FieldType.NUMBER, inner, "-")
                return _Part(FieldType.NUMBER, lambda columns: -part.run(columns))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _NUMBERS:
                return self._sum(left, _NUMBERS[type(op)], right)
            case ast.BoolOp(op=op, values=values):
                return self._joined(isinstance(op, ast.And), values)
            case ast.Compare(left=left, ops=ops, comparators=rights):
                return self._compared(left, ops, rights)
        raise InvalidInput(f"{ast.unparse(node)!r} is not part of the language of conditions")

    def _field(self, name: str) -> _Part:
        if name not in self._types:
            known = ", ".join(self._types)
            raise InvalidInput(f"there is no field {name!r}; the fields are: {known}")
        self.used[name] = None
        return _Part(self._types[name], lambda columns: columns(name))

    def _of(self, wanted: FieldType, node: ast.expr, what: str) -> _Part:
        part = self.read(node)
        if part.type is not wanted:
            raise InvalidInput(f"{ast.unparse(node)!r} is {part.type.value}; {what!r} takes {wanted.value}")
        return part

    def _sum(self, left: ast.expr, run: Callable[[Column, Column], Column], right: ast.expr) -> _Part:
        one, two = (self._of(FieldType.NUMBER, node, "arithmetic") for node in (left, right))
        return _Part(FieldType.NUMBER, lambda columns: run(one.run(columns), two.run(columns)))

    def _joined(self, both: bool, nodes: list[ast.expr]) -> _Part:
        parts = [self._of(FieldType.TRUTH, node, "and" if both else "or") for node in nodes]
        join = operator.and_ if both else operator.or_

        def run(columns: Columns) -> Column:
            found = parts[0].run(columns)
            for part in parts[1:]:
                found = join(found, part.run(columns))
            return found

        return _Part(FieldType.TRUTH, run)

    def _compared(self, left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr]) -> _Part:
        nodes = [left, *rights]
        parts = [self._pair(nodes[at], op, nodes[at + 1]) for at, op in enumerate(ops)]

        def run(columns: Columns) -> Column:
            found = parts[0](columns)
            for part in parts[1:]:
                found = found & part(columns)
            return found

        return _Part(FieldType.TRUTH, run)

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Run:
        if isinstance(op, ast.In | ast.NotIn):
            run = self._membership(left, right)
            return run if isinstance(op, ast.In) else lambda columns: ~run(columns)
        one, two = self.read(left), self.read(right)
        if isinstance(op, ast.Eq | ast.NotEq):
            return self._equality(one, two, left, right, same=isinstance(op, ast.Eq))
        order = _ORDERS.get(type(op))
        if order is None:
            raise InvalidInput("'is' is not part of the language of conditions; write ==")
        for part, node in ((one, left), (two, right)):
            if part.type is not FieldType.NUMBER:
                raise InvalidInput(f"{ast.unparse(node)!r} is {part.type.value}; only numbers have an order")
        return lambda columns: order(one.run(columns), two.run(columns))

    def _equality(self, one: _Part, two: _Part, left: ast.expr, right: ast.expr, *, same: bool) -> Run:
        if one.type is not two.type or one.type is FieldType.WORDS:
            raise InvalidInput(
                f"{ast.unparse(left)!r} is {one.type.value} and {ast.unparse(right)!r} {two.type.value}; "
                "only alike can be compared"
            )
        compare = operator.eq if same else operator.ne
        return lambda columns: compare(one.run(columns), two.run(columns)).astype(bool)

    def _membership(self, left: ast.expr, right: ast.expr) -> Run:
        one = self._of(FieldType.TEXT, left, "in")
        if isinstance(right, ast.List | ast.Tuple):
            listed = [self._of(FieldType.TEXT, node, "a list") for node in right.elts]
            if one.is_plain or not all(part.is_plain for part in listed):
                raise InvalidInput(f"{ast.unparse(right)!r} must be a list of texts, and a field before 'in'")
            wanted = {part.plain for part in listed}
            return lambda columns: _each(one.run(columns), wanted.__contains__)
        words = self._of(FieldType.WORDS, right, "in")
        if not one.is_plain:
            raise InvalidInput(f"{ast.unparse(left)!r} must be a text in quotation marks, before 'in'")
        return lambda columns: _each(words.run(columns), partial(_holds, one.plain))


def _constant(value: Plain) -> _Part:
    import numpy as np

    if isinstance(value, bool):
        return _Part(FieldType.TRUTH, lambda _: np.array(value, np.bool_), value, True)
    if isinstance(value, int | float):
        number = np.array(float(value), np.float64)
        return _Part(FieldType.NUMBER, lambda _: number, value, True)
    text = np.empty(1, object)
    text[0] = value
    return _Part(FieldType.TEXT, lambda _: text, value, True)


def _holds(word: Plain, words: Collection[Plain]) -> bool:
    return word in words


def _each(values: Column, test: Callable[..., bool]) -> Column:
    import numpy as np

    return np.fromiter(map(test, values.tolist()), np.bool_, len(values))
