"""How a cube grows: bench/scale.py [--sizes 1000,...,1000000] [--plot FILE], to FILE.png and FILE.svg.

One cube grows through the sizes, in sessions of real sentences. Vectors of 384 dimensions are drawn around
some thousand centres, so that a million texts need no hour of embedding; what embedding a question by the
default model takes is measured too. Figures by size: recall without embedding p50, p95 and p99, and its
processor time; the whole recall, its question embedded by the default model, p50 and p99, and its median over
that of the embedding alone (`recall_over_embedding`); messages taken in a second while it grew to that size;
bytes of the file an item; from opening to the first hit, and the peak memory of a fresh process that recalls;
recalls a second by 8 threads over those by one, each with a question's embedding.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import remanence
from latency import chat, milliseconds, note
from machine import as_installed, machine_line
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Embedder, EmbedderIdentity, Passages, Span
from sentences import texts

DIMS = 384
CENTRES = 2_000
SPREAD = 0.8  # of what is a text's own, beside its centre
QUESTIONS = 201
REPEATED, REPEATS = 30, 5  # questions of which the least processor time of several runs counts
THREADS = 8
OBSERVED_AT_A_TIME = 5_000
SIZES = "1000,10000,100000,1000000"
PLOTTED = {  # figure and unit, by the place of its picture
    "recall without embedding": "ms",
    "peak memory": "MB",
    "file": "bytes/item",
    "taken in": "messages/s",
}
Figures = dict[str, dict[int, float]]


class Drawn:
    """An embedder whose vectors are drawn from the text's checksum; a real one may embed beside it."""

    identity = EmbedderIdentity("drawn", "1", DIMS)

    def __init__(self, beside: Embedder | None = None) -> None:
        self._centres = np.random.default_rng(1).standard_normal((CENTRES, DIMS)).astype(np.float32)
        self._beside = beside

    def passages(self, wanted: Sequence[str]) -> Passages:
        """As Embedder.passages."""
        vectors = np.stack([self._vector(text) for text in wanted])
        return Passages(vectors, tuple(Span(n, 0, len(text)) for n, text in enumerate(wanted)))

    @property
    def frees_interpreter(self) -> bool:
        """As FreesInterpreter: the real one does."""
        return self._beside is not None

    def query(self, text: str) -> np.ndarray:
        """As Embedder.query; takes the time of the real one where there is one."""
        if self._beside is not None:
            self._beside.query(text)
        return self._vector(text)

    def _vector(self, text: str) -> np.ndarray:
        seed = zlib.crc32(text.encode())
        own = np.random.default_rng(seed).standard_normal(DIMS, np.float32)
        vector = self._centres[seed % CENTRES] + np.float32(SPREAD) * own
        return vector / np.linalg.norm(vector)


def measure(path: Path, size: int, asked: Sequence[str], real: Embedder, figures: Figures) -> None:
    """Recall at one size, alone and by several threads."""
    with remanence.open(path, embedder=Drawn()) as cube:
        cube.recall(asked[0])
        times = [milliseconds(lambda text=text: cube.recall(text)) for text in asked[1:]]
        spent = [min(processor_ms(cube, text) for _ in range(REPEATS)) for text in asked[1 : REPEATED + 1]]
    cuts = statistics.quantiles(times, n=100)
    say(figures, "recall without embedding", size, cuts[49], "ms p50", len(times))
    say(figures, "recall without embedding p95", size, cuts[94], "ms", len(times))
    say(figures, "recall without embedding p99", size, cuts[98], "ms", len(times))
    say(figures, "recall without embedding, processor time", size, statistics.mean(spent), "ms", len(spent))
    with remanence.open(path, embedder=Drawn(real)) as cube:
        cube.recall(asked[0])
        whole = [milliseconds(lambda text=text: cube.recall(text)) for text in asked[1::2]]
        embedding = statistics.median(
            milliseconds(lambda text=text: real.query(text)) for text in asked[2::2]
        )
        cuts = statistics.quantiles(whole, n=100)
        say(figures, "whole recall", size, cuts[49], "ms p50", len(whole))
        say(figures, "whole recall p99", size, cuts[98], "ms", len(whole))
        say(figures, "recall_over_embedding", size, cuts[49] / embedding, "ratio", len(whole))
        alone = milliseconds(lambda: [cube.recall(text) for text in asked])
        with ThreadPoolExecutor(THREADS) as pool:
            together = milliseconds(lambda: list(pool.map(cube.recall, asked)))
    say(figures, f"{THREADS} threads over one", size, alone / together, "ratio", len(asked))


