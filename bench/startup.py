"""How long a start takes, as whole processes: bench/startup.py [--runs 15].

Import, the command's help, and a cold recall with the model's load included, in a cube of one session.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from machine import as_installed, machine_line

COMMAND = [sys.executable, "-m", "remanence"]


def median_ms(command: Sequence[str], runs: int, environment: Mapping[str, str]) -> float:
    """Median wall time of a process, in milliseconds, after one that compiles and warms the disk's cache."""
    times = []
    for run in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        if run:
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        environment = as_installed(Path(folder))
        bare = median_ms([sys.executable, "-c", "pass"], runs, environment)
        cube = str(Path(folder) / "start.cube")
        subprocess.run(
            [*COMMAND, "--cube", cube, "remember", "Alice is allergic to peanuts"],
            check=True,
            capture_output=True,
        )
        figures = {
            "python": bare,
            "import remanence": median_ms([sys.executable, "-c", "import remanence"], runs, environment)
            - bare,
            "remanence --help": median_ms([*COMMAND, "--help"], runs, environment),
            "remanence recall, cold": median_ms(
                [*COMMAND, "--cube", cube, "recall", "what must she avoid?"], runs, environment
            ),
        }
    for figure, value in figures.items():
        line = {"bench": "startup", "figure": figure, "group": "all", "value": round(value, 1), "unit": "ms"}
        print(json.dumps({**line, "n": runs}))
    print(machine_line("startup"))


if __name__ == "__main__":
    main()
