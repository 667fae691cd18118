"""What recording a deed costs: bench/acting.py [--deeds 500].

`act`, each in its own acknowledged change, in a cube with the real embedder and the rule reader: processor
time of this process, which other work on the machine does not move, and wall-clock time, which it does. Then
the lessons of all of them, and a look for precedents.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import remanence
from machine import machine_line

TOOLS = ("search_flights", "read_mail", "run_tests", "book_table")


def main() -> None:
    """Print one line of JSON a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deeds", type=int, default=500)
    count = parser.parse_args().deeds
    with tempfile.TemporaryDirectory() as folder, remanence.open(Path(folder) / "a.cube") as cube:
        cube.act("warm up", situation="before anything is measured")
        spent = [_spent(lambda number=number: _act(cube, number)) for number in range(count)]
        for name, place in (("cpu", 0), ("wall", 1)):
            values = sorted(one[place] for one in spent)
            _print(f"act {name} p50 ms", statistics.median(values) * 1000, count)
            _print(f"act {name} p95 ms", values[int(len(values) * 0.95)] * 1000, count)
        cube.embed_pending()
        _print("lessons cpu ms", _spent(lambda: cube.lessons())[0] * 1000, count)
        cube.precedents("fly to City3")
        _print(
            "precedents cpu ms", _spent(lambda: cube.precedents("fly to City7 on Friday"))[0] * 1000, count
        )
    print(machine_line("acting"))


def _act(cube: remanence.Cube, number: int) -> None:
    cube.act(
        TOOLS[number % len(TOOLS)],
        arguments={"to": f"City{number}", "day": number % 31},
        situation=f"Ana wants to fly to City{number} on Friday",
        result=f"{number} found, the first at 9:00",
        cost={"usd": 0.02},
        session="measured",
    )


def _spent(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of wall-clock time."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def _print(figure: str, value: float, group: int) -> None:
    print(
        json.dumps({"bench": "acting", "figure": figure, "group": f"{group} deeds", "value": round(value, 3)})
    )


if __name__ == "__main__":
    main()
