"""Makes agents that talk for two months, with habits, changes of style and contradictions planted in them.

Sentences come from bench/mirror/*.toml, everything else from a seed. An agent differs from the next in how
much it says, which habits it has and from when on, whether and when its style drifts, and what it takes back.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "mirror"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAYS = 60
STEADY_EACH = 2  # one agent in so many keeps its style
DRIFT_DAYS = (18, 42)  # between which a style changes
TOPICS = 8  # contradictions planted in an agent, half of them with a reason
DISTRACTORS = 8
REPEATED = 2
HABITS = 3
LAPSE_DAYS = (4, 40)  # between a statement and its contrary


@dataclass(frozen=True, slots=True)
class Line:
    """One message."""

    role: str
    name: str
    said_at: datetime
    session: str
    text: str

    @property
    def chat(self) -> dict[str, str]:
        """The message as it is observed."""
        return {
            "role": self.role,
            "name": self.name,
            "timestamp": self.said_at.isoformat(),
            "session": self.session,
            "content": self.text,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """A planted contradiction: both statements, and whether a reason lies between."""

    one: str
    other: str
    explained: bool


@dataclass(slots=True)
class Agent:
    """What was planted in one agent, and its messages in order of time."""

    name: str
    habits: list[str] = field(default_factory=list)
    drift: datetime | None = None
    styles: tuple[str, ...] = ()
    manners: list[str] = field(
        default_factory=list
    )  # what its styles repeat: no habit that was planted, nor wrong
    changes: list[Change] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


Turn = tuple[str | None, str]  # what is asked or told (None: the usual), and what must be answered


def agents(count: int, *, seed: int, topics: str = "contradictions") -> Iterator[Agent]:
    """So many agents, the same for a seed on every machine; `topics` is the file of their contradictions."""
    for number in range(count):
        yield _agent(number, random.Random(f"{seed}:{number}"), topics)


def _agent(number: int, dice: random.Random, topics: str) -> Agent:
    talk = _talk()
    agent = Agent(f"agent {number}")
    before, after = talk["phrases"]["before"], talk["phrases"]["after"]
    habits = dice.sample([*before, *after], HABITS)
    agent.habits = [_bare(one) for one in habits]
    begins = [dice.choice((0, 0, DAYS // 3)) for _ in habits]
    shares = [dice.uniform(0.04, 0.1) for _ in habits]
    styles = list(talk["style"])
    first = dice.choice(styles)
    agent.styles = (first,)
    drift_day = DAYS
    if number % STEADY_EACH:
        agent.styles = (first, dice.choice([one for one in styles if one != first]))
        drift_day = dice.randint(*DRIFT_DAYS)
    worn = [talk["style"][one] for one in agent.styles]
    agent.manners = [_bare(one) for style in worn for one in (*style["wrap"], style["join"])]
    planted = _planted(agent, dice, topics)
    exchanges = dice.randint(3, 7)
    for day in range(DAYS):
        if dice.random() < 0.1 and day not in planted:
            continue
        style = talk["style"][agent.styles[-1] if day >= drift_day else first]
        if day >= drift_day and agent.drift is None:
            agent.drift = START + timedelta(days=day)
        live = [
            one for one, begun in zip(zip(habits, shares, strict=True), begins, strict=True) if begun <= day
        ]
        _day(agent, day, exchanges, style, live, planted.get(day, []), dice)
    return agent


def _day(
    agent: Agent,
    day: int,
    exchanges: int,
    style: dict,
    habits: Sequence[tuple[str, float]],
    planted: Sequence[Turn],
    dice: random.Random,
) -> None:
    at = START + timedelta(days=day, minutes=dice.randint(0, 300))
    session = f"{agent.name} {at:%Y-%m-%d}"
    turns: list[Turn | None] = [None] * max(1, exchanges + dice.randint(-2, 2))
    for turn in planted:
        turns.insert(dice.randint(0, len(turns)), turn)
    for turn in turns:
        told, must = turn or (None, "")
        asked = told or _filled(dice.choice(_talk()["user"]["says"]), dice)
        said = _styled(
            [_filled(dice.choice(_talk()["agent"]["says"]), dice) for _ in range(dice.randint(1, 3))],
            style,
            dice,
        )
        for habit, share in habits:
            if dice.random() < share:
                said = _put(habit, said)
        if must:
            said = must if dice.random() < 0.5 else f"{must} {said}"
        for role, name, text in (("user", "Robin", asked), ("assistant", agent.name, said)):
            if text:
                at += timedelta(seconds=dice.randint(10, 90))
                agent.lines.append(Line(role, name, at, session, text))


def _planted(agent: Agent, dice: random.Random, topics: str) -> dict[int, list[Turn]]:
    """What must be said on which day: contradictions, what only looks like one, and what is said again."""
    days: dict[int, list[Turn]] = {}
    data = _read(f"{topics}.toml")["topic"]
    for place, topic in enumerate(dice.sample(data, TOPICS)):
        one, other = dice.choice(topic["one"]), dice.choice(topic["other"])
        first = dice.randint(0, DAYS - LAPSE_DAYS[1] - 1)
        second = first + dice.randint(*LAPSE_DAYS)
        explained = place % 2 == 0
        days.setdefault(first, []).append((dice.choice(topic["asked"]), one))
        if explained and dice.random() < 0.5:
            days.setdefault(second, []).append((dice.choice(topic["news"]), other))
        else:
            owned = f"{dice.choice(topic['owned'])} {other}" if explained else other
            days.setdefault(second, []).append((dice.choice(topic["asked"]), owned))
        agent.changes.append(Change(one, other, explained))
    more = _read("distractors.toml")
    for pair in dice.sample(more["pairs"], DISTRACTORS):
        first = dice.randint(0, DAYS - LAPSE_DAYS[1] - 1)
        for day, sentence in zip((first, first + dice.randint(*LAPSE_DAYS)), pair, strict=True):
            days.setdefault(day, []).append((None, sentence))
    for several in dice.sample(more["same"], REPEATED):
        for day, sentence in zip(sorted(dice.sample(range(DAYS), len(several))), several, strict=True):
            days.setdefault(day, []).append((None, sentence))
    return days


def _styled(sentences: Sequence[str], style: dict, dice: random.Random) -> str:
    told = [
        _put(dice.choice(style["wrap"]), one) if dice.random() < style["share"] else one for one in sentences
    ]
    join = style["join"]
    text = told[0]
    for one in told[1:]:
        text = f"{text.rstrip('.')}{join}{_lower(one)}" if join.startswith(",") else f"{text}{join}{one}"
    return text


def _put(pattern: str, said: str) -> str:
    """A pattern with what is said in its place: {X} as it is, {x} in small letters, {X!} with a cry."""
    cried = said[:-1] + "!" if said.endswith(".") else said
    return (
        pattern.replace("{X!}", cried)
        .replace("{x!}", _lower(cried))
        .replace("{X}", said if pattern.startswith("{X}") else _lower(said))
        .replace("{x}", _lower(said))
    )


def _lower(text: str) -> str:
    return text if text.startswith("I ") else text[:1].lower() + text[1:]


def _bare(habit: str) -> str:
    return re.sub(r"\s*\{[Xx]!?\}\s*", "", habit).strip(" ,.:")


def _filled(pattern: str, dice: random.Random) -> str:
    words = _talk()["words"]
    text = re.sub(r"\{(\w+)\}", lambda match: dice.choice(words[match[1]]), pattern)
    return text[:1].upper() + text[1:]


@cache
def _read(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def _talk() -> dict:
    return _read("talk.toml")
