"""Dialogues in which a value changes, or only seems to: the latest first, and each day its own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from opening import OpenCube
from remanence.cube import Cube

DIALOGUES = tomllib.loads((Path(__file__).parent / "updates" / "dialogues.toml").read_text(encoding="utf-8"))[
    "dialogue"
]
ROLES = {"u": "user", "a": "assistant"}


def told(open_cube: OpenCube, said: list[list[str]]) -> Cube:
    cube = open_cube("read.cube", reader="rules")
    for minute, (day, who, text) in enumerate(said):
        message = {"role": ROLES[who], "content": text, "timestamp": f"{day} 12:{minute:02}"}
        cube.observe([message], session=day)
    return cube


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[one["name"] for one in DIALOGUES])
def test_the_latest_value_comes_first_and_each_day_has_its_own(
    open_cube: OpenCube, dialogue: dict[str, Any]
) -> None:
    cube = told(open_cube, dialogue["said"])
    (first, *_) = cube.recall(dialogue["asked"], k=5)
    assert dialogue["now"].casefold() in first.item.content.casefold()
    for day, value in dialogue.get("then", []):
        (first, *_) = cube.recall(dialogue["asked"], k=5, as_of=day)
        assert value.casefold() in first.item.content.casefold(), day
    facts = cube.recall(dialogue["asked"], k=50, kinds=["fact", "preference"])
    for value in dialogue.get("never", []):
        assert not any(value in hit.item.content for hit in facts)


def homes(cube: Cube, *days: str) -> list[str]:
    found = [cube.recall("Where does Alice live?", as_of=day, kinds=["fact"]) for day in days]
    return [hits[0].item.content.rpartition(" ")[2] if hits else "" for hits in found]


def test_since_says_from_when_it_holds(open_cube: OpenCube) -> None:
    cube = told(
        open_cube,
        [["2024-01-10", "u", "I live in Bath."], ["2024-06-10", "u", "I've lived in York since March."]],
    )
    assert homes(cube, "2024-02-10", "2024-04-10", "2024-07-10") == ["Bath", "York", "York"]


def test_until_says_that_it_has_ended(open_cube: OpenCube) -> None:
    cube = told(open_cube, [["2024-06-10", "u", "I lived in Porto until 2022, but now I live in York."]])
    assert homes(cube, "2021-01-01", "2023-06-01", "2024-07-10") == ["Porto", "", "York"]


def test_what_one_used_to_have_does_not_replace_what_one_has(open_cube: OpenCube) -> None:
    cube = told(
        open_cube, [["2024-01-10", "u", "I live in Bath."], ["2024-06-10", "u", "I used to live in York."]]
    )
    assert homes(cube, "2024-02-10", "2024-07-10") == ["Bath", "Bath"]


def test_a_job_that_was_left_is_no_home(open_cube: OpenCube) -> None:
    said = ["I live in Bath.", "I work at Tesco.", "I moved from Tesco to Aldi."]
    cube = told(open_cube, [[f"2024-0{month}-10", "u", text] for month, text in enumerate(said, 1)])
    assert homes(cube, "2024-07-10") == ["Bath"]
    (first, *_) = cube.recall("Where does Alice work?", kinds=["fact"])
    assert "Aldi" in first.item.content


def test_an_owner_without_a_name_is_read_too(open_cube: OpenCube) -> None:
    cube = open_cube("user.cube", owner="user", reader="rules")
    for day, text in (
        ("2024-01-10", "I live in Bath."),
        ("2024-06-10", "Bye Bath, I'm all settled in York now."),
    ):
        cube.observe([{"role": "user", "content": text, "timestamp": f"{day} 12:00"}], session=day)
    (first, *_) = cube.recall("Where do I live?", kinds=["fact"])
    assert first.item.content == "The user lives in York"
