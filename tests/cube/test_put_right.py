"""A bare value that corrects what was just said fills the slot of it, across turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import remanence

OpenCube = Callable[..., remanence.Cube]
NOTED = ("assistant", "Noted, thank you!")


def told(cube: remanence.Cube, *turns: tuple[str, str]) -> None:
    cube.observe([{"role": role, "content": text} for role, text in turns])


def believed(cube: remanence.Cube) -> set[str]:
    return {item.content for item in cube.items(kind="fact")}


@pytest.mark.parametrize(
    ("turns", "right", "wrong"),
    [
        (
            [("user", "I moved to Ghent last month"), NOTED, ("user", "No wait, it was Bruges")],
            "Alice lives in Bruges",
            "Ghent",
        ),
        (
            [("user", "I live in Ghent."), ("user", "Sorry, I meant Bruges.")],
            "Alice lives in Bruges",
            "Ghent",
        ),
        (
            [("user", "My parrot is called Kiki"), ("assistant", "Sweet."), ("user", "Oops, I mean Koko")],
            "Alice has a parrot named Koko",
            "Kiki",
        ),
        (
            [
                ("user", "I live in Ghent."),
                ("assistant", "So you live in Ghent!"),
                ("user", "Sorry, I meant Bruges"),
            ],
            "Alice lives in Bruges",
            "Ghent",
        ),
    ],
)
def test_what_was_said_before_is_put_right(
    open_cube: OpenCube, turns: list[tuple[str, str]], right: str, wrong: str
) -> None:
    cube = open_cube(reader="rules")
    told(cube, *turns)
    facts = believed(cube)
    assert right in facts
    assert not any(wrong in fact for fact in facts)


def test_the_same_message_by_message(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    for turn in [("user", "I moved to Ghent last month"), NOTED, ("user", "No wait, it was Bruges")]:
        told(cube, turn)
    assert "Alice lives in Bruges" in believed(cube)


@pytest.mark.parametrize(
    "reply",
    [
        "No wait, it was Tuesday",
        "No, that was my brother.",
        "Sorry, I meant well.",
        "No, never mind.",
        "*Bruges lol jk",
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(open_cube: OpenCube, reply: str) -> None:
    cube = open_cube(reader="rules")
    told(cube, ("user", "I moved to Ghent last Monday"), NOTED, ("user", reply))
    assert "Alice lives in Ghent" in believed(cube)


def test_another_speaker_puts_nothing_right(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    cube.observe(
        [
            {"role": "user", "name": "Ana", "content": "I live in Ghent."},
            {"role": "user", "name": "Ben", "content": "Sorry, I meant Bruges."},
        ]
    )
    assert "Ana lives in Ghent" in believed(cube)
    assert not any("Ben lives" in fact for fact in believed(cube))


def test_undone_the_first_value_stands_again(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    told(cube, ("user", "I live in Ghent."))
    told(cube, ("user", "Sorry, I meant Bruges."))
    cube.undo(cube.journal()[0].change_set)
    assert "Alice lives in Ghent" in believed(cube)


@pytest.mark.parametrize(
    ("text", "not_said"),
    [
        ("My sister has a new number, it's 555-0199", "phone number is"),
        ("My wife got a new car, it's a Volvo", "Alice drives"),
        ("Max 650k. Oh and 4 bedrooms minimum", "Max 4"),
    ],
)
def test_what_is_somebody_elses_or_added_puts_nothing_right(
    open_cube: OpenCube, text: str, not_said: str
) -> None:
    cube = open_cube(reader="rules")
    told(cube, ("user", text))
    assert not any(not_said in fact for fact in believed(cube))
