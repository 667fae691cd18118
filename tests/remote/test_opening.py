"""One call opens a file or an address: what it takes is what a file takes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

import remanence
from remanence import cube as local


class Backwards:
    """Likes best what comes last."""

    name = "backwards"

    def relevances(self, question: str, texts: Sequence[str]) -> list[float]:
        """The places."""
        return [float(place) for place in range(len(texts))]


def test_a_file_is_opened_with_all_that_a_cube_takes(tmp_path: Path) -> None:
    assert (
        inspect.signature(remanence.open, follow_wrapped=False).parameters.keys()
        == inspect.signature(local.open).parameters.keys()
    )

    with remanence.open(tmp_path / "a.cube", embedder=None, reranker=Backwards()) as cube:
        cube.remember("the boat is blue")
        cube.remember("the blue boat, once more: the boat is blue")
        first = cube.recall("is the boat blue?")
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        assert [hit.item.id for hit in first] == [hit.item.id for hit in cube.recall("is the boat blue?")][
            ::-1
        ]
