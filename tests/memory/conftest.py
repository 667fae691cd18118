"""Three cubes, and their mounting as one memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mounting import MountAll, make_cube

import remanence
from remanence import Memory
from ticking import START, TickingClock


@pytest.fixture
def mount_all() -> Iterator[MountAll]:
    """Mounts cubes with a test's clock, and closes them at the end."""
    opened: list[Memory] = []

    def mount(**given: object) -> Memory:
        options: dict[str, object] = {
            "reader": None,
            "clock": TickingClock(START + timedelta(days=1), seed=9),
        }
        memory = remanence.mount(**(options | given))  # type: ignore[arg-type]  # a test's own options
        opened.append(memory)
        return memory

    yield mount
    for memory in opened:
        memory.close()


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    """The files of a user's, a team's and an agent's cube."""
    texts = {
        "user": ["Alice is allergic to peanuts", "Alice lives in Lisbon", "A Alice detesta coentros"],
        "team": ["The team has lunch at noon on Fridays", "Спутник запускают в пятницу"],
        "agent": ["The recipe of Tuesday was too salty"],
    }
    return {
        name: make_cube(tmp_path / f"{name}.cube", said, clock=TickingClock(seed=number))
        for number, (name, said) in enumerate(texts.items())
    }


@pytest.fixture
def memory(paths: dict[str, Path], mount_all: MountAll) -> Memory:
    """The three as one memory."""
    return mount_all(**paths)
