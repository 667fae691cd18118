"""How fast the default embedder is, and what it takes: bench/embedding.py [--queries 300] [--batch 2000].

Sentences never seen before, of 5 to 40 words. `load` is from a bare Python to the first vector, imports
included; `resident` is what the process holds then, and after the batch.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from machine import machine_line
from remanence.embedding.find import find_model
from remanence.embedding.open import open_embedder
from sentences import sentences

LOADS = 9  # fresh processes
WARM_UP = 20  # queries before the first that counts
LOAD_PROGRAM = """
import time; start = time.perf_counter()
from remanence.embedding.open import open_embedder
embedder = open_embedder("minilm")
embedder.query("where are my keys?")
print((time.perf_counter() - start) * 1000)
"""


def say(figure: str, value: float, unit: str, n: int) -> None:
    """One figure on standard output."""
    line = {
        "bench": "embedding",
        "figure": figure,
        "group": "all",
        "value": round(value, 3),
        "unit": unit,
        "n": n,
    }
    print(json.dumps(line), flush=True)


def resident_mb() -> float | None:
    """Memory of this process that is in RAM, mapped pages of the model's file included; Linux only."""
    status = Path("/proc/self/statm")
    return int(status.read_text("ascii").split()[1]) * 4096 / 1e6 if status.exists() else None


def say_resident(when: str) -> None:
    """The memory in use, where the system tells it."""
    resident = resident_mb()
    if resident is not None:
        say(f"resident {when}", resident, "MB", 1)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--batch", type=int, default=2000)
    given = parser.parse_args()
    say_resident("before loading")
    find_model()
    command = [sys.executable, "-c", LOAD_PROGRAM]
    loads = [float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(LOADS)]
    say("load p50", statistics.median(loads), "ms", LOADS)

    embedder = open_embedder("minilm")
    assert embedder is not None
    texts = sentences()
    if len(texts) < WARM_UP + given.queries + given.batch:
        raise SystemExit(f"there are {len(texts)} sentences; ask for fewer")
    asked, said = texts[: WARM_UP + given.queries], texts[-given.batch :]
    times = []
    for text in asked:
        start = time.perf_counter()
        embedder.query(text)
        times.append((time.perf_counter() - start) * 1000)
    counted = times[WARM_UP:]
    say("query p50", statistics.median(counted), "ms", len(counted))
    say("query p95", statistics.quantiles(counted, n=20)[-1], "ms", len(counted))
    say_resident("after queries")
    start = time.perf_counter()
    embedder.passages(said)
    say("batch", len(said) / (time.perf_counter() - start), "sentences/s", len(said))
    say_resident("after the batch")
    print(machine_line("embedding"))


if __name__ == "__main__":
    main()
