"""A process that raises writing children and kills them: a warm fork costs a few milliseconds.

Reads a line of JSON for each run: path, seed, calls, then_seconds. The child writes to the cube without
end, and a line to its pipe after each call that returned; that many calls and seconds later it is killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from workload import Acknowledged, Workload

import remanence


@dataclass(frozen=True, slots=True)
class Life:
    """How a child ended ("killed", or else its trace), and what it had acknowledged."""

    end: str
    acknowledged: list[Acknowledged]


class Nursery:
    """The test's side: starts the process and asks it for runs."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(self, path: Path, *, seed: int, calls: int, then_seconds: float) -> Life:
        """One child's life on this cube."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"path": str(path), "seed": seed, "calls": calls, "then_seconds": then_seconds}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return Life(answer["end"], [Acknowledged.of_line(line) for line in answer["lines"]])


def write_without_end(path: Path, seed: int, pipe: int) -> None:
    """The child: each line is written after the call returned, and by one system call."""
    workload = Workload(remanence.open(path, embedder=None, reader=None), seed=seed)
    while True:
        os.write(pipe, workload.step().line())


def run(path: Path, seed: int, calls: int, then_seconds: float) -> dict[str, object]:
    """Fork, listen, kill; how the child ended, and the whole lines that it sent."""
    failure = path.with_name(path.name + ".failure")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_without_end(path, seed, writing)
        except BaseException:
            failure.write_text(traceback.format_exc(), encoding="utf-8")
            raise
        finally:
            os._exit(1)
    os.close(writing)
    heard = b""
    while heard.count(b"\n") < calls and (more := os.read(reading, 65_536)):
        heard += more
    time.sleep(then_seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while more := os.read(reading, 65_536):
        heard += more
    os.close(reading)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    trace = failure.read_text(encoding="utf-8") if failure.exists() else ""
    end = "killed" if killed and not trace else f"status {status}\n{trace}"
    return {"end": end, "lines": heard.decode().splitlines()}


def main() -> None:
    """Load all that a child will use, then serve."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warm.cube"
        with remanence.open(path, embedder=None, reader=None) as cube:
            workload = Workload(cube, seed=0)
            for verb in ("remember", "observe", "revise", "undo", "erase"):
                workload.call(verb)
    for line in sys.stdin:
        order = json.loads(line)
        life = run(Path(order["path"]), order["seed"], order["calls"], order["then_seconds"])
        sys.stdout.write(json.dumps(life) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
