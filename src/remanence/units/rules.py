"""A unit's rule: which items belong to it without being named, as a mapping or a TOML file says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from remanence.errors import InvalidInput
from remanence.model.item import Json
from remanence.model.kind import Kind

VALUES_MAX = 1_000  # in one field of a rule
RULE_BYTES_MAX = 1 << 20  # of a rule file
VALUE_CHARS_MAX = 200  # as of every other name


@dataclass(frozen=True, slots=True)
class Rule:
    """What an item must be: of every field that is given, one value must fit.

    `entity` is the subject of a statement, or mentioned in the text by any of its names. `similarity` in
    [-1, 1] is the least cosine with the mean of the members that were named.
    """

    kind: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    similarity: float | None = None

    def as_json(self) -> dict[str, Json]:
        """The fields that are given."""
        given: dict[str, Json] = {name: list(getattr(self, name)) for name in LISTS if getattr(self, name)}
        return given if self.similarity is None else {**given, "similarity": self.similarity}


FIELDS = tuple(field.name for field in fields(Rule))
LISTS = FIELDS[:-1]


def parse_rule(given: Mapping[str, object] | str | os.PathLike[str]) -> Rule:
    """Read a rule from a mapping, or from a TOML file by its path.

    Raises InvalidInput that names the field for one that is not known, and for values that don't fit it.

    >>> parse_rule({"kind": "fact", "tag": ["home", "family"]}).tag
    ('home', 'family')
    """
    mapping = given if isinstance(given, Mapping) else read_rule_file(Path(os.fspath(given)))
    unknown = [str(name) for name in mapping if name not in FIELDS]
    if unknown:
        raise InvalidInput(
            f"a rule has no field {', '.join(map(repr, unknown))}; it has: {', '.join(FIELDS)}"
        )
    lists = {name: _values(mapping[name], name) for name in LISTS if name in mapping}
    if "kind" in lists:
        lists["kind"] = tuple(Kind.parse(kind).value for kind in lists["kind"])
    similarity = _cosine(mapping["similarity"]) if "similarity" in mapping else None
    if not lists and similarity is None:
        raise InvalidInput(f"the rule is empty; give at least one of: {', '.join(FIELDS)}")
    return Rule(**lists, similarity=similarity)


def read_rule_file(path: Path) -> Mapping[str, object]:
    """The mapping that a rule's TOML file has; raises InvalidInput for what is none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"the rule file {path} can't be read: {error.strerror}") from error
    if len(content) > RULE_BYTES_MAX:
        raise InvalidInput(f"{path} has {len(content)} bytes, above RULE_BYTES_MAX = {RULE_BYTES_MAX}")
    import tomllib

    try:
        return tomllib.loads(content.decode())
    except ValueError as error:  # no TOML, or no UTF-8
        raise InvalidInput(f"{path} is no TOML file: {error}") from error


def _values(value: object, name: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not values:
        raise InvalidInput(f"the rule's {name} {value!r} must be a text or a list of texts, not empty")
    if len(values) > VALUES_MAX:
        raise InvalidInput(f"the rule's {name} has {len(values)} values, above VALUES_MAX = {VALUES_MAX}")
    for one in values:
        if not isinstance(one, str) or not one.strip() or len(one) > VALUE_CHARS_MAX:
            raise InvalidInput(
                f"the rule's {name} {one!r} must be a text that is not empty, "
                f"of at most VALUE_CHARS_MAX = {VALUE_CHARS_MAX} characters"
            )
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in one):
            raise InvalidInput(f"the rule's {name} {one!r} has a NUL or a lone surrogate; take it out")
    return tuple(dict.fromkeys(values))


def _cosine(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1.0 <= value <= 1.0:
        raise InvalidInput(f"the rule's similarity {value!r} must be a number in [-1, 1]")
    return float(value)
