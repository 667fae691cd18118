"""Lifecycle rules: read from TOML, each a condition and what to do; and what they would touch, simulated.

The first rule that fits moves an item; then all rules are asked again, since it has another state now, until
none fits. Rules that would move an item in a circle are refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import TYPE_CHECKING

from remanence.errors import InvalidInput
from remanence.lifecycle.expressions import Column, Condition, FieldType, read_condition
from remanence.model.journal import Verb
from remanence.model.state import State, may_become

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RULES_MAX = 100
RULES_BYTES_MAX = 256 * 1024
KEYS = {"name", "when", "then", "after_days", "at"}


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule does: the state it leads to, if any, and the verb the journal shows."""

    name: str
    meaning: str
    verb: Verb
    target: State | None = None
    only_from: frozenset[State] = frozenset(State)

    def fits(self, state: State) -> bool:
        """Whether an item in this state may be acted on: never a frozen one."""
        if state is State.FROZEN or state not in self.only_from:
            return False
        return self.target is None or (state is not self.target and may_become(state, self.target))


_LIVING = frozenset({State.GENERATED, State.ACTIVE, State.DORMANT})
ACTIONS = {
    action.name: action
    for action in (
        Action("dormant", "recalled, and known to be cold", Verb.AGE, State.DORMANT, _LIVING),
        Action("wake", "active again", Verb.AGE, State.ACTIVE, frozenset({State.DORMANT})),
        Action(
            "archive",
            "kept, no longer recalled, with what rests on it alone",
            Verb.AGE,
            State.ARCHIVED,
            _LIVING,
        ),
        Action("retire", "the same, as `forget` does it", Verb.RETIRE, State.ARCHIVED, _LIVING),
        Action("freeze", "protected from change and decay", Verb.FREEZE, State.FROZEN, _LIVING),
        Action(
            "merge", "merged into what says the same, if there is such", Verb.MERGE, State.MERGED, _LIVING
        ),
        Action(
            "summarise",
            "its conversation has a summary that is up to date",
            Verb.SUMMARISE,
            None,
            frozenset(State) - {State.ERASED},
        ),
        Action("expire", "recalled until `at`, or `after_days` from now", Verb.EXPIRE, None, _LIVING),
        Action(
            "erase",
            "gone for good; only with allow_erase",
            Verb.ERASE,
            State.ERASED,
            frozenset(State) - {State.ERASED},
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `at` or `after_days` say when what it fits expires."""

    name: str
    number: int  # from 1, as the file has them
    condition: Condition
    action: Action
    at: date | None = None
    after_days: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule does to an item, and the values of the fields for which it fits."""

    rule: Rule
    values: Mapping[str, str | float | bool | None]


def shipped_rules(types: Mapping[str, FieldType]) -> tuple[Rule, ...]:
    """The rules of `data/rules.toml`."""
    text = (resources.files(__package__) / "data" / "rules.toml").read_text("utf-8")
    return read_rules(text, types, source="the shipped rules")


def read_rules(text: str, types: Mapping[str, FieldType], *, source: str) -> tuple[Rule, ...]:
    """Read a rule file's text; InvalidInput names the file, the rule and what is wrong."""
    if len(text.encode("utf-8", "surrogatepass")) > RULES_BYTES_MAX:
        raise InvalidInput(f"{source}: above RULES_BYTES_MAX = {RULES_BYTES_MAX}")
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{source}: no TOML: {error}") from error
    listed = raw.get("rule", [])
    if set(raw) - {"rule"} or not isinstance(listed, list):
        unknown = ", ".join(sorted(set(raw) - {"rule"})) or "rule"
        raise InvalidInput(f"{source}: {unknown!r} is not known; a rule file is a list of [[rule]] tables")
    if len(listed) > RULES_MAX:
        raise InvalidInput(f"{source}: {len(listed)} rules are more than RULES_MAX = {RULES_MAX}")
    rules: list[Rule] = []
    for number, table in enumerate(listed, 1):
        try:
            rules.append(_rule(number, table, types))
        except InvalidInput as error:
            raise InvalidInput(f"{source}, rule {number}: {error}") from error
        if [rule.name for rule in rules].count(rules[-1].name) > 1:
            raise InvalidInput(f"{source}, rule {number}: {rules[-1].name!r} is another rule's name already")
    return tuple(rules)


def simulate(
    rules: Sequence[Rule],
    columns: Callable[[str], Column],
    *,
    states: Sequence[str],
    expires: Sequence[bool],
    twinned: Sequence[bool],
    unsummed: Sequence[bool],
    named: Callable[[int], str],
) -> dict[int, list[Step]]:
    """The steps of each touched item, by its place: what the rules do to it until none fits any more.

    `columns` are the items' fields; `states`, `expires`, `twinned` and `unsummed` say of each how it stands
    before, whether it has an end, whether another says the same, and whether its conversation's summary is
    due; `named` gives its name for an error.
    Raises InvalidInput for rules that would feed each other without end.
    """
    import numpy as np

    found: dict[int, list[Step]] = {}
    now = np.array(states, object)
    has_end, has_twin = np.array(expires, np.bool_), np.array(twinned, np.bool_)
    has_no_summary = np.array(unsummed, np.bool_)
    seen: dict[int, list[State]] = {}
    waiting = np.ones(len(now), np.bool_)
    while waiting.any():
        moved = np.zeros(len(now), np.bool_)
        asked = _with_state(columns, now)
        for rule in rules:
            fits = waiting & ~moved & _fitting(rule.action, now)
            if rule.action.name == "expire":
                fits &= ~has_end
            elif rule.action.name == "merge":
                fits &= has_twin
            elif rule.action.name == "summarise":
                fits &= has_no_summary
            if fits.any():
                fits &= np.broadcast_to(rule.condition.run(asked), fits.shape)
            if not fits.any():
                continue
            moved |= fits
            places = np.flatnonzero(fits).tolist()
            values = {name: asked(name)[fits].tolist() for name in rule.condition.fields}
            for at, place in enumerate(places):
                step = Step(rule, {name: column[at] for name, column in values.items()})
                found.setdefault(place, []).append(step)
            has_end |= fits & (rule.action.name == "expire")
            has_no_summary &= ~(fits & (rule.action.name == "summarise"))
            if rule.action.target is not None:
                _move(found, seen, now, places, rule.action.target, named)
        waiting = moved
    return found


def _move(
    found: Mapping[int, Sequence[Step]],
    seen: dict[int, list[State]],
    now: npt.NDArray[np.object_],
    places: Sequence[int],
    target: State,
    named: Callable[[int], str],
) -> None:
    """Give the places their new state; InvalidInput where it is one that they were in before."""
    for place in places:
        before = seen.setdefault(place, [])
        before.append(State(now[place]))
        if target in before:
            names = " and ".join(dict.fromkeys(repr(step.rule.name) for step in found[place]))
            raise InvalidInput(
                f"the rules {names} feed each other without end: they would move {named(place)} from "
                f"{target} back to {target}; narrow one of them"
            )
        now[place] = target.value


def _with_state(columns: Callable[[str], Column], states: npt.NDArray[np.object_]) -> Callable[[str], Column]:
    held = states.copy()
    return lambda name: held if name == "state" else columns(name)


def _fitting(action: Action, states: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    import numpy as np

    found = np.zeros(len(states), np.bool_)
    for state in State:
        if action.fits(state):
            found |= (states == state.value).astype(np.bool_)
    return found


def _rule(number: int, table: object, types: Mapping[str, FieldType]) -> Rule:
    if not isinstance(table, dict):
        raise InvalidInput("it is no table; write [[rule]]")
    unknown = sorted(set(table) - KEYS)
    if unknown:
        raise InvalidInput(f"{unknown[0]!r} is not known; a rule has: {', '.join(sorted(KEYS))}")
    texts: dict[str, str] = {}
    for key in ("name", "when", "then"):
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InvalidInput(f"{key!r} is missing or no text")
        texts[key] = value
    action = ACTIONS.get(texts["then"])
    if action is None:
        raise InvalidInput(f"then {texts['then']!r} is not one of: {', '.join(ACTIONS)}")
    try:
        condition = read_condition(texts["when"], types)
    except InvalidInput as error:
        raise InvalidInput(f"when {texts['when']!r}: {error}") from error
    at, after_days = _expiry(table, action)
    return Rule(texts["name"], number, condition, action, at, after_days)


def _expiry(table: Mapping[str, object], action: Action) -> tuple[date | None, float | None]:
    at, after_days = table.get("at"), table.get("after_days")
    if action.name != "expire":
        if at is not None or after_days is not None:
            raise InvalidInput("'at' and 'after_days' go with then = \"expire\"")
        return None, None
    if (at is None) == (after_days is None):
        raise InvalidInput("then = \"expire\" takes one of 'at' (a date) and 'after_days' (a number)")
    if at is not None:
        if not isinstance(at, date | datetime):
            raise InvalidInput(f"at {at!r} must be a date of TOML, as 2027-01-31")
        return at, None
    if isinstance(after_days, bool) or not isinstance(after_days, int | float) or not 0 < after_days < 1e6:
        raise InvalidInput(f"after_days {after_days!r} must be a number above 0 and below a million")
    return None, float(after_days)
