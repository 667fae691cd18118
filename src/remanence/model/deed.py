"""What an agent did, decided and aims at, as its items bear it: typed values, kept as JSON in their metadata.

An item of the kind action, decision or goal has one; that of a deed which was only heard of is its words.
Pure; asked by the verbs that record deeds and by those that learn from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from remanence.errors import InvalidInput
from remanence.model.clipping import clipped
from remanence.model.ids import ItemId
from remanence.model.item import Content, Json
from remanence.model.kind import Kind

DEED = "deed"  # the metadata key under which it stands
ARGUMENTS_CHARS_MAX = 200  # of a call that its text shows: what was passed may be a whole file
OUTCOME_CHARS_MAX = 500  # of an outcome that the text shows; the metadata holds it whole
_NO_WEIGHTS: Mapping[ItemId, float] = MappingProxyType({})
_NO_COST: Mapping[str, float] = MappingProxyType({})


class GoalStatus(StrEnum):
    """Where a goal stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    @classmethod
    def parse(cls, text: str) -> GoalStatus:
        """Read a status by name; raises InvalidInput that lists those there are."""
        try:
            return cls(text)
        except ValueError:
            raise InvalidInput(f"status {text!r} is not one of: {', '.join(cls)}") from None


@dataclass(frozen=True, slots=True)
class Action:
    """Something done: a tool by its name with the arguments of the call, or the deed in words.

    `worked` is None while nobody knows. What came to a result worked, unless somebody says otherwise.
    """

    what: str
    arguments: Json = None
    situation: str | None = None
    outcome: str | None = None
    worked: bool | None = None
    cost: Mapping[str, float] = field(default_factory=lambda: _NO_COST)  # by unit: "usd", "seconds", ...

    @property
    def text(self) -> str:
        """What its item says.

        >>> Action("find", {"q": "jazz"}, situation="a record for Ana", outcome="3 found", worked=True).text
        'find({"q": "jazz"}); when: a record for Ana; result: 3 found'
        """
        head = self.what if self.arguments is None else f"{self.what}({_shown(self.arguments)})"
        failed = self.worked is False
        end = _told("failed" if failed else "result", "failed" if failed else "worked", self)
        return "; ".join([head, *_when(self.situation), *end])


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice among options, in which situation, what was expected of it, and what came of it.

    `weighed` says how much its outcome has counted for or against each reason so far.
    """

    choice: str
    options: tuple[str, ...] = ()
    situation: str | None = None
    expected: str | None = None
    outcome: str | None = None
    worked: bool | None = None
    weighed: Mapping[ItemId, float] = field(default_factory=lambda: _NO_WEIGHTS)

    @property
    def text(self) -> str:
        """What its item says.

        >>> Decision("the train", ("the train", "the plane"), expected="there by noon").text
        'the train; not: the plane; expected: there by noon'
        """
        others = ", ".join(option for option in self.options if option != self.choice)
        expected = [] if self.expected is None else [f"expected: {self.expected}"]
        rejected = [f"not: {others}"] if others else []
        name = "came out badly" if self.worked is False else "came out"
        end = _told(name, name if self.worked is False else "came out well", self)
        return "; ".join([self.choice, *rejected, *_when(self.situation), *expected, *end])


@dataclass(frozen=True, slots=True)
class Goal:
    """What is aimed at, how far it has come (a share in [0, 1], None: nobody said), and a note on that."""

    aim: str
    status: GoalStatus = GoalStatus.OPEN
    progress: float | None = None
    note: str | None = None

    @property
    def text(self) -> str:
        """What its item says.

        >>> Goal("move to Porto", progress=0.5, note="flat found").text
        'move to Porto (50 % done): flat found'
        """
        share = None if self.progress is None else f"{self.progress:.0%}".replace("%", " % done")
        stands = share if self.status is GoalStatus.OPEN else self.status.value
        told = self.aim if stands is None else f"{self.aim} ({stands})"
        return told if self.note is None else f"{told}: {self.note}"


Deed: TypeAlias = "Action | Decision | Goal"


def deed_of(content: Content) -> Deed | None:
    """The deed that an item bears; of one that was heard of alone, its words; None of other kinds."""
    stored = content.metadata.get(DEED)
    found = stored if isinstance(stored, dict) else {}
    if content.kind is Kind.ACTION:
        return _action(found, content.text)
    if content.kind is Kind.DECISION:
        return _decision(found, content.text)
    if content.kind is Kind.GOAL:
        return _goal(found, content.text)
    return None


def metadata_of(deed: Deed) -> dict[str, Json]:
    """A deed as an item's metadata holds it; what nobody said is left out."""
    stored: dict[str, Json] = {}
    for name in (one.name for one in fields(deed)):
        value = getattr(deed, name)
        if value is None or value in ((), {}):
            continue
        if isinstance(value, Mapping):
            value = dict(value)
        stored[name] = list(value) if isinstance(value, tuple) else value
    return {DEED: stored}


def retold(old: Content, was: Deed, now: Deed) -> str:
    """The text of an item whose deed changed; what a person revised of it stays, and is added to."""
    if old.text == was.text:
        return now.text
    news = now.text.removeprefix(_head(now)).lstrip("; ")
    return f"{old.text}; {news}" if news else old.text


def _head(deed: Deed) -> str:
    """The part of a deed's text that its outcome does not touch."""
    if isinstance(deed, Goal):
        return deed.aim
    if isinstance(deed, Action):
        return Action(deed.what, deed.arguments, deed.situation).text
    return Decision(deed.choice, deed.options, deed.situation, deed.expected).text


def _action(found: Mapping[str, Json], text: str) -> Action:
    return Action(
        what=_text(found.get("what")) or text,
        arguments=found.get("arguments"),
        situation=_text(found.get("situation")),
        outcome=_text(found.get("outcome")),
        worked=_truth(found.get("worked")),
        cost=_numbers(found.get("cost")),
    )


def _decision(found: Mapping[str, Json], text: str) -> Decision:
    options = found.get("options")
    weighed = _numbers(found.get("weighed"))
    return Decision(
        choice=_text(found.get("choice")) or text,
        options=tuple(map(str, options)) if isinstance(options, list) else (),
        situation=_text(found.get("situation")),
        expected=_text(found.get("expected")),
        outcome=_text(found.get("outcome")),
        worked=_truth(found.get("worked")),
        weighed={ItemId(name): weight for name, weight in weighed.items()},
    )


def _goal(found: Mapping[str, Json], text: str) -> Goal:
    status, progress = found.get("status"), found.get("progress")
    return Goal(
        aim=_text(found.get("aim")) or text,
        status=GoalStatus(status) if status in list(GoalStatus) else GoalStatus.OPEN,
        progress=float(progress) if isinstance(progress, int | float) else None,
        note=_text(found.get("note")),
    )


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _truth(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _numbers(value: Json) -> dict[str, float]:
    known = value if isinstance(value, dict) else {}
    return {name: float(number) for name, number in known.items() if isinstance(number, int | float)}


def _shown(arguments: Json) -> str:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return clipped(text, ARGUMENTS_CHARS_MAX)


def _when(situation: str | None) -> list[str]:
    return [] if situation is None else [f"when: {situation}"]


def _told(name: str, bare: str, deed: Action | Decision) -> list[str]:
    """What came of it, under the name of that; without words, the bare verdict."""
    if deed.outcome is not None:
        return [f"{name}: {clipped(deed.outcome, OUTCOME_CHARS_MAX)}"]
    return [] if deed.worked is None else [bare]
