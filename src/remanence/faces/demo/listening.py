"""The demo's first process: twelve conversations go in, each on its day, and the cube is closed."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import remanence
from remanence.embedding.port import Embedder
from remanence.faces.demo.chapter import Chapter
from remanence.faces.demo.clock import StoryClock
from remanence.reader.message_file import read_message_file

OWNER = "Inês"
TIME_ZONE = "Europe/Lisbon"
A_MINUTE = timedelta(minutes=1)
BEGINNING_CHARS = 60


@dataclass(frozen=True, slots=True)
class Listened:
    """What the first process did, and how long it took."""

    chapter: Chapter
    messages: int
    seconds: float


def listen(path: Path, *, embedder: Embedder | None) -> Listened:
    """Observe the conversation that ships with the package, session by session."""
    sessions = [list(turns) for _, turns in groupby(_messages(), key=lambda turn: turn["session"])]
    clock = StoryClock(_said_at(sessions[0][0]))
    with remanence.open(path, owner=OWNER, time_zone=TIME_ZONE, embedder=embedder, clock=clock) as cube:
        if embedder is not None:
            embedder.query("Good morning")  # loads the model, which is no part of what is timed below
        rows, seconds = [], 0.0
        heard: set[str] = set()
        for turns in sessions:
            clock.set(_said_at(turns[-1]) + A_MINUTE)
            started = time.perf_counter()
            observed = cube.observe(turns)
            seconds += time.perf_counter() - started
            derived = [cube.show(item_id).content for item_id in observed.derived]
            told = [f"{content} (again)" if content in heard else content for content in derived]
            heard.update(derived)
            rows.append(
                (
                    turns[0]["session"],
                    str(len(observed.added)),
                    _beginning(turns[0]["content"]),
                    "\n".join(told),
                )
            )
        again = cube.observe([turn for turns in sessions for turn in turns])
    return Listened(_chapter(rows, again.known, len(again.added)), again.known, seconds)


def _chapter(rows: Sequence[tuple[str, str, str, str]], known: int, added: int) -> Chapter:
    return Chapter(
        title="A year goes in",
        says=f"{OWNER} talks to her assistant on twelve days. Each message is kept word for word; what "
        "follows from it becomes a memory of its own that points back at the words it came from.",
        call='with remanence.open("ines.cube", owner="Inês") as cube:\n    cube.observe(messages)',
        columns=("day", "messages", "it begins", "what follows from it"),
        rows=tuple(rows),
        note=f"Observed once more, all {known} messages are known and {added} are new: an agent may pass the "
        "whole growing list each time.",
    )


def _messages() -> list[dict[str, str]]:
    shipped = files("remanence.faces.demo").joinpath("conversation.jsonl").read_bytes()
    return [json.loads(json.dumps(message)) for message in read_message_file(shipped)]


def _beginning(text: str) -> str:
    return text if len(text) <= BEGINNING_CHARS else text[:BEGINNING_CHARS].rsplit(" ", 1)[0] + " ..."


def _said_at(message: dict[str, str]) -> datetime:
    return datetime.fromisoformat(message["timestamp"])
