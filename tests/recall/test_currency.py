"""The newer of two statements of the same thing comes first, whatever the question's wording."""

from __future__ import annotations

from opening import OpenCube
from remanence.cube import Cube


def told(cube: Cube, *texts: str, author: str = "Alice") -> None:
    """One statement a month, in order."""
    for month, text in enumerate(texts, 1):
        message = {"role": "user", "name": author, "content": text, "timestamp": f"2025-{month:02}-01 12:00"}
        cube.observe([message], session=f"month {month}")


def first(cube: Cube, question: str, **when: str) -> str:
    return cube.recall(question, **when)[0].item.content  # type: ignore[arg-type]  # each test's own


def test_the_newest_of_statements_that_differ_in_a_value_is_first_and_says_why(open_cube: OpenCube) -> None:
    cube = open_cube("values.cube")
    told(
        cube,
        "The code of the gate is 1234.",
        "The code of the gate is 9876.",
        "The code of the gate is 5555.",
    )
    hits = cube.recall("what is the code of the gate")
    assert [hit.item.content[-5:-1] for hit in hits] == ["5555", "9876", "1234"]
    assert "newer of its kind" in [part.name for part in hits[0].why]


def test_an_earlier_day_is_answered_with_what_had_been_said_by_then(open_cube: OpenCube) -> None:
    cube = open_cube("then.cube")
    told(cube, "The code of the gate is 1234.", "The code of the gate is 9876.")
    assert "1234" in first(cube, "what is the code of the gate", as_of="2025-01-15")


def test_it_holds_in_other_scripts(open_cube: OpenCube) -> None:
    cube = open_cube("scripts.cube")
    told(cube, "Код от ворот: 1234", "Код от ворот: 9876")
    assert "9876" in first(cube, "какой код от ворот")


def test_what_another_says_of_themselves_takes_no_place(open_cube: OpenCube) -> None:
    cube = open_cube("others.cube")
    told(cube, "My favourite colour is deep green.")
    told(cube, "My favourite colour is bright red.", author="Bob")
    assert "green" in first(cube, "what is my favourite colour", asker="Alice")


def test_things_that_stand_side_by_side_all_stay(open_cube: OpenCube) -> None:
    cube = open_cube("beside.cube")
    texts = [
        "Alice is allergic to peanuts.",
        "Alice is allergic to shellfish.",
        "Alice is allergic to pollen.",
    ]
    told(cube, *texts)
    assert {hit.item.content for hit in cube.recall("what is Alice allergic to", k=3)} == set(texts)


def test_it_works_by_words_alone(open_cube: OpenCube) -> None:
    cube = open_cube("words.cube", embedder=None)
    told(cube, "The code of the gate is 1234.", "The code of the gate is 9876.")
    assert "9876" in first(cube, "what is the code of the gate")


RENT = (
    "We pay 940 for the flat, bills on top.",
    "Letter from the landlord: it goes up to 1010 from the first.",
)


def test_what_tells_a_change_in_other_words_comes_first_and_says_why(open_cube: OpenCube) -> None:
    cube = open_cube("rent.cube")
    told(cube, *RENT)
    hits = cube.recall("how much do we pay for the flat?")
    assert [("1010" in hit.item.content) for hit in hits] == [True, False]
    assert "newer of its kind" in [part.name for part in hits[0].why]


def test_what_was_said_after_the_day_asked_about_does_not_count(open_cube: OpenCube) -> None:
    cube = open_cube("rent then.cube")
    told(cube, *RENT)
    assert "940" in first(cube, "how much did we pay for the flat?", as_of="2025-01-15")
    assert "1010" in first(cube, "how much did we pay for the flat?", as_of="2025-02-15")
