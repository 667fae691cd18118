"""Talk for tests of the mirror: two months of an agent and Robin, with what a test plants in it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import remanence
from remanence.model.mirror import Portrait

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
THINGS = ("the shed", "the soup", "the tent", "the slides", "the hedge", "the piano", "the map", "the parcel")
STATES = ("ready", "crooked", "half empty", "too dark", "loose", "dusty", "out of tune", "still warm")
ANSWERS = (
    "Leave {thing} for later, it looks {state}.",
    "Have a look at {thing} first.",
    "Half of {thing} seems {state} from here.",
    "Cover {thing} before it rains.",
    "Measure {thing} twice and write it down.",
    "With {thing} out of the way the rest is quick.",
    "A photo of {thing} would tell more.",
    "Ring somebody who knows {thing}.",
    "Keep {thing} away from the window.",
)
TOLD = (
    "I spent the day on {thing}.",
    "What should I do with {thing}?",
    "My neighbour says {thing} is {state}.",
    "There was {thing} again.",
    "How long does {thing} take?",
)

Message = dict[str, str]
Planted = Mapping[int, tuple[str, str]]  # by day: what Robin says, and what the agent answers


def message(role: str, at: datetime, text: str, *, name: str | None = None) -> Message:
    """A chat message; each day is a session."""
    named = {"name": name or ("Atlas" if role == "assistant" else "Robin")}
    return {"role": role, **named, "timestamp": at.isoformat(), "session": f"{at:%Y-%m-%d}", "content": text}


def talk(
    days: int = 60,
    *,
    each: int = 4,
    habit: Callable[[int, int, str], str] = lambda day, number, text: text,
    planted: Planted | None = None,
    seed: int = 3,
) -> list[Message]:
    """So many days with so many answers each; `habit` makes of the n-th answer of a day what is said."""
    dice = random.Random(seed)
    found: list[Message] = []
    for day in range(days):
        at = START + timedelta(days=day)
        for number in range(each):
            at += timedelta(minutes=3)
            words = {"thing": dice.choice(THINGS), "state": dice.choice(STATES)}
            said = dice.choice(ANSWERS).format(**words)
            found.append(message("user", at, dice.choice(TOLD).format(**words)))
            answered = at + timedelta(minutes=1)
            found.append(message("assistant", answered, habit(day, number, said)))
        if planted and day in planted:
            asked, answer = planted[day]
            found.append(message("user", at + timedelta(minutes=5), asked))
            found.append(message("assistant", at + timedelta(minutes=6), answer))
    return found


def mirrored(cube: remanence.Cube, messages: Iterable[Message]) -> Portrait:
    """What the mirror shows after the cube has heard this."""
    cube.observe(messages)
    return cube.portrait()
