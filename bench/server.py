"""The server under load: bench/server.py [--cubes N --items N --seconds N --processes N].

Recalls by words alone; writes with an Idempotency-Key; a kill amid writes, after which what was acknowledged
is sought in the cubes; recalls by words and meaning, with vectors by hashing, which take next to nothing: the
model's time is what bench/embedding.py says. Recalls ask sentences that no text holds.

Open loop: requests are due at the stated rate, whether or not earlier ones were answered, and go over 32
connections; a time counts from when its request was due. Memory is the resident set of all processes of the
server, CPU theirs too: what a busy machine does not distort.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeAlias, cast

import uvloop

import remanence
from machine import machine_line
from processes import all_of, cpu_seconds, resident_mib
from sentences import texts

CONNECTIONS = 32
SEED = 6
QUESTIONS = 5_000
BATCH = 2_000
P99_MS_WANTED = 100.0
MEMORY_EACH_S = 30.0
BY_WORDS = "recall, by words"
Server: TypeAlias = tuple[subprocess.Popen[bytes], int]


def say(figure: str, group: str, value: float, unit: str, n: int, wanted: float | None = None) -> None:
    """Print one figure as a line of JSON."""
    line = {
        "bench": "server",
        "figure": figure,
        "group": group,
        "value": round(value, 3),
        "unit": unit,
        "n": n,
    }
    print(json.dumps(line if wanted is None else {**line, "wanted": wanted}), flush=True)


@dataclass
class Load:
    """What came of a stretch of requests."""

    times_ms: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0  # from the first request to the last answer
    kept: list[tuple[str, str]] = field(default_factory=list)  # cube and text of what was acknowledged


Order: TypeAlias = tuple[bytes, str, str]  # a request as it is sent, its cube, and the text that is written


def recalls(cubes: Sequence[str], asked: Sequence[str], pick: random.Random) -> Iterator[Order]:
    """Questions to cubes at random, without end."""
    heads = {cube: _head(cube, "recall") for cube in cubes}
    bodies = [_sized(json.dumps({"text": question}).encode()) for question in asked]
    while True:
        for body in bodies:
            cube = pick.choice(cubes)
            yield heads[cube] + body, cube, ""


def writes(cubes: Sequence[str], said: Sequence[str], pick: random.Random) -> Iterator[Order]:
    """Statements for cubes at random, each its own and with an Idempotency-Key, without end."""
    heads = {cube: _head(cube, "items") for cube in cubes}
    for number in count(1):
        cube, text = pick.choice(cubes), f"{said[number % len(said)]} ({number})"
        token = b"Idempotency-Key: %x\r\n" % pick.getrandbits(64)
        yield heads[cube] + token + _sized(json.dumps({"text": text}).encode()), cube, text


def _head(cube: str, path: str) -> bytes:
    return f"POST /v1/cubes/{cube}/{path} HTTP/1.1\r\nHost: localhost\r\n".encode()


def _sized(body: bytes) -> bytes:
    return b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


class Line(asyncio.Protocol):
    """One connection: sends a request, times its answer, and asks for the next."""

    def __init__(self, offering: Offering) -> None:
        self._offering = offering
        self._head = b""
        self._missing = 0  # bytes of the body that is coming

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open from now on."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no child of asyncio's

    def ask(self, due: float, order: Order) -> None:
        """Send a request."""
        self._due, (request, self._cube, self._text) = due, order
        if not self._transport.is_closing():  # else the server has gone, and `connection_lost` comes
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """A piece of the answer."""
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            head, found, rest = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._missing = int(length) - len(rest)
        if not self._missing:
            good, self._head = self._head[9:12] in (b"200", b"201"), b""
            self._offering.answered(self, self._due, (self._cube, self._text) if good else None)

    def connection_lost(self, error: Exception | None) -> None:
        """The server has gone."""
        self._offering.lost_one()

    def close(self) -> None:
        """End it."""
        self._transport.close()


class Offering:
    """Sends requests as they fall due over CONNECTIONS connections; ends early where the server goes."""

    def __init__(self, orders: Iterator[Order], *, rate: float, seconds: float) -> None:
        self.load = Load()
        self._orders = orders
        self._rate = rate
        self._number = int(rate * seconds)
        self._sent = self._ended = 0
        self._waiting: deque[tuple[float, Order]] = deque()
        self._idle: deque[Line] = deque()  # each in its turn: a server closes what long says nothing
        self._open = CONNECTIONS
        self._over = asyncio.Event()

    async def run(self, port: int) -> Load:
        """Send all of them, and wait for their answers."""
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _, line = await loop.create_connection(lambda: Line(self), "127.0.0.1", port)
            self._idle.append(line)
        lines, self._start = tuple(self._idle), time.perf_counter()
        self._send_due()
        await self._over.wait()
        self.load.seconds = time.perf_counter() - self._start
        for line in lines:
            line.close()
        return self.load

    def _send_due(self) -> None:
        while self._sent < self._number:
            due = self._start + self._sent / self._rate
            if (wait := due - time.perf_counter()) > 0:
                asyncio.get_running_loop().call_later(wait, self._send_due)
                return
            self._sent += 1
            order = next(self._orders)
            if self._idle:
                self._idle.popleft().ask(due, order)
            else:
                self._waiting.append((due, order))

    def answered(self, line: Line, due: float, kept: tuple[str, str] | None) -> None:
        """Note an answer; `kept` is what was acknowledged, None for an error."""
        self.load.times_ms.append((time.perf_counter() - due) * 1000)
        if kept is None:
            self.load.errors += 1
        else:
            self.load.kept.append(kept)
        self._ended += 1
        if self._ended == self._number:
            self._over.set()
        elif self._waiting:
            line.ask(*self._waiting.popleft())
        else:
            self._idle.append(line)

    def lost_one(self) -> None:
        """A connection is gone."""
        self._open -= 1
        if not self._open:
            self._over.set()


async def offer(port: int, orders: Iterator[Order], *, rate: float, seconds: float) -> Load:
    """What came of a stretch of requests at this rate."""
    return await Offering(orders, rate=rate, seconds=seconds).run(port)


def fill(folder: Path, cubes: int, said: Sequence[str], embedder: str | None) -> list[str]:
    """Cubes that hold these texts each; their names."""
    folder.mkdir(parents=True)
    names = [f"cube-{number}" for number in range(cubes)]
    first = folder / f"{names[0]}.cube"
    with remanence.open(first, owner="Ana", embedder=embedder, reader=None) as cube:
        for start in range(0, len(said), BATCH):
            part = said[start : start + BATCH]
            cube.observe([{"role": "user", "content": text} for text in part], session=f"s{start}")
        cube.embed_pending()
    for name in names[1:]:
        shutil.copyfile(first, folder / f"{name}.cube")
    return names


@contextmanager
def serving(data: Path, embedder: str, processes: int) -> Iterator[Server]:
    """A server with room for every cube, in a group of its own, and its port; killed at the end."""
    command = [sys.executable, "-m", "remanence", "--embedder", embedder, "serve", "--data", str(data)]
    command += ["--port", "0", "--processes", str(processes), "--config", str(data / "server.toml")]
    (data / "server.toml").write_text("open_cubes_max = 128\n")
    log = data / "log"
    with log.open("wb") as lines:
        process = subprocess.Popen(command, stderr=lines, start_new_session=True)
    try:
        while not (told := log.read_text().partition("\n"))[1]:
            if process.poll() is not None:
                raise SystemExit(log.read_text())
            time.sleep(0.05)
        yield process, int(json.loads(told[0])["url"].rpartition(":")[2])
    finally:
        if all_of(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_loop(call: Coroutine[None, None, Load]) -> Load:
    """What it comes to, by the loop that takes least of the processors that the server needs too."""
    return uvloop.run(call)


async def told_meanwhile(process: subprocess.Popen[bytes], group: str, every: float) -> None:
    """Print the memory that the server holds, again and again."""
    start = time.perf_counter()
    while True:
        say("memory", f"{group}, {time.perf_counter() - start:.0f} s", resident_mib(process.pid), "MiB", 1)
        await asyncio.sleep(every)


def stretch(
    server: Server,
    group: str,
    orders: Iterator[Order],
    *,
    rate: float,
    seconds: float,
) -> Load:
    """Offer one kind of request for so long, and print what came of it."""
    process, port = server
    own, theirs = time.process_time(), cpu_seconds(process.pid)

    async def both() -> Load:
        watching = asyncio.create_task(told_meanwhile(process, group, min(MEMORY_EACH_S, seconds / 4)))
        load = await offer(port, orders, rate=rate, seconds=seconds)
        watching.cancel()
        return load

    load = run_loop(both())
    n = len(load.times_ms)
    say("offered", group, rate, "1/s", n)
    say("answered", group, n / load.seconds, "1/s", n, rate)
    say("p50", group, statistics.median(load.times_ms), "ms", n)
    say("p99", group, statistics.quantiles(load.times_ms, n=100)[-1], "ms", n, P99_MS_WANTED)
    say("most", group, max(load.times_ms), "ms", n)
    say("CPU of the server", group, (cpu_seconds(process.pid) - theirs) * 1000 / n, "ms a request", n)
    say("CPU of the load script", group, (time.process_time() - own) * 1000 / n, "ms a request", n)
    say("errors", group, load.errors, "answers", n, 0)
    say("memory", f"{group}, at the end", resident_mib(process.pid), "MiB", 1)
    return load


def lost(folder: Path, load: Load) -> int:
    """How many acknowledged writes are in no cube."""
    by_cube: dict[str, set[str]] = {}
    for cube, text in load.kept:
        by_cube.setdefault(cube, set()).add(text)
    missing = 0
    for name, wanted in by_cube.items():
        with remanence.open(folder / f"{name}.cube", embedder=None) as cube:
            facts = cube.items(kind="fact", limit=len(wanted) + CONNECTIONS)
            missing += len(wanted - {item.content for item in facts})
    return missing


def measure_words(given: argparse.Namespace, folder: Path, said: list[str], asked: list[str]) -> None:
    """Recalls by words alone, then writes, then a kill amid writes."""
    pick, data = random.Random(SEED), folder / "words"
    names = fill(data / "cubes", given.cubes, said[: given.items], None)
    with serving(data, "none", given.processes) as server:
        warm(server, names, given.processes)
        rate, seconds = given.rate, given.seconds
        if rate:
            stretch(server, BY_WORDS, recalls(names, asked, pick), rate=rate, seconds=seconds)
        stated = writes(names, said[given.items :], pick)
        written = stretch(server, "write", stated, rate=given.write_rate, seconds=given.seconds)
        last = run_loop(_killed(server, stated, given.write_rate))
        server[0].wait()
        kept = Load(kept=written.kept + last.kept)
        missing = lost(data / "cubes", kept)
        say("acknowledged writes lost by kill -9", "write", missing, "writes", len(kept.kept), 0)


def measure_meaning(given: argparse.Namespace, folder: Path, said: list[str], asked: list[str]) -> None:
    """Recalls by words and meaning, with vectors that cost next to nothing."""
    pick, data = random.Random(SEED), folder / "meaning"
    names = fill(data / "cubes", given.cubes, said[: given.items], "hashing")
    with serving(data, "hashing", given.processes) as server:
        warm(server, names, given.processes)
        questions = recalls(names, asked, pick)
        stretch(
            server, "recall, embeddings at hand", questions, rate=given.meaning_rate, seconds=given.seconds
        )


def warm(server: Server, names: Sequence[str], processes: int) -> None:
    """Have every process open every cube: connections are dealt in turn, so each has one of these."""
    links = [http.client.HTTPConnection("127.0.0.1", server[1]) for _ in range(processes)]
    for link in links:
        link.connect()
    body = b'{"text": "warm"}'
    for link in links:
        for name in names:
            link.request("POST", f"/v1/cubes/{name}/recall", body, {"Content-Type": "application/json"})
            answer = link.getresponse()
            answer.read()
            assert answer.status == 200, f"a cube could not be opened: {answer.status}"
        link.close()


async def _killed(server: Server, orders: Iterator[Order], rate: float) -> Load:
    asyncio.get_running_loop().call_later(2.0, os.killpg, server[0].pid, signal.SIGKILL)
    return await offer(server[1], orders, rate=rate, seconds=5.0)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cubes", type=int, default=100)
    parser.add_argument("--items", type=int, default=10_000, help="of each cube")
    parser.add_argument("--seconds", type=float, default=300.0, help="of each of the three kinds of requests")
    parser.add_argument("--rate", type=float, default=600.0, help="recalls by words a second; 0: none")
    parser.add_argument("--write-rate", type=float, default=300.0, help="writes a second")
    parser.add_argument(
        "--meaning-rate", type=float, default=150.0, help="recalls with embeddings a second; 0: none"
    )
    parser.add_argument("--processes", type=int, default=1, help="of the server")
    given = parser.parse_args()
    said, asked = texts(given.items + QUESTIONS, QUESTIONS)
    for measure in (measure_words, measure_meaning) if given.meaning_rate else (measure_words,):
        with tempfile.TemporaryDirectory() as name:
            measure(given, Path(name), said, asked)
    print(machine_line("server"))


if __name__ == "__main__":
    main()
