"""Exports in which any value may be anything, and any byte another: told or taken, never a fault of ours."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from exports import FIXTURES

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput

SPOILT_EACH = int(os.environ.get("REMANENCE_SPOILT", "12"))
ODD: tuple[object, ...] = (
    None, True, -1, 1e308, 10**30, "", " ", "\0", "\ud800", "x" * 300, [], {}, [[]], {"a": None}, [None, {}],
    {"type": 3}, "9999-99-99", ["a", 1], float("nan"),
)  # fmt: skip
FILES = {
    kind: path if path.is_file() else next(iter(sorted(path.glob("conv*.json"))), path / "Ana.md")
    for kind, path in FIXTURES.items()
}


def spoilt(value: object, pick: random.Random, chance: float) -> object:
    """The value with some of what is in it changed for something odd, left out, or under another name."""
    if pick.random() < chance:
        return pick.choice(ODD)
    if isinstance(value, dict):
        return {key: spoilt(one, pick, chance) for key, one in value.items() if pick.random() > chance / 3}
    if isinstance(value, list):
        found = [spoilt(one, pick, chance) for one in value]
        return found * (2 if pick.random() < chance / 3 else 1)
    return value


def taken(cube: remanence.Cube, kind: str, content: bytes) -> None:
    """Import it twice: the second time adds nothing, and the cube is sound."""
    try:
        cube.import_from(kind, content)
    except InvalidInput:
        assert cube.stats().counts["items"] == 0
        return
    again = cube.import_from(kind, content)
    assert (again.added, again.changed) == (0, 0)
    assert cube.check() == ()


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "markdown"])
def test_values_of_other_types_are_told_or_taken(open_cube: OpenCube, kind: str) -> None:
    text = FILES[kind].read_text("utf-8")
    lines = FILES[kind].suffix == ".jsonl"
    whole = [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)
    for seed in range(SPOILT_EACH):
        pick = random.Random(f"{kind} {seed}")
        found = spoilt(whole, pick, pick.choice((0.02, 0.1)))
        listed = found if lines and isinstance(found, list) else [found]
        content = "\n".join(json.dumps(one) for one in listed).encode()
        with open_cube(f"{kind}-{seed}.cube") as cube:
            taken(cube, kind, content)


@pytest.mark.parametrize("kind", FILES)
def test_bytes_that_were_changed_are_told_or_taken(open_cube: OpenCube, kind: str, tmp_path: Path) -> None:
    raw = FILES[kind].read_bytes()
    for seed in range(SPOILT_EACH):
        pick = random.Random(f"bytes {kind} {seed}")
        content = bytearray(raw)
        for _ in range(pick.choice((1, 5, 40))):
            content[pick.randrange(len(content))] = pick.randrange(256)
        content = content[: pick.choice((len(content), pick.randrange(1, len(content))))]
        with open_cube(f"bytes-{kind}-{seed}.cube") as cube:
            if kind == "markdown":
                note = tmp_path / str(seed) / "n.md"
                note.parent.mkdir()
                note.write_bytes(content)
                assert cube.import_from(kind, note.parent).messages == 0
                assert cube.import_from(kind, note.parent).added == 0
            else:
                taken(cube, kind, bytes(content))
