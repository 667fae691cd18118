"""A message that asks for something says so by its tag."""

from __future__ import annotations

from pathlib import Path

import pytest

import remanence


def tags_of(folder: Path, text: str, *, role: str = "user", reader: str | None = "rules") -> tuple[str, ...]:
    with remanence.open(folder / "a.cube", owner="Ana", embedder=None, reader=reader) as cube:
        observed = cube.observe([{"role": role, "content": text}])
        return tuple(cube.show(observed.added[0]).tags)


@pytest.mark.parametrize(
    "text",
    [
        "Could you send me the slides?",
        "The report is late. Please look at it today.",
        "where do I find the keys",
        "Let's meet on Tuesday instead.",
        "I need you to call the bank.",
    ],
)
def test_what_asks_for_something_has_the_tag_request(tmp_path: Path, text: str) -> None:
    assert tags_of(tmp_path, text) == ("request",)


@pytest.mark.parametrize(
    "text",
    [
        "I live in Porto, above a bakery.",
        "The report is on your desk.",
        'She asked: "Could you send me the slides?"',
        "Ich wohne in Bremen.",
        "...",
    ],
)
def test_what_only_tells_has_none(tmp_path: Path, text: str) -> None:
    assert tags_of(tmp_path, text) == ()


def test_a_tool_and_a_cube_without_a_reader_ask_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "tool").mkdir()
    assert tags_of(tmp_path / "tool", "Could you send me the slides?", role="tool") == ()
    assert tags_of(tmp_path, "Could you send me the slides?", reader=None) == ()


def test_a_message_that_comes_again_with_other_words_asks_no_more(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", owner="Ana", embedder=None) as cube:
        message = {"role": "user", "content": "Could you call the bank?", "id": "m1"}
        (said,) = cube.observe([message], session="s").added
        assert cube.show(said).tags == ("request",)
        cube.observe([{**message, "content": "I called the bank."}], session="s")
        assert cube.show(said).tags == ()
