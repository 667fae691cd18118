"""The server under load: bench/server.py [--cubes N --items N --seconds N --processes N --embedder NAME].

Open loop: requests are due at the stated rate, whether or not earlier ones were answered, and go over 32
connections; a time counts from when its request was due. Recalls ask sentences that no text holds, writes
have an Idempotency-Key. Memory is the resident set of all its processes, at first and at the
end. CPU is theirs too, for one request: what a busy machine does not distort. At the end all of them are
killed amid writes, and what it acknowledged is sought in the cubes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import remanence
from machine import machine_line
from sentences import texts

CONNECTIONS = 32
SEED = 6
Asked = tuple[str, str, str, bytes, str]  # cube, route, headers, body, and the text that is written
QUESTIONS = 5_000
BATCH = 2_000
PAGE_BYTES = 4096
LEXICAL, WITH_MEANING = 600.0, 150.0  # recalls a second that are wanted
WRITES = 300.0
P99_MS_WANTED = 100.0


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


@dataclass(frozen=True)
class Order:
    """One request that is due."""

    due: float
    cube: str
    path: str
    body: bytes
    headers: str = ""
    text: str = ""


def recalls(cubes: Sequence[str], asked: Sequence[str], pick: random.Random) -> Iterator[Asked]:
    """Questions to cubes at random, without end."""
    while True:
        for question in asked:
            body = json.dumps({"text": question}).encode()
            yield pick.choice(cubes), "recall", "", body, ""


def writes(cubes: Sequence[str], said: Sequence[str], pick: random.Random) -> Iterator[Asked]:
    """Statements for cubes at random, each its own, without end."""
    number = 0
    while True:
        for text in said:
            number += 1
            text = f"{text} ({number})"
            token = f"Idempotency-Key: {pick.getrandbits(64):x}\r\n"
            yield pick.choice(cubes), "items", token, json.dumps({"text": text}).encode(), text


async def offer(port: int, orders: Iterator[Asked], *, rate: float, seconds: float) -> Load:
    """Send requests as they fall due over CONNECTIONS connections; ends early where the server goes."""
    load, queue = Load(), asyncio.Queue[Order | None]()
    workers = [asyncio.create_task(_work(port, queue, load)) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if all(worker.done() for worker in workers):
            break
        cube, path, headers, body, text = next(orders)
        queue.put_nowait(Order(due, cube, path, body, headers, text))
    for _ in workers:
        queue.put_nowait(None)
    await asyncio.gather(*workers)
    load.seconds = time.perf_counter() - start
    return load


async def _work(port: int, queue: asyncio.Queue[Order | None], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (order := await queue.get()) is not None:
        head = f"POST /v1/cubes/{order.cube}/{order.path} HTTP/1.1\r\nHost: localhost\r\n{order.headers}"
        head += f"Content-Type: application/json\r\nContent-Length: {len(order.body)}\r\n\r\n"
        try:
            writer.write(head.encode() + order.body)
            told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(told.partition("content-length: ")[2].partition("\r\n")[0])
            await reader.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError):
            break
        load.times_ms.append((time.perf_counter() - order.due) * 1000)
        if told.startswith(("http/1.1 200", "http/1.1 201")):
            load.kept.append((order.cube, order.text))
        else:
            load.errors += 1
    writer.close()


def fill(folder: Path, cubes: int, items: int, said: Sequence[str], embedder: str | None) -> list[str]:
    """Cubes with so many items each; their names."""
    folder.mkdir(parents=True)
    names = [f"cube-{number}" for number in range(cubes)]
    first = folder / f"{names[0]}.cube"
    with remanence.open(first, owner="Ana", embedder=embedder, reader=None) as cube:
        for start in range(0, items, BATCH):
            part = said[start : min(start + BATCH, items)]
            cube.observe([{"role": "user", "content": text} for text in part], session=f"s{start}")
        cube.embed_pending()
    for name in names[1:]:
        (folder / f"{name}.cube").write_bytes(first.read_bytes())
    return names


def start(data: Path, embedder: str, log: Path, processes: int = 1) -> tuple[subprocess.Popen[bytes], int]:
    """A server with room for every cube, in a group of its own; its port."""
    command = [
        sys.executable,
        "-m",
        "remanence",
        "--embedder",
        embedder,
        "serve",
        "--data",
        str(data),
        "--port",
        "0",
        "--processes",
        str(processes),
    ]
    config = data / "server.toml"
    config.write_text("open_cubes_max = 128\n")
    with log.open("wb") as lines:
        process = subprocess.Popen([*command, "--config", str(config)], stderr=lines, start_new_session=True)
    while not (told := log.read_text().partition("\n"))[1]:
        if process.poll() is not None:
            raise SystemExit(log.read_text())
        time.sleep(0.05)
    return process, int(json.loads(told[0])["url"].rpartition(":")[2])


def all_of(process: subprocess.Popen[bytes]) -> list[list[str]]:
    """Of each process of the server what the system tells of it (proc(5), stat from the state on)."""
    told = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:  # it has just ended
            continue
        if fields[2] == str(process.pid):  # its group
            told.append(fields)
    return told


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """The memory that the server holds; 0 where the system does not tell."""
    return sum(int(fields[21]) for fields in all_of(process)) * PAGE_BYTES / 2**20


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """The time that the server has computed; 0 where the system does not tell."""
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in all_of(process))
    return ticks / os.sysconf("SC_CLK_TCK")


def report(load: Load, group: str, *, rate: float, wanted: float, cpu: float) -> None:
    """Print what came of a load."""
    n = len(load.times_ms)
    say("offered", group, rate, "1/s", n)
    say("answered", group, n / load.seconds, "1/s", n, wanted)
    say("p50", group, statistics.median(load.times_ms), "ms", n)
    say("p99", group, statistics.quantiles(load.times_ms, n=100)[-1], "ms", n, P99_MS_WANTED)
    say("CPU", group, cpu * 1000 / n, "ms a request", n)
    say("errors", group, load.errors, "answers", n, 0)


def lost(folder: Path, load: Load) -> int:
    """How many acknowledged writes are in no cube."""
    by_cube: dict[str, set[str]] = {}
    for cube, text in load.kept:
        by_cube.setdefault(cube, set()).add(text)
    missing = 0
    for name, wanted in by_cube.items():
        with remanence.open(folder / f"{name}.cube", embedder=None) as cube:
            lines = cube.journal(limit=10_000)
            found = {
                cube.show(line.item_id).content for line in lines if line.verb == "remember" and line.item_id
            }
        missing += len(wanted - found)
    return missing


def measure(given: argparse.Namespace, folder: Path) -> None:
    """Fill cubes, recall, write, and kill."""
    pick = random.Random(SEED)
    wanted = LEXICAL if given.embedder == "none" else WITH_MEANING
    rate = given.rate or wanted
    said, asked = texts(given.items + QUESTIONS, QUESTIONS)
    data = folder / "data"
    names = fill(
        data / "cubes", given.cubes, given.items, said, None if given.embedder == "none" else given.embedder
    )
    process, port = start(data, given.embedder, folder / "log", given.processes)
    try:
        warming = ((name, "recall", "", b'{"text": "warm"}', "") for name in names)
        asyncio.run(offer(port, warming, rate=20.0, seconds=len(names) / 20.0))
        before = resident_mib(process)
        questions = recalls(names, asked, pick)
        idle = cpu_seconds(process)
        load = asyncio.run(offer(port, questions, rate=rate, seconds=given.seconds))
        asked_cpu = cpu_seconds(process)
        report(load, "recall", rate=rate, wanted=wanted, cpu=asked_cpu - idle)
        stated = writes(names, said[given.items :], pick)
        written = asyncio.run(offer(port, stated, rate=given.write_rate, seconds=given.seconds))
        written_cpu = cpu_seconds(process) - asked_cpu
        report(written, "write", rate=given.write_rate, wanted=WRITES, cpu=written_cpu)
        say("memory at first", "all", before, "MiB", 1)
        say("memory at the end", "all", resident_mib(process), "MiB", 1)
        last = asyncio.run(_killed(port, stated, given.write_rate, process))
        process.wait()
        kept = Load(kept=written.kept + last.kept)
        say(
            "acknowledged writes lost by kill -9",
            "write",
            lost(data / "cubes", kept),
            "writes",
            len(kept.kept),
            0,
        )
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


async def _killed(
    port: int,
    orders: Iterator[Asked],
    rate: float,
    process: subprocess.Popen[bytes],
) -> Load:
    asyncio.get_running_loop().call_later(2.0, os.killpg, process.pid, signal.SIGKILL)
    return await offer(port, orders, rate=rate, seconds=5.0)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cubes", type=int, default=100)
    parser.add_argument("--items", type=int, default=10_000, help="of each cube")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--rate", type=float, help="recalls a second; as many as are wanted")
    parser.add_argument("--write-rate", type=float, default=WRITES, help="writes a second")
    parser.add_argument("--processes", type=int, default=1, help="of the server")
    parser.add_argument("--embedder", default="none", help="none searches by words alone")
    with tempfile.TemporaryDirectory() as name:
        measure(parser.parse_args(), Path(name))
    print(machine_line("server"))


if __name__ == "__main__":
    main()
