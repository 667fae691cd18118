"""How fast the default embedder is, and what it takes: bench/embedding.py [--queries 300] [--batch 2000].

Sentences never seen before, of 5 to 40 words. `load` is from a bare Python to the first vector, imports
included; `resident` is the whole process's memory, mapped pages of the model's file included.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from mmap import PAGESIZE
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
open_embedder("minilm").query("where are my keys?")
print((time.perf_counter() - start) * 1000)
from embedding import resident_mb
print(resident_mb())
"""


def say(figure: str, value: float, unit: str, n: int) -> None:
    """One figure on standard output, unless it could not be measured."""
    if math.isnan(value):
        return
    line = {
        "bench": "embedding",
        "figure": figure,
        "group": "all",
        "value": round(value, 3),
        "unit": unit,
        "n": n,
    }
    print(json.dumps(line), flush=True)


def resident_mb() -> float:
    """Memory of this process that is in RAM, in MB; nan where /proc does not tell it."""
    status = Path("/proc/self/statm")
    return int(status.read_text("ascii").split()[1]) * PAGESIZE / 1e6 if status.exists() else math.nan


def measure_loads() -> None:
    """From a bare Python to the first vector, in fresh processes."""
    find_model()
    said = [
        subprocess.run(
            [sys.executable, "-c", LOAD_PROGRAM], check=True, capture_output=True, cwd=Path(__file__).parent
        ).stdout.split()
        for _ in range(LOADS)
    ]
    say("load p50", statistics.median(float(load_ms) for load_ms, _ in said), "ms", LOADS)
    say("resident after loading", statistics.median(float(resident) for _, resident in said), "MB", LOADS)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--batch", type=int, default=2000)
    given = parser.parse_args()
    measure_loads()
    embedder = open_embedder("minilm")
    assert embedder is not None
    with ProcessPoolExecutor(1) as elsewhere:  # its memory is not to be counted here
        texts = elsewhere.submit(sentences).result()
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
    start = time.perf_counter()
    embedder.passages(said)
    say("batch", len(said) / (time.perf_counter() - start), "sentences/s", len(said))
    say("resident after the batch", resident_mb(), "MB", 1)
    print(machine_line("embedding"))


if __name__ == "__main__":
    main()
