"""What finding entities costs: bench/entities.py [--messages 4000] [--rounds 3].

One conversation, generated, is observed with the rule reader, with entities looked for and without, in turns;
the figure is processor time, which other work on the machine sways least.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

import remanence
from machine import machine_line
from remanence.reader.entities.names import read_names
from remanence.verbs import setting

FIRST = (
    "Ana",
    "Bruno",
    "Carla",
    "David",
    "Elena",
    "Felix",
    "Greta",
    "Hugo",
    "Irene",
    "Joana",
    "Karl",
    "Lena",
)
PLACES = ("Porto", "Lisbon", "Berlin", "Madrid", "Oslo", "Prague", "Vienna", "Zurich")
ORGANISATIONS = ["Acme Corp", "Globex", "Initech", "Umbrella Labs"]
SAID = [
    "I met {a} in {p} yesterday and we had coffee near the river.",
    "my friend {a} works at {o} now, she likes it a lot.",
    "the weather is nice today, i think we should go for a walk later.",
    "Could you remind me to call the dentist on Friday about the appointment?",
    "I prefer tea to coffee in the morning, usually with a bit of milk.",
    "{a} said that the project is late because the parts did not arrive.",
    "We are planning a trip to {p} in May with {a} and {b}.",
    "That sounds good, let me check the calendar and get back to you.",
    "Yes, the second option is cheaper but takes two days longer to ship.",
    "I bought a new bike last week. It was not cheap.",
]
BATCH = 500
SEED = 7


def conversation(count: int) -> list[dict[str, str]]:
    """So many messages, none like another."""
    pick = random.Random(SEED)
    return [
        {
            "role": "assistant" if number % 2 else "user",
            "content": pick.choice(SAID).format(
                a=pick.choice(FIRST),
                b=pick.choice(FIRST),
                p=pick.choice(PLACES),
                o=pick.choice(ORGANISATIONS),
            )
            + f" ({number})",
        }
        for number in range(count)
    ]


def seconds(messages: list[dict[str, str]]) -> float:
    """Processor time to observe them all in a new cube."""
    with (
        tempfile.TemporaryDirectory() as folder,
        remanence.open(Path(folder) / "a.cube", owner="Zoe", embedder=None) as cube,
    ):
        start = time.process_time()
        for first in range(0, len(messages), BATCH):
            cube.observe(messages[first : first + BATCH], session=f"s{first}")
        return time.process_time() - start


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    messages = conversation(given.messages)
    seconds(messages[:BATCH])  # warms what is compiled once
    finding, blind = setting.notice, lambda tx, change, rows: None
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(given.rounds):
        for name, notice in (("without", blind), ("with", finding)):
            setting.notice = notice
            taken[name].append(seconds(messages))
    best = {name: min(times) for name, times in taken.items()}
    start = time.process_time()
    for message in messages:
        read_names(message["content"])
    alone = (time.process_time() - start) / len(messages)
    figures = {
        "observe, entities found": (len(messages) / best["with"], "messages/s"),
        "observe, entities not looked for": (len(messages) / best["without"], "messages/s"),
        "share of the time": (1 - best["without"] / best["with"], "share"),
        "a text's names read": (alone * 1e6, "us"),
    }
    for figure, (value, unit) in figures.items():
        line = {"bench": "entities", "figure": figure, "group": "all", "value": round(value, 3), "unit": unit}
        print(json.dumps({**line, "n": len(messages)}))
    print(machine_line("entities"))


if __name__ == "__main__":
    main()
