"""What the memory proxy adds to a call: bench/proxy.py [--items 10000] [--calls 300].

The same question goes straight to a stand-in endpoint that answers at once, and then through `remanence
proxy` in a process of its own, on connections that stay open. The difference is the proxy: HTTP twice,
recall, the block and, with `on`, what observing in the background takes from the calls beside it. Vectors
are made by hashing, which takes next to nothing: the model's time is what bench/embedding.py says.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import remanence
from machine import machine_line
from processes import cpu_seconds
from sentences import texts

WANTED_MS = 15.0
WARMING = 20
SESSION_TURNS = 50
ANSWER = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Noted."}}


class Endpoint(BaseHTTPRequestHandler):
    """Answers every completion with one word."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    body = json.dumps({"id": "c", "object": "chat.completion", "choices": [ANSWER]}).encode()

    def do_POST(self) -> None:
        """One answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def endpoint() -> Iterator[int]:
    """The port of the stand-in, in this process."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def proxy(cube: Path, behind: int) -> Iterator[tuple[int, int]]:
    """The port of a proxy, and the number of its process."""
    command = [sys.executable, "-m", "remanence", "--cube", str(cube), "--embedder", "hashing", "proxy"]
    command += ["--port", "0", "--upstream", f"http://127.0.0.1:{behind}/v1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        yield int(line.rsplit(":", 1)[1].split("/")[0]), process.pid
        process.terminate()


def call_ms(connection: HTTPConnection, question: str, mode: str) -> float:
    """How long one completion takes."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": question}]})
    start = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", body, {"X-Remanence-Memory": mode})
    answer = connection.getresponse()
    answer.read()
    took = (time.perf_counter() - start) * 1000
    assert answer.status == 200
    assert answer.getheader("X-Remanence-Error") is None, answer.getheader("X-Remanence-Error")
    return took


def measure(behind: int, before: int, questions: Sequence[str], mode: str) -> tuple[list[float], list[float]]:
    """Milliseconds of the calls straight and through the proxy, each question both ways."""
    straight, through = HTTPConnection("127.0.0.1", behind), HTTPConnection("127.0.0.1", before)
    times = [(call_ms(straight, one, mode), call_ms(through, one, mode)) for one in questions]
    straight.close()
    through.close()
    return [one for one, _ in times], [two for _, two in times]


def context_ms(cube: Path, questions: Sequence[str]) -> float:
    """The median of the context alone, without a proxy: its share of what is added."""
    times = []
    with remanence.open(cube, embedder="hashing", read_only=True) as opened:
        for question in questions:
            start = time.perf_counter()
            opened.context(question)
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[WARMING:])


def fill(path: Path, said: Sequence[str]) -> None:
    """A cube of so many turns."""
    with remanence.open(path, owner="Ana", embedder="hashing", reader=None) as cube:
        cube.observe(
            {
                "role": ("user", "assistant")[number % 2],
                "content": text,
                "session": f"s{number // SESSION_TURNS}",
                "id": f"m{number}",
            }
            for number, text in enumerate(said)
        )


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=300)
    arguments = parser.parse_args()
    said, asked = texts(arguments.items, 3 * (arguments.calls + WARMING))
    with tempfile.TemporaryDirectory() as folder:
        cube = Path(folder) / "a.cube"
        fill(cube, said)
        alone = {"bench": "proxy", "figure": "context p50", "group": "in one process"}
        value = round(context_ms(cube, asked[0::3]), 2)
        print(json.dumps({**alone, "value": value, "unit": "ms", "n": arguments.calls}), flush=True)
        with endpoint() as behind, proxy(cube, behind) as (before, number_of_process):
            for number, mode in enumerate(("off", "read", "on")):
                questions = asked[number::3]
                measure(behind, before, questions[:WARMING], mode)
                computed = cpu_seconds(number_of_process)
                straight, through = measure(behind, before, questions[WARMING:], mode)
                added = statistics.median(through) - statistics.median(straight)
                cpu = (cpu_seconds(number_of_process) - computed) * 1000 / len(through)
                line = {"bench": "proxy", "figure": "overhead p50", "group": mode, "value": round(added, 2)}
                rest = {
                    "unit": "ms",
                    "n": len(through),
                    "p95": round(statistics.quantiles(through, n=20)[-1], 2),
                }
                goal = {"cpu_ms_a_call": round(cpu, 2), "items": arguments.items, "wanted_max": WANTED_MS}
                print(json.dumps({**line, **rest, **goal}), flush=True)
    print(machine_line("proxy"))


if __name__ == "__main__":
    main()
