"""Random histories of observing, reading, rereading, undoing and forgetting: the record stays sound."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from chat_server import Item, item, reads, serve
from reader_making import MakeReader

import remanence
from opening import OpenCube
from remanence.errors import RemanenceError
from ticking import START, TickingClock

STEPS = 25
TOWNS = ("Lisbon", "Porto", "Faro")
THINGS = ("jazz", "fado", "olives")


class Model:
    """Says of a message now this and now that, all of it in the message's own words."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def __call__(self, line: dict[str, object]) -> list[Item]:
        text, number = str(line["text"]), int(str(line["n"]))
        found = []
        for town in TOWNS:
            if town in text and self._chance.random() < 0.7:
                wording = self._chance.choice(("lives in", "is at home in"))
                found.append(
                    item(number, town, f"Alice {wording} {town}", subject="Alice", attribute="home",
                         value=town, affirmed=self._chance.random() < 0.8)
                )  # fmt: skip
        for thing in THINGS:
            if thing in text and self._chance.random() < 0.7:
                found.append(
                    item(number, thing, f"Alice likes {thing}", kind="preference", subject="Alice",
                         attribute="likes", value=thing, affirmed=self._chance.random() < 0.8)
                )  # fmt: skip
        return found


def message(chance: random.Random) -> dict[str, object]:
    town, thing = chance.choice(TOWNS), chance.choice(THINGS)
    text = chance.choice(
        (
            f"I live in {town}.",
            f"I moved to {town}, and {thing} followed",
            f"{thing}? {town}!",
            f"I love {thing}.",
        )
    )
    when = START + timedelta(hours=chance.randrange(-500, 500))
    return {
        "role": chance.choice(("user", "user", "assistant")),
        "content": text,
        "timestamp": when.isoformat(),
    }


def step(cube: remanence.Cube, chance: random.Random, clock: TickingClock) -> str:
    """One random act; its name."""
    items = [line.item_id for line in cube.journal(limit=200) if line.item_id is not None]
    sets = sorted({line.change_set for line in cube.journal(limit=200)})
    act = chance.choice(("observe", "observe", "read", "read", "reread", "undo", "forget", "erase", "revise"))
    if act == "observe":
        cube.observe([message(chance) for _ in range(chance.randrange(1, 4))], session=chance.choice("ab"))
    elif act == "read":
        clock.step(timedelta(hours=1))
        cube.read_pending(limit=chance.choice((1, 2, None)))
    elif act == "reread":
        plan = cube.plan_reread()
        done = cube.reread()
        assert (done.messages, done.queued) == (len(plan.messages), len(plan.queued))
    elif act == "undo" and sets:
        cube.undo(chance.choice(sets), cascade=chance.random() < 0.5)
    elif act == "forget" and items:
        cube.forget(chance.choice(items))
    elif act == "erase" and items:
        where = chance.choice(("passage", "message", "keep"))
        cube.forget(chance.choice(items), erase=True, in_sources=where)  # type: ignore[arg-type]  # one of them
    elif act == "revise" and items:
        cube.revise(chance.choice(items), f"Alice said so {chance.random()}")
    return act


@pytest.mark.parametrize("seed", range(6))
def test_the_record_stays_sound(
    open_cube: OpenCube, reader_for: MakeReader, clock: TickingClock, seed: int
) -> None:
    chance = random.Random(seed)
    done: list[str] = []
    with serve(reads(Model(chance))) as server:
        cube = open_cube(reader=reader_for(server, model="m0", chunk_tokens_max=64))
        for number in range(STEPS):
            if chance.random() < 0.15:
                cube = open_cube(reader=reader_for(server, model=f"m{number}", chunk_tokens_max=64))
            try:
                done.append(step(cube, chance, clock))
            except RemanenceError as error:  # an undo or an erasure that the rules of the house refuse
                done.append(type(error).__name__)
            assert cube.check() == (), (seed, done)
        clock.step(timedelta(days=1))
        assert cube.read_pending().pending == 0
        cube.reread()
        cube.read_pending()
        assert cube.stats().counts["messages to read again"] == 0, (seed, done)
    assert cube.check() == ()
    assert len(server.asked) > 1
