"""What ageing costs: bench/lifecycle.py [--items 100000] [--new 10000].

A plan of lifecycle rules over a large cube, consolidation of new items of which some repeat others, and
recall with and without ageing on a cube in which a tenth of the items was used. Times as in bench/latency.py.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import remanence
from machine import machine_line, peak_mb
from remanence.clock import SystemClock
from remanence.model.belief import Belief
from remanence.model.item import Content, Provenance
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from sentences import texts

PLANS = 5
ASKED = 400
REPEATED_EVERY = 5  # of the new items one says again what another says
SPAN_DAYS = 1_000  # over which the items were said
BATCH = 10_000
KINDS = (Kind.FACT, Kind.PREFERENCE, Kind.EVENT, Kind.DECISION)
RULES = """
[[rule]]
name = "passing"
when = 'kind in ["event", "action"] and age_days > 900 and uses == 0'
then = "archive"

[[rule]]
name = "unsure"
when = 'confidence < 0.5 and unused_days > 500 and "keep" not in tags'
then = "dormant"

[[rule]]
name = "cold"
when = 'state == "active" and activation < -2.6'
then = "dormant"
"""


class FixedClock:
    """The system's randomness at a time that is told."""

    def __init__(self, time: datetime) -> None:
        self.time = time
        self._system = SystemClock()

    def now(self) -> datetime:
        """The time told."""
        return self.time

    def random_bits(self, count: int) -> int:
        """Random bits."""
        return self._system.random_bits(count)


def say(figure: str, group: object, value: float, unit: str, n: int) -> None:
    """Print one figure as a line of JSON."""
    line = {"bench": "lifecycle", "figure": figure, "group": str(group), "value": round(value, 4)}
    print(json.dumps({**line, "unit": unit, "n": n}), flush=True)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def fill(cube: remanence.Cube, clock: FixedClock, said: Sequence[str], now: datetime) -> None:
    """Write statements of several kinds, said over a long time, in a few large changes."""
    dice = random.Random(7)
    setting = cube._setting
    for start in range(0, len(said), BATCH):
        batch = said[start : start + BATCH]
        with setting.store.write() as tx:
            change = setting.change(tx, actor="bench", reason=None)
            for number, text in enumerate(batch, start):
                at = now - timedelta(days=SPAN_DAYS * (1 - number / len(said)))
                content = Content(
                    text,
                    kind=KINDS[number % len(KINDS)],
                    tags=("keep",) if number % 3 else (),
                    belief=Belief.stated(dice.random()),
                )
                provenance = Provenance("Alice", "user", Trust.USER, "stated", at, session=f"s{number // 50}")
                row = change.open_row(change.new_item(), content, provenance)
                change.note(Verb.REMEMBER, row.item_id, opened=[row])
            change.write()
        clock.time += timedelta(seconds=1)


def measure_plan(folder: Path, said: Sequence[str]) -> None:
    """How long a plan takes, and its carrying out."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    clock = FixedClock(now)
    path = folder / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    with remanence.open(folder / "planned.cube", embedder=None, reader=None, clock=clock) as cube:
        fill(cube, clock, said, now)
        times = [seconds(lambda: cube.plan_lifecycle(path)) for _ in range(PLANS)]
        touched = len(cube.plan_lifecycle(path).touched)
        say("lifecycle plan p50", len(said), statistics.median(times), "s", PLANS)
        say("lifecycle plan touches", len(said), touched, "items", 1)
        say("lifecycle apply", len(said), seconds(lambda: cube.apply_lifecycle(path)), "s", touched)


def measure_consolidation(folder: Path, said: Sequence[str]) -> None:
    """How long consolidation of new items takes, at which memory, and a second one with nothing to do."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    clock = FixedClock(now)
    told = [said[at - 1] if at % REPEATED_EVERY == 1 else said[at] for at in range(len(said))]
    with remanence.open(folder / "slept.cube", embedder=None, reader=None, clock=clock) as cube:
        fill_alike(cube, clock, told, now)
        say("RSS before consolidation", len(said), peak_mb(), "MB", 1)
        start = time.perf_counter()
        done = cube.consolidate(seconds=600)
        say("consolidation", len(said), time.perf_counter() - start, "s", len(said))
        say("consolidation peak RSS", len(said), peak_mb(), "MB", 1)
        say("consolidation merged", len(said), sum(len(one.merged) for one in done.merged), "items", 1)
        say("consolidation strengthened", len(said), len(done.strengthened), "items", 1)
        say("consolidation again", len(said), seconds(lambda: cube.consolidate()), "s", 1)
        assert done.change_set is not None, "some items say the same"
        say("undo of a consolidation", len(said), seconds(lambda: cube.undo(done.change_set)), "s", 1)


def fill_alike(cube: remanence.Cube, clock: FixedClock, told: Sequence[str], now: datetime) -> None:
    """Statements of one kind; what is said again is said in another session."""
    sessions = dict[str, int]()
    setting = cube._setting
    with setting.store.write() as tx:
        change = setting.change(tx, actor="bench", reason=None)
        for text in told:
            sessions[text] = sessions.get(text, 0) + 1
            session = f"s{sessions[text]}"
            provenance = Provenance("Alice", "user", Trust.USER, "stated", now, session=session)
            row = change.open_row(change.new_item(), Content(text, belief=Belief.stated(0.9)), provenance)
            change.note(Verb.REMEMBER, row.item_id, opened=[row])
        change.write()
    clock.time += timedelta(seconds=1)


def measure_recall(folder: Path, said: Sequence[str], asked: Sequence[str]) -> None:
    """Recall by words with and without ageing, in turn, where a tenth of the items was used."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    clock = FixedClock(now)
    with remanence.open(folder / "used.cube", embedder=None, reader=None, clock=clock) as cube:
        fill(cube, clock, said, now)
        with cube._setting.store.read() as snapshot:
            ids = [row.id for row in snapshot.life_rows(clock.time)]
        cube.used(ids[::10])
        cube.recall(asked[0])
        with_ageing, without = [], []
        for number, text in enumerate(asked[1:]):
            ageing = bool(number % 2)
            times = with_ageing if ageing else without
            times.append(1000 * seconds(lambda text=text, ageing=ageing: cube.recall(text, ageing=ageing)))
        say(
            "recall by words with ageing p50",
            len(said),
            statistics.median(with_ageing),
            "ms",
            len(with_ageing),
        )
        say("recall by words without ageing p50", len(said), statistics.median(without), "ms", len(without))


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000, help="of the cube that rules are planned over")
    parser.add_argument("--new", type=int, default=10_000, help="items to consolidate")
    given = parser.parse_args()
    said, asked = texts(max(given.items, given.new), ASKED)
    listed = list(dict.fromkeys(said))  # what repeats is then meant
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_consolidation(folder, listed[: given.new])
        measure_plan(folder, said[: given.items])
        measure_recall(folder, listed[: given.new], asked)
    print(machine_line("lifecycle"))


if __name__ == "__main__":
    main()
