"""Beside other memories on one machine in one run: bench/peers.py PATH --venvs FOLDER [--only NAME,...].

PATH is a file in LoCoMo's form, of which `--conversations N` (default 1) are asked. Each peer runs in an
environment of its own below FOLDER, made when it is not there; one message is added at a time. All are given
the same vectors of the same texts ("name: text"), made by our embedder before: no time includes embedding.
Figures by peer: R@k and B@n as in bench/locomo.py, B@n from the ranked messages alike for all; p50 and p95 of
an add and a search in milliseconds; peak memory of the process; disk. What does not
install or run is one line: `installed` 0, and what it said stands on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evidence import Answer, Haystack, Question, Report, say, share_at, share_within
from floors import within_budget
from locomo import ADVERSARIAL, BUDGETS, KS, haystacks
from machine import machine_line
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Embedder

HERE = Path(__file__).parent
OURS = "remanence"
PACKAGES = {  # what each peer's environment is made of
    "chroma": ["chromadb"],
    "qdrant": ["qdrant-client"],
    "mem0": ["mem0ai"],
    "langgraph": ["langgraph-checkpoint"],
    "memoryos": ["MemoryOS", "qdrant-client"],
}
INSTALL_SECONDS_MAX = 1800
RUN_SECONDS_MAX = 3600
TOLD_CHARS = 300  # of what a peer that failed said last


@dataclass(frozen=True, slots=True)
class Run:
    """What a peer answered in one conversation; see beside/drive.py."""

    ranked: list[list[int]]
    add_ms: list[float]
    search_ms: list[float]
    peak_mb: float
    disk_bytes: int


class Failed(Exception):
    """A peer that did not install or run, with what it said."""


def interpreter(peer: str, venvs: Path) -> Path:
    """The Python of a peer's environment, which is made where it is missing; raises Failed."""
    if peer == OURS:
        return Path(sys.executable)
    folder = venvs / peer
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "installed"
    if not done.exists():
        say(f"{peer}: installing {', '.join(PACKAGES[peer])}")
        _checked([sys.executable, "-m", "venv", str(folder)], INSTALL_SECONDS_MAX)
        _checked([str(python), "-m", "pip", "install", "-q", "numpy", *PACKAGES[peer]], INSTALL_SECONDS_MAX)
        done.touch()
    return python


def _checked(command: Sequence[str], seconds: float, environment: dict[str, str] | None = None) -> None:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"took more than {seconds:g} s") from error
    if ran.returncode:
        raise Failed(ran.stderr.strip()[-TOLD_CHARS:])


def run_peer(peer: str, python: Path, haystack: Haystack, vectors: dict[str, np.ndarray]) -> Run:
    """Put the conversation in and ask its questions, in a process of the peer's environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        messages = [
            {
                "text": f"{one.name}: {one.text}",
                "said": one.text,
                "name": one.name,
                "session": one.session,
                "at": one.said_at.isoformat(),
            }
            for one in haystack.messages
        ]
        asked = [question.text for question in haystack.questions]
        (folder / "conversation.json").write_text(
            json.dumps({"messages": messages, "questions": asked}), "utf-8"
        )
        np.savez(folder / "vectors.npz", **vectors)
        environment = {**os.environ, "HOME": str(folder), "ANONYMIZED_TELEMETRY": "False"}
        command = [str(python), str(HERE / "beside" / "drive.py"), peer, str(folder)]
        _checked(command, RUN_SECONDS_MAX, environment)
        return Run(**json.loads((folder / "answers.json").read_text("utf-8")))


def vectors_of(haystack: Haystack, embedder: Embedder) -> dict[str, np.ndarray]:
    """The vector of each message's first span, with its speaker's name, and of each question."""
    made = embedder.passages([f"{one.name}: {one.text}" for one in haystack.messages])
    first = [at for at, span in enumerate(made.spans) if span.start == 0]
    asked = np.stack([embedder.query(question.text) for question in haystack.questions])
    return {"messages": made.vectors[first], "questions": asked}


def report_peer(report: Report, peer: str, runs: Sequence[tuple[Haystack, Run]]) -> None:
    """Print every figure of one peer."""
    answered = [
        (question, answer)
        for haystack, run in runs
        for question, answer in _answers(haystack, run)
        if question.group != ADVERSARIAL
    ]
    for k in KS:
        report.mean(f"R@{k}", peer, (share_at(answer, question, k) for question, answer in answered))
    for budget in BUDGETS:
        report.mean(
            f"B@{budget}", peer, (share_within(answer, question, budget) for question, answer in answered)
        )
    for figure in ("add", "search"):
        times = [time for _, run in runs for time in getattr(run, f"{figure}_ms")]
        report.value(f"{figure} p50", peer, statistics.median(times), len(times), unit="ms")
        report.value(f"{figure} p95", peer, statistics.quantiles(times, n=20)[-1], len(times), unit="ms")
    for figure, values, unit in (
        ("peak memory", [run.peak_mb for _, run in runs], "MB"),
        ("disk", [run.disk_bytes / 1e6 for _, run in runs], "MB"),
    ):
        report.value(figure, peer, max(values), len(values), unit=unit)


def _answers(haystack: Haystack, run: Run) -> Iterator[tuple[Question, Answer]]:
    for question, ranked in zip(haystack.questions, run.ranked, strict=True):
        within = {budget: within_budget(ranked, haystack.messages, budget) for budget in BUDGETS}
        yield question, Answer(tuple(ranked), 0.0, within)


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--venvs", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", default=",".join([OURS, *PACKAGES]), metavar="NAMES")
    parser.add_argument("--conversations", type=int, default=1, metavar="N")
    given = parser.parse_args()
    embedder = open_embedder("minilm")
    assert embedder is not None
    talks = list(haystacks(given.path))[: given.conversations]
    vectors = [vectors_of(haystack, embedder) for haystack in talks]
    report = Report("peers")
    for peer in given.only.split(","):
        try:
            python = interpreter(peer, given.venvs.resolve())
            runs = []
            for haystack, made in zip(talks, vectors, strict=True):
                say(f"{peer}: {haystack.name}")
                runs.append((haystack, run_peer(peer, python, haystack, made)))
        except Failed as error:
            say(f"{peer}: {error}")
            report.value("installed", peer, 0, 1)
            continue
        report.value("installed", peer, 1, 1)
        report_peer(report, peer, runs)
    print(machine_line("peers"))


if __name__ == "__main__":
    main()
