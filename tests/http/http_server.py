"""A real server in a process of its own, on a free port, and clients of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

import httpx2

from command_line import in_a_process, process_environment

START_SECONDS = 60
STOP_SECONDS = 60
PROBLEM = "application/problem+json"


@dataclass
class Server:
    """A running `remanence serve`; every line of its log is kept."""

    data: Path
    options: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    url: str = ""

    def start(self) -> Server:
        """Run it, and wait until it listens."""
        command = [sys.executable, "-m", "remanence", "serve", "--data", str(self.data), "--port", "0"]
        self.process = subprocess.Popen(
            [*command, *self.options],
            stderr=subprocess.PIPE,
            text=True,
            env=process_environment(self.data / "unused.cube"),
        )
        begun: Queue[str] = Queue()
        threading.Thread(target=self._collect, args=(begun,), daemon=True).start()
        told = json.loads(begun.get(timeout=START_SECONDS))
        assert told["event"] == "listening", told
        self.url = told["url"]
        return self

    def _collect(self, begun: Queue[str]) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if len(self.lines) == 1:
                begun.put(line)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=STOP_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=STOP_SECONDS)

    def client(self, key: str | None = None) -> httpx2.Client:
        """A client with this key."""
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60)

    def add_key(self, name: str, *options: str) -> str:
        """Make a key by the command line; the key."""
        done = in_a_process(self.data, "keys", "add", name, "--data", str(self.data), "--json", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["key"]


def make(client: httpx2.Client, cube: str, owner: str = "Alice") -> str:
    """Make a cube; the path of its resources."""
    answer = client.put(f"/v1/cubes/{cube}", json={"owner": owner, "time_zone": "Europe/Lisbon"})
    assert answer.status_code in (200, 201), answer.text
    return f"/v1/cubes/{cube}"


def problem(answer: httpx2.Response, status: int, code: str) -> dict:
    """The problem that an answer tells of, which must have this status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    told = answer.json()
    assert told["code"] == code, told
    assert told["status"] == status
    assert told["type"] == f"urn:remanence:problem:{code}"
    assert told["title"]
    assert told["detail"]
    return told
