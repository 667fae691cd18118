"""What an import costs: bench/importing.py [--megabytes 100] [--keep FOLDER].

Makes a ChatGPT export of that size (plausible words, seeds fixed: trees with branches and metadata),
imports it in a process of its own without an embedder, once word for word and once with the rule reader, and
once more to see what a repeated import costs. Prints messages a second and the process's peak memory.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import remanence
from machine import machine_line, peak_mb
from sentences import texts

SEED = 4
WANTED_PEAK_MB = 500.0
TURNS = 24  # of a conversation, on average
LONG_EACH = 6  # one answer in so many is a long one
START = 1_700_000_000.0
PHRASES = 20_000


def conversations() -> Iterator[dict[str, object]]:
    """Conversations without end to their number; the caller stops at the size."""
    pick = random.Random(SEED)
    said, _ = texts(PHRASES, 0)
    number = 0
    while True:
        number += 1
        yield _conversation(number, pick, said)


def _conversation(number: int, pick: random.Random, said: list[str]) -> dict[str, object]:
    at = START + number * 3600.0
    nodes: dict[str, dict[str, object]] = {}

    def add(parent: str | None, role: str | None, text: str, **metadata: object) -> str:
        node = f"{number:08x}-0000-4000-8000-{len(nodes):012x}"
        message: dict[str, object] | None = None
        if role is not None:
            message = {
                "id": node,
                "author": {"role": role, "name": None, "metadata": {}},
                "create_time": at + len(nodes),
                "update_time": None,
                "content": {"content_type": "text", "parts": [text]},
                "status": "finished_successfully",
                "end_turn": True,
                "weight": 1.0,
                "metadata": {"request_id": f"{pick.getrandbits(64):016x}", **metadata},
                "recipient": "all",
                "channel": None,
            }
        nodes[node] = {"id": node, "message": message, "parent": parent, "children": []}
        if parent is not None:
            children = nodes[parent]["children"]
            assert isinstance(children, list), "made so"
            children.append(node)
        return node

    last = add(add(None, None, ""), "system", "", is_visually_hidden_from_conversation=True)
    for turn in range(pick.randrange(2, TURNS)):
        last = add(last, "user", " ".join(pick.choices(said, k=pick.randrange(1, 4))))
        if pick.randrange(10) == 0:
            add(last, "assistant", " ".join(pick.choices(said, k=3)), model_slug="gpt-4o")
        k = 60 if turn % LONG_EACH == 0 else pick.randrange(2, 12)
        last = add(last, "assistant", " ".join(pick.choices(said, k=k)), model_slug="gpt-4o")
    conversation_id = f"{number:08x}-1111-4000-8000-000000000000"
    return {
        "title": said[number % len(said)][:40],
        "create_time": at,
        "update_time": at + len(nodes),
        "mapping": nodes,
        "current_node": last,
        "conversation_id": conversation_id,
        "id": conversation_id,
        "is_archived": False,
        "default_model_slug": "gpt-4o",
    }


def write_export(path: Path, megabytes: float) -> None:
    """An export of so many megabytes, on one line as the service writes it."""
    with path.open("w", encoding="utf-8") as file:
        size = file.write("[")
        for number, one in enumerate(conversations()):
            size += file.write((", " if number else "") + json.dumps(one))
            if size >= megabytes * 1e6:
                break
        file.write("]")


def measure(export: Path, cube: Path, mode: str) -> None:
    """Import in this process, and print what it took."""
    start, started = time.perf_counter(), time.process_time()
    with remanence.open(cube, owner="Ana", embedder=None, reader="rules" if mode == "rules" else None) as one:
        done = one.import_from("chatgpt", export)
        took, worked = time.perf_counter() - start, time.process_time() - started
    assert done.is_complete, done.problems[:3]
    print(
        json.dumps(
            {
                "messages": done.messages,
                "added": done.added,
                "seconds": took,
                "worked": worked,
                "peak": peak_mb(),
            }
        )
    )


def say(figure: str, group: str, value: float, unit: str, n: int, **goal: float) -> None:
    """Print one figure as a line of JSON."""
    line = {"bench": "importing", "figure": figure, "group": group, "value": round(value, 2)}
    print(json.dumps({**line, "unit": unit, "n": n, **goal}), flush=True)


def main() -> None:
    """Make the export, import it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=100.0)
    parser.add_argument("--keep", type=Path, help="a folder in which the export stays")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(Path(options.measure[0]), Path(options.measure[1]), options.measure[2])
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        export = (options.keep or folder) / f"conversations-{options.megabytes:g}.json"
        if not export.exists():
            write_export(export, options.megabytes)
        size = export.stat().st_size / 1e6
        say("export", "chatgpt", size, "MB", 1)
        for mode, cube in (("verbatim", "a.cube"), ("again", "a.cube"), ("rules", "b.cube")):
            command = [sys.executable, __file__, "--measure", str(export), str(folder / cube), mode]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)
            found = json.loads(ran.stdout)
            n = found["messages"]
            say("messages a second", mode, n / found["seconds"], "1/s", n)
            say("messages a second of processor time", mode, n / found["worked"], "1/s", n)
            say("megabytes a second", mode, size / found["seconds"], "MB/s", n)
            say("peak memory", mode, found["peak"], "MB", n, wanted_max=WANTED_PEAK_MB)
        say("cube", "verbatim", (folder / "a.cube").stat().st_size / 1e6, "MB", 1)
    print(machine_line("importing"))


if __name__ == "__main__":
    main()
