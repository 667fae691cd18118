"""One call opens a file or an address: what it takes is what a file takes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

import pytest

import remanence
from remanence import cube as local
from remanence.errors import InvalidInput
from remanence.faces.cli.app import run


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


@pytest.mark.parametrize("key", ["", " ", "rem_1\nX-Other: 1", "rem_ü", "two words"])
def test_what_is_no_key_is_refused_and_not_quoted(key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        remanence.open("http://127.0.0.1:9/cubes/alice", key=key)
    assert not key.strip() or key not in str(refused.value)


@pytest.mark.parametrize("name", ["..", ".", "", "a%2Fb", "%2e%2e/x"])
@pytest.mark.parametrize("server", ["http://127.0.0.1:9", "http://[::1", "http://127.0.0.1:99999"])
def test_what_is_no_address_of_a_cube_is_refused(server: str, name: str) -> None:
    with pytest.raises(InvalidInput, match="no address of a cube"):
        remanence.open(f"{server}/cubes/{name}", key="rem_1")


def test_the_command_line_says_that_it_opens_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--cube", "http://127.0.0.1:9/cubes/alice", "stats"]) == 2
    assert "remanence.open(URL" in capsys.readouterr().err
