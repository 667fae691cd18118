"""What looking back costs, and what history costs: bench/record.py [--items 100000] [--revised 10000].

First a cube of many items with people whose homes and jobs change and messages that were corrected: views of
the past, timelines, lists of changes, open conflicts and grounds, each asked with another person, time and
question. Then the same
items with ten revisions each and without: recall, and the file. No embedder, so that nothing hides behind it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import remanence
from machine import machine_line
from sentences import texts

SEED = 11
QUESTIONS = 202
BATCH = 2_000  # messages a change set
SESSION_TURNS = 50
PEOPLE = 400
TOLD_EACH = 10  # one message in so many tells where somebody lives or works
DISPUTED_EACH = 4  # of one person in so many a document says another home
CORRECTED_EACH = 10  # one message in so many comes again with other words
REVISIONS = 10
PLACES = ("Lisbon", "Porto", "Rome", "Oslo", "Lyon", "Graz", "Turin", "Malmö", "Gdańsk", "Cork")
JOBS = ("a baker", "a nurse", "a pilot", "a teacher", "a carpenter", "a lawyer")
COUNTING = "at().stats"  # looks at all rows, as `stats` does
WANTED = {"view": 50.0, "history": 1.2}  # milliseconds, ratio
START = datetime(2024, 1, 1, tzinfo=UTC)

Message = dict[str, str]


def say(figure: str, group: object, value: float, unit: str, n: int, wanted: float | None = None) -> None:
    """Print one figure as a line of JSON."""
    line = {"bench": "record", "figure": figure, "group": str(group), "value": round(value, 4)}
    goal = {} if wanted is None else {"wanted_max": wanted}
    print(json.dumps({**line, "unit": unit, "n": n, **goal}), flush=True)


def timed(figure: str, group: object, calls: Iterable[Callable[[], object]]) -> None:
    """Print p50 and p95 of the calls, in milliseconds; the first one warms up and is not counted."""
    times = [milliseconds(call) for call in calls][1:]
    wanted = None if figure in (COUNTING, "stats") else WANTED["view"]
    say(f"{figure} p50", group, statistics.median(times), "ms", len(times), wanted)
    say(f"{figure} p95", group, statistics.quantiles(times, n=20)[-1], "ms", len(times))


def milliseconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def talk(said: Sequence[str], pick: random.Random) -> Iterator[Message]:
    """Messages in sessions, hours apart; now and then somebody says where they live or what they do."""
    for number, text in enumerate(said):
        told = number % TOLD_EACH == 0
        name = f"Person{pick.randrange(PEOPLE)}" if told else ("Ana", "Ben")[number % 2]
        if told:
            place, job = pick.choice(PLACES), pick.choice(JOBS)
            text = f"I live in {place} now." if number % 20 else f"I work as {job}."
        yield {
            "role": "user",
            "name": name,
            "content": text,
            "session": f"s{number // SESSION_TURNS}",
            "id": f"m{number}",
            "timestamp": (START + timedelta(minutes=10 * number)).isoformat(),
        }


def batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """The messages, so many at a time."""
    listed = list(messages)
    yield from (listed[at : at + BATCH] for at in range(0, len(listed), BATCH))


def measure_looking_back(path: Path, said: Sequence[str], asked: Sequence[str]) -> None:
    """Views, timelines, changes, conflicts and grounds in one cube."""
    pick, items = random.Random(SEED), len(said)
    messages = list(talk(said, pick))
    with remanence.open(path, owner="Ana", embedder=None) as cube:
        for batch in batches(messages):
            cube.observe(batch)
        again = [{**one, "content": f"{one['content']} Or so."} for one in messages[1::CORRECTED_EACH]]
        for batch in batches(again):
            cube.observe(batch)
        for text in asked:
            cube.remember(f"Noted: {text}")
        for number in range(0, PEOPLE, DISPUTED_EACH):
            name, town = f"Person{number}", pick.choice(PLACES)
            slot = (name, "home", town)
            cube.remember(f"{name} lives in {town}", slot=slot, trust="document", author="registry")
        counts = cube.stats().counts
        say("items", items, counts["items"], "items", 1)
        say("rows", items, counts["revisions"], "rows", 1)
        oldest = cube.changes(1, limit=1)[0].at
        span = (cube.journal(limit=1)[0].recorded_at - oldest).total_seconds()
        moments = [oldest + timedelta(seconds=pick.random() * span) for _ in asked]
        names = [f"Person{pick.randrange(PEOPLE)}" for _ in asked]
        last = cube.journal(limit=1)[0].sequence
        starts = [pick.randrange(last - len(asked), last - 50) for _ in asked]
        first = milliseconds(lambda: cube.at(moments[0]).recall(asked[0]))
        say("at().recall, the first", items, first, "ms", 1)
        calls: dict[str, Callable[[datetime, str, str, int], object]] = {
            "at().recall": lambda then, question, name, line: cube.at(then).recall(question),
            "stats": lambda then, question, name, line: cube.stats(),
            COUNTING: lambda then, question, name, line: cube.at(then).stats(),
            "timeline": lambda then, question, name, line: cube.timeline(name),
            "timeline of one attribute": lambda then, question, name, line: cube.timeline(name, "home"),
            "timeline known at a time": lambda then, question, name, line: cube.timeline(name, known_at=then),
            "conflicts": lambda then, question, name, line: cube.conflicts(),
            "conflicts of one": lambda then, question, name, line: cube.conflicts(subject=name),
            "changes since a time": lambda then, question, name, line: cube.changes(then),
            "changes between lines": lambda then, question, name, line: cube.changes(line, line + 50),
        }
        for figure, call in calls.items():
            asking = zip(moments, asked, names, starts, strict=True)
            timed(figure, items, [partial(call, *one) for one in asking])
        view = cube.at(moments[0])
        ids = [line.item_id for line in view.journal(limit=len(asked)) if line.item_id is not None]
        timed("at().show", items, [partial(view.show, item_id) for item_id in ids])
        derived = [period.item.id for name in names for period in cube.timeline(name)[:1]]
        timed("why", items, [partial(cube.why, item_id) for item_id in derived])
        timed("impact", items, [partial(cube.impact, item_id) for item_id in derived])
        say("conflicts", items, len(cube.conflicts()), "conflicts", 1)


def measure_history(folder: Path, items: int, said: Sequence[str], asked: Sequence[str]) -> None:
    """Recall with ten revisions of each item over recall without, in turn; and what the file grows by."""
    said = random.Random(SEED).sample(said, items * (REVISIONS + 1))  # longer texts would stand last
    plain, revised = folder / "plain.cube", folder / "revised.cube"

    def version(number: int) -> list[Message]:
        return [
            {
                "role": "user",
                "content": said[number * items + at],
                "session": f"s{at // SESSION_TURNS}",
                "id": f"m{at}",
            }
            for at in range(items)
        ]

    def observe(path: Path, messages: list[Message]) -> int:
        with remanence.open(path, embedder=None, reader=None) as cube:
            for batch in batches(messages):
                cube.observe(batch)
        return path.stat().st_size

    observe(plain, version(REVISIONS))
    one_in_a_hundred = [{**one, "content": f"{one['content']} Or so."} for one in version(REVISIONS)[::100]]
    sizes = [observe(revised, version(number)) for number in range(REVISIONS + 1)]
    grown = (sizes[-1] - sizes[0]) / (items * REVISIONS)
    revisions = said[items:]
    words = sum(len(text.encode()) for text in revisions) / len(revisions)
    say("file grown by a revision", items, grown, "bytes", items * REVISIONS)
    say("of it the text itself", items, words, "bytes", items * REVISIONS)
    rounds = [after - before for before, after in pairwise(sizes)]
    say("growth of the last round over the first", items, rounds[-1] / rounds[0], "ratio", len(rounds))
    few = (observe(revised, one_in_a_hundred) - sizes[-1]) / len(one_in_a_hundred)
    say("file grown by a revision, one item in a hundred revised", items, few, "bytes", len(one_in_a_hundred))
    say("file without history", items, plain.stat().st_size / items, "bytes/item", items)
    with (
        remanence.open(plain, embedder=None, read_only=True) as short,
        remanence.open(revised, embedder=None, read_only=True) as long,
    ):
        times: dict[str, list[float]] = {"without": [], "with": []}
        for cube in (short, long):
            cube.recall(asked[0])
        for question in asked[1:]:
            for name, cube in (("without", short), ("with", long)):
                times[name].append(milliseconds(lambda c=cube, q=question: c.recall(q)))
    for name, found in times.items():
        say(f"recall {name} history p50", items, statistics.median(found), "ms", len(found))
    ratio = statistics.median(times["with"]) / statistics.median(times["without"])
    say("recall with over without history", items, ratio, "ratio", len(asked) - 1, WANTED["history"])


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000, help="items of the cube looked back in")
    parser.add_argument("--revised", type=int, default=10_000, help="items that are revised ten times each")
    given = parser.parse_args()
    said, asked = texts(max(given.items, given.revised * (REVISIONS + 1)), QUESTIONS)
    with tempfile.TemporaryDirectory() as name:
        measure_looking_back(Path(name) / "past.cube", said[: given.items], asked)
        measure_history(Path(name), given.revised, said, asked)
    print(machine_line("record"))


if __name__ == "__main__":
    main()
