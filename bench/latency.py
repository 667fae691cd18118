"""How fast a cube answers and takes in, and its memory: bench/latency.py [--sizes 1000,10000,100000].

One cube grows through the sizes. Queries are sentences that no text holds, each asked once. Times are in
milliseconds unless named otherwise; `recall_over_embedding` is the ratio of the two medians in this run. Of
processor time it counts the thread that asks, which a busy machine lets wait but does not make work.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import remanence
from machine import as_installed, machine_line, peak_mb
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Embedder
from sentences import texts

QUESTIONS = 402
SESSION_TURNS = 50
INGEST = 10_000
SINGLES = 300
EMBEDDED_AT_A_TIME = 2_000
WARMING = 1_000


def say(figure: str, group: object, value: float, unit: str, n: int) -> None:
    """Print one figure as a line of JSON."""
    line = {"bench": "latency", "figure": figure, "group": str(group), "value": round(value, 4)}
    print(json.dumps({**line, "unit": unit, "n": n}), flush=True)


def note(text: str) -> None:
    """Say how far it is, on standard error."""
    print(text, file=sys.stderr, flush=True)


def chat(said: Sequence[str], start: int) -> Iterator[dict[str, str]]:
    """The texts as turns of two speakers, in sessions."""
    for number, text in enumerate(said, start):
        role = "user" if number % 2 == 0 else "assistant"
        yield {"role": role, "content": text, "session": f"s{number // SESSION_TURNS}", "id": f"m{number}"}


def milliseconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def both_ms(call: Callable[[], object]) -> tuple[float, float]:
    """How long a call takes, and how long this thread computes for it."""
    start = time.thread_time()
    took = milliseconds(call)
    return took, (time.thread_time() - start) * 1000


def percentiles(figure: str, group: object, times: Sequence[float]) -> float:
    """Print p50, p95 and p99 of milliseconds; returns the p50."""
    middle, cuts = statistics.median(times), statistics.quantiles(times, n=100)
    say(f"{figure} p50", group, middle, "ms", len(times))
    say(f"{figure} p95", group, cuts[94], "ms", len(times))
    say(f"{figure} p99", group, cuts[98], "ms", len(times))
    return middle


def measure_recall(cube: remanence.Cube, embedder: Embedder, asked: Sequence[str], size: int) -> None:
    """The whole of a recall and its parts, each on the same questions."""
    from remanence.model.interval import to_micros
    from remanence.recall.features import candidates
    from remanence.recall.filters import Filter, mask
    from remanence.recall.fusion import shipped_weights
    from remanence.recall.question import read_question
    from remanence.recall.rank import rank

    cube.recall(asked[0])
    setting, recaller = cube._setting, cube._recaller
    index = recaller._indexes["open"].index
    wanted = Filter(now=to_micros(setting.clock.now()))
    whole, embedding, finding, ranking, loading = [], [], [], [], []
    for number, text in enumerate(asked[1:]):
        if number % 2:  # in turn: both see sentences never seen before, on the same state of the machine
            whole.append(both_ms(lambda text=text: cube.recall(text)))
            continue
        embedding.append(both_ms(lambda text=text: embedder.query(text)))
        question = read_question(text, authors=index.authors, vector=embedder.query(text))
        allowed = mask(index, wanted)
        finding.append(milliseconds(lambda q=question, m=allowed: candidates(index, q, m)))
        start = time.perf_counter()
        ranked = rank(index, question, mask=allowed, k=10, weights=shipped_weights())
        ranking.append((time.perf_counter() - start) * 1000)
        numbers = [int(index.columns.ints("revision")[one.row]) for one in ranked]
        with setting.store.read() as snapshot:
            loading.append(milliseconds(lambda n=numbers, s=snapshot: s.revisions(n)))
    times = [took for took, _ in whole]
    recall = percentiles("recall", size, times)
    embedded = percentiles("embedding", size, [took for took, _ in embedding])
    percentiles("candidates", size, finding)
    percentiles("fusion", size, [r - f for r, f in zip(ranking, finding, strict=True)])
    percentiles("loading", size, loading)
    say("recall without embedding p50", size, recall - embedded, "ms", len(whole))
    say("recall_over_embedding", size, recall / embedded, "ratio", len(whole))
    worked, of_it = (statistics.median(work for _, work in both) for both in (whole, embedding))
    say("recall_over_embedding, processor time", size, worked / of_it, "ratio", len(whole))
    say("recall p99 over p50", size, statistics.quantiles(times, n=100)[98] / recall, "ratio", len(whole))


def reading_s(said: Sequence[str]) -> float:
    """The processor time in which the rule reader reads these, as turns of two speakers; written nowhere."""
    from remanence.reader.rules.statements import derive

    start = time.process_time()
    for number, text in enumerate(said):
        derive(text, speaker="Ana", role="user" if number % 2 == 0 else "assistant")
    return time.process_time() - start


def measure_ingest(folder: Path, said: Sequence[str], embedder: Embedder) -> None:
    """How fast messages go in: bare, with the rule reader, and with vectors beside the embedder alone."""
    with remanence.open(folder / "warm.cube", embedder=None) as cube:
        cube.observe(chat(said[:WARMING], 0))  # imports, tables and the stems of common words
    for group, reader in (("words only", None), ("rule reader", "rules")):
        with remanence.open(folder / f"{group}.cube", embedder=None, reader=reader) as cube:
            took = milliseconds(lambda cube=cube: cube.observe(chat(said, 0)))
        say("ingest", group, len(said) / took * 1000, "messages/s", len(said))
    say("rule reading alone", "one core", len(said) / reading_s(said), "messages/s", len(said))
    alone = milliseconds(lambda: embedder.passages(said))
    for group, reader in (("vectors", None), ("rule reader and vectors", "rules")):
        with remanence.open(folder / f"{group}.cube", embedder=embedder, reader=reader) as cube:
            whole = milliseconds(lambda cube=cube: cube.observe(chat(said, 0)))
        say("ingest", group, len(said) / whole * 1000, "messages/s", len(said))
        say("ingest_over_embedding", group, whole / alone, "ratio", len(said))
    with remanence.open(folder / "single.cube", embedder=None) as cube:
        singles = [milliseconds(lambda text=text: cube.remember(text)) for text in said[:SINGLES]]
    percentiles("remember without embedding", "one at a time", singles)


def measure_opening(path: Path, size: int, question: str) -> None:
    """Opening in a new process, its first recall, and the process's peak memory."""
    program = f"""
import json, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from machine import peak_mb
from remanence.embedding.open import open_embedder
import numpy, remanence
embedder = open_embedder("minilm")
embedder.query("warm")
start = time.perf_counter()
with remanence.open({str(path)!r}, embedder=embedder) as cube:
    opened = time.perf_counter()
    hits = cube.recall({question!r})
    first = time.perf_counter()
    for _ in range(20):
        cube.recall({question!r})
print(json.dumps([(first - start) * 1000, peak_mb()]))
"""
    command, environment = [sys.executable, "-c", program], as_installed(path.parent)
    subprocess.run(command, capture_output=True, check=True, env=environment)  # compiles the modules
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    first, peak = json.loads(done.stdout)
    say("open to first recall", size, first, "ms", 1)
    say("peak RSS of a process that recalls", size, peak, "MB", 1)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000", help="cube sizes, growing")
    sizes = sorted({int(size) for size in parser.parse_args().sizes.split(",")})
    said, asked = texts(max(*sizes, INGEST), QUESTIONS)
    embedder = open_embedder("minilm")
    assert embedder is not None
    embedder.query("warm")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_ingest(folder, said[:INGEST], embedder)
        path = folder / "grown.cube"
        done = 0
        for size in sizes:
            with remanence.open(path, embedder=embedder) as cube:
                while done < size:
                    count = min(EMBEDDED_AT_A_TIME, size - done)
                    cube.observe(chat(said[done : done + count], done))
                    done += count
                    note(f"{done} of {sizes[-1]} remembered")
                measure_recall(cube, embedder, asked, size)
            say("file", size, path.stat().st_size / size, "bytes/item", size)
            measure_opening(path, size, asked[0])
    note(f"peak RSS of this script: {peak_mb():.0f} MB")
    print(machine_line("latency"))


if __name__ == "__main__":
    main()
