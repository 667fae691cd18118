"""Cubes of format 4 may hold a vector twice, where two processes embedded the same text at once."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import apsw

import remanence

OLD = Path(__file__).parents[1] / "data/cube-v4.cube"
COUNTS = "SELECT count(*), count(DISTINCT text || ' ' || span_start) FROM vector"
DOUBLE = (
    "INSERT INTO vector (text, embedder, span_start, span_end, value) "
    "SELECT text, embedder, span_start, span_end, value FROM vector"
)


def test_what_was_written_twice_is_there_once_after_opening(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    shutil.copyfile(OLD, path)
    with closing(apsw.Connection(str(path))) as db:
        ((before, distinct),) = db.execute(COUNTS)
        db.execute(DOUBLE)
    assert before == distinct > 0
    with remanence.open(path, embedder="hashing") as cube:
        assert cube.stats().counts["vectors"] == before
        assert cube.recall("green tea")
        assert cube.check() == ()
