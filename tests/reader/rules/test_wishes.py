"""What the assistant is to do from now on is kept as a preference; what it is to do once is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import remanence
from remanence.reader.rules.statements import derive

TABLE = tomllib.loads(Path(__file__).with_name("wishes.toml").read_text("utf-8"))


@pytest.mark.parametrize(("text", "wish"), TABLE["wishes"])
def test_a_standing_wish_is_a_preference(text: str, wish: str) -> None:
    found = derive(text, speaker="Ana")
    assert [(one.content, one.kind.value) for one in found] == [(wish, "preference")]
    assert text[found[0].start : found[0].end].strip()


@pytest.mark.parametrize("text", TABLE["none"])
def test_no_wish_is_read(text: str) -> None:
    assert not [one for one in derive(text, speaker="Ana") if "wants the assistant" in one.content]


def test_an_assistant_wishes_nothing() -> None:
    assert derive("Never use emojis.", speaker="assistant", role="assistant") == ()


def test_it_is_recalled_when_it_matters(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", owner="Ana", embedder=None) as cube:
        cube.observe([{"role": "user", "content": "Thanks! And never use semicolons in your poems."}])
        (hit, *_) = cube.recall("a poem without semicolons", kinds=["preference"])
    assert hit.item.content == "Ana wants the assistant never to use semicolons in their poems"
