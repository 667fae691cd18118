"""A cube cut at any length, with noise in its pages or letters changed in its texts.

Survived: one of our errors, or `check` tells; never another type of error, never a text that is silently not
what was written. Not told: noise in a row's other cells, which no digest covers, where the pages stay sound.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from judge import Ledger, everything_in
from workload import Workload

import remanence
from remanence import Cube
from remanence.errors import CubeDamaged, CubeError, NotACube

TRIES = int(os.environ.get("REMANENCE_RUNS", "200"))
PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Whole:
    """A sound cube's bytes, what it acknowledged, and what recall answers."""

    data: bytes
    ledger: Ledger
    texts: frozenset[str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A cube with a history."""
    path = tmp_path_factory.mktemp("whole") / "a.cube"
    ledger = Ledger()
    with remanence.open(path, embedder=None, reader=None) as cube:
        workload = Workload(cube, seed=3)
        for _ in range(40):
            ledger.add(workload.step())
        texts = texts_in(cube)
    return Whole(path.read_bytes(), ledger, texts)


def texts_in(cube: Cube) -> frozenset[str]:
    """Every text of every row."""
    _, rows = everything_in(cube)
    return frozenset(row.content.text for of_item in rows.values() for row in of_item if row.content.text)


def told(path: Path, whole: Whole) -> str:
    """Opens, checks, asks, writes; what the cube says of itself: an error, "faults", or, rightly, "sound"."""
    try:
        with remanence.open(path, embedder=None, reader=None) as cube:
            faults = cube.check(head=whole.ledger.head)
            cube.stats()
            cube.recall("amber basil", k=5)
            texts = texts_in(cube)
            cube.remember("a further one")
    except CubeError as error:
        return str(error)
    assert faults or texts == whole.texts, "a text is not what was written, and nobody says so"
    return "faults" if faults else "sound"


def test_a_cube_cut_short_is_refused_and_left_as_it_was(whole: Whole, tmp_path: Path) -> None:
    drawn = Random(1)
    lengths = {
        1,
        15,
        16,
        99,
        100,
        101,
        PAGE_BYTES - 1,
        PAGE_BYTES,
        len(whole.data) - 1,
        len(whole.data) - PAGE_BYTES,
    }
    lengths |= {drawn.randrange(1, len(whole.data)) for _ in range(TRIES // 4)}
    for length in sorted(lengths):
        path = tmp_path / f"{length}.cube"
        path.write_bytes(whole.data[:length])
        with pytest.raises((NotACube, CubeDamaged)):
            remanence.open(path, embedder=None, reader=None)
        assert path.read_bytes() == whole.data[:length]
        assert list(tmp_path.glob(f"{length}.cube-*")) == []


def test_an_empty_file_is_a_new_cube(tmp_path: Path) -> None:
    path = tmp_path / "empty.cube"
    path.touch()
    with remanence.open(path, embedder=None, reader=None) as cube:
        assert cube.stats().counts["items"] == 0


@pytest.mark.parametrize("part", range(4))
def test_noise_in_the_pages_is_never_an_error_of_another_type(
    whole: Whole, tmp_path: Path, part: int
) -> None:
    drawn = Random(part)
    outcomes = set()
    for number in range(TRIES // 4):
        data = bytearray(whole.data)
        for _ in range(drawn.choice((1, 1, 4, 64))):
            at = drawn.randrange(len(data))
            length = drawn.choice((1, 1, 16, 512))
            data[at : at + length] = drawn.randbytes(min(length, len(data) - at))
        path = tmp_path / f"{number}.cube"
        path.write_bytes(data)
        outcome = told(path, whole)
        assert outcome in ("faults", "sound") or str(path) in outcome
        outcomes.add(outcome)
        for file in tmp_path.iterdir():
            file.unlink()
    assert len(outcomes) > 2, "no noise was met"


def test_a_changed_letter_in_any_text_is_found_by_check(whole: Whole, tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    for number, text in enumerate(sorted(whole.texts)):
        data = bytearray(whole.data)
        at = data.find(text.encode())
        assert at >= 0
        data[at] ^= 1
        path.write_bytes(data)
        assert told(path, whole) == "faults", (number, text)