def processor_ms(cube: remanence.Cube, text: str) -> float:
    """What a recall takes of the processor, whoever else uses the machine."""
    start = time.process_time()
    cube.recall(text)
    return (time.process_time() - start) * 1000


def measure_fresh(path: Path, size: int, question: str, figures: Figures) -> None:
    """A process of its own that opens the cube and asks: how long to the first hit, and its memory."""
    program = f"""
import json, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from machine import peak_mb
from scale import Drawn
import remanence
embedder = Drawn()
start = time.perf_counter()
with remanence.open({str(path)!r}, embedder=embedder) as cube:
    cube.recall({question!r})
    first = (time.perf_counter() - start) * 1000
    for _ in range(20):
        cube.recall({question!r})
print(json.dumps([first, peak_mb()]))
"""
    source = str(Path(remanence.__file__).parent.parent)
    environment = {**as_installed(path.parent), "PYTHONPATH": source}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr)
    first, peak = json.loads(done.stdout)
    say(figures, "open to first recall", size, first, "ms", 1)
    say(figures, "peak memory", size, peak, "MB", 1)


def say(figures: Figures, figure: str, size: int, value: float, unit: str, n: int) -> None:
    """Print one figure as a line of JSON, and keep it for the plot."""
    figures.setdefault(figure, {})[size] = value
    line = {"bench": "scale", "figure": figure, "group": str(size), "value": round(value, 4)}
    print(json.dumps({**line, "unit": unit, "n": n}), flush=True)


def plot(figures: Figures, file: Path) -> None:
    """Four small pictures over the number of items, as PNG and as SVG."""
    try:
        import matplotlib
    except ModuleNotFoundError as error:
        raise SystemExit("--plot needs matplotlib: pip install matplotlib") from error
    matplotlib.use("Agg")
    from matplotlib import pyplot

    drawn, axes = pyplot.subplots(2, 2, figsize=(9, 6), layout="constrained")
    for axis, (figure, unit) in zip(axes.flat, PLOTTED.items(), strict=True):
        for name, style in ((figure, "o-"), (f"{figure} p95", "s--")):
            if name in figures:
                sizes, values = zip(*sorted(figures[name].items()), strict=True)
                axis.plot(sizes, values, style, label="p95" if name.endswith("p95") else "p50")
        if f"{figure} p95" in figures:
            axis.legend()
        axis.set(xscale="log", title=figure, xlabel="items", ylabel=unit)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    for ending in (".png", ".svg"):
        drawn.savefig(file.with_suffix(ending))


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="cube sizes, growing")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="where to, without an ending")
    given = parser.parse_args()
    sizes = sorted({int(size) for size in given.sizes.split(",")})
    said, asked = texts(sizes[-1], QUESTIONS)
    real = open_embedder("minilm")
    assert real is not None
    real.query("warm")
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        path, done = Path(name) / "grown.cube", 0
        for size in sizes:
            start, before = time.perf_counter(), done
            with remanence.open(path, embedder=Drawn(), reader=None) as cube:
                while done < size:
                    count = min(OBSERVED_AT_A_TIME, size - done)
                    cube.observe(chat(said[done : done + count], done))
                    done += count
                    note(f"{done} of {sizes[-1]} remembered")
            rate = (done - before) / (time.perf_counter() - start)
            say(figures, "taken in", size, rate, "messages/s", done - before)
            say(figures, "file", size, os.path.getsize(path) / size, "bytes/item", size)
            measure(path, size, asked, real, figures)
            measure_fresh(path, size, asked[0], figures)
    if given.plot is not None:
        plot(figures, given.plot)
    print(machine_line("scale"))


if __name__ == "__main__":
    main()
