"""Runs in a peer's own environment: puts one conversation in, asks its questions, and writes what came.

drive.py PEER FOLDER: the folder holds `conversation.json` (messages and questions, as lists of texts with
the messages' names, sessions and times) and `vectors.npz` (one of each, unit length); into `answers.json` go
the ranked messages of each question, milliseconds of each add and search, peak memory and disk use.
Needs numpy and the standard library alone, so that it runs beside any package.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

HITS = 100  # more than any k or budget needs
MEGABYTE = 1 << 20


def peak_memory_mb() -> float:
    """The most memory that this process has had; what its parent had before the start is not counted."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / MEGABYTE


def disk_bytes(folder: Path) -> int:
    """What lies in a folder and below it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """See the head of this file."""
    peer, folder = sys.argv[1], Path(sys.argv[2])
    sys.path.insert(0, str(Path(__file__).parent))
    module = importlib.import_module(f"{peer}_peer")
    conversation = json.loads((folder / "conversation.json").read_text("utf-8"))
    with np.load(folder / "vectors.npz") as vectors:
        told, asked = vectors["messages"], vectors["questions"]
    store = folder / "store"
    store.mkdir()
    os.chdir(store)  # where some packages write beside what they are told
    memory = module.Memory(store, conversation["messages"], told, conversation["questions"], asked)
    adding, searching, ranked = [], [], []
    for number in range(len(conversation["messages"])):
        start = time.perf_counter()
        memory.add(number)
        adding.append((time.perf_counter() - start) * 1000)
    memory.settle()
    for number in range(len(conversation["questions"])):
        start = time.perf_counter()
        found = memory.search(number, HITS)
        searching.append((time.perf_counter() - start) * 1000)
        ranked.append(found)
    peak = peak_memory_mb()
    memory.close()
    answer = {
        "ranked": ranked,
        "add_ms": adding,
        "search_ms": searching,
        "peak_mb": peak,
        "disk_bytes": disk_bytes(store),
    }
    (folder / "answers.json").write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main()
