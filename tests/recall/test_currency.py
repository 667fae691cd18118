"""The newer of two statements of the same thing comes first, whatever the question's wording."""

from __future__ import annotations

import pytest

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


NOTES = ("My notes are in Evernote.", "No more Evernote, I switched my notes over to Obsidian.")


def test_what_tells_a_change_in_other_words_comes_first_and_says_why(open_cube: OpenCube) -> None:
    cube = open_cube("notes.cube")
    told(cube, *NOTES)
    hits = cube.recall("where are my notes?")
    assert [hit.item.content for hit in hits] == [NOTES[1], NOTES[0]]
    assert "newer of its kind" in [part.name for part in hits[0].why]


def test_what_was_said_after_the_day_asked_about_does_not_count(open_cube: OpenCube) -> None:
    cube = open_cube("notes then.cube")
    told(cube, *NOTES)
    assert first(cube, "where were my notes?", as_of="2025-01-15") == NOTES[0]
    assert first(cube, "where were my notes?", as_of="2025-02-15") == NOTES[1]


@pytest.mark.parametrize(
    "later",
    [
        "If I gave up Evernote, it would be Obsidian.",
        "My sister gave up Evernote, she has Obsidian now.",
        "I used to have notes in Obsidian.",
        "Notes in Obsidian, what would that cost?",
    ],
)
def test_what_only_looks_like_a_change_takes_no_place(open_cube: OpenCube, later: str) -> None:
    cube = open_cube("no change.cube")
    told(cube, NOTES[0], later)
    assert first(cube, "where are my notes?") == NOTES[0]


def test_what_stands_comes_before_what_is_only_supposed(open_cube: OpenCube) -> None:
    cube = open_cube("supposed.cube")
    told(cube, "My notes live in Evernote, all of them.", "Perhaps my notes belong in Obsidian.")
    hits = cube.recall("where are my notes?")
    assert "Evernote" in hits[0].item.content
    assert "stated, where better hits only suppose" in [part.name for part in hits[0].why]


def test_a_change_takes_no_place_where_the_past_is_asked_for(open_cube: OpenCube) -> None:
    cube = open_cube("past.cube")
    told(cube, *NOTES)
    assert first(cube, "where were my notes before?") == NOTES[0]


def test_nothing_ends_by_what_is_found_at_the_time_of_a_question(open_cube: OpenCube) -> None:
    cube = open_cube("kept.cube")
    told(cube, *NOTES)
    hits = cube.recall("where are my notes?")
    assert [hit.item.revision.valid.end for hit in hits] == [None, None]


def test_it_holds_of_what_is_not_the_askers_own(open_cube: OpenCube) -> None:
    cube = open_cube("alarm.cube")
    told(
        cube, "The alarm code is 4471.", "Reset the alarm after the burglary, the code is now 9026, not 4471."
    )
    assert "9026" in first(cube, "what is the alarm code?")


def test_what_is_remembered_outright_gives_way_to_no_other(open_cube: OpenCube) -> None:
    cube = open_cube("outright.cube")
    texts = ("Our database is Postgres.", "We now run our queue on Redis, no longer on files.")
    for text in texts:
        cube.remember(text)
    assert first(cube, "which database do we use?") == texts[0]


def test_unrelated_talk_of_a_large_memory_takes_no_place(open_cube: OpenCube) -> None:
    cube = open_cube("talk.cube")
    asides = [f"Now on page {page} of the book, no longer in a hurry." for page in range(20, 31)]
    told(cube, NOTES[0], *asides)
    assert first(cube, "where are my notes?") == NOTES[0]


def test_a_change_told_in_another_language_comes_first(open_cube: OpenCube) -> None:
    cube = open_cube("languages.cube")
    told(cube, "Ich wohne in Kassel.", "Umgezogen! Ich wohne jetzt in Jena.")
    assert first(cube, "wo wohne ich?") == "Umgezogen! Ich wohne jetzt in Jena."


@pytest.mark.parametrize(
    "later", ["Meine Schwester wohnt jetzt in Jena.", "Wenn ich könnte, würde ich in Jena wohnen."]
)
def test_what_only_looks_like_it_in_another_language_does_not(open_cube: OpenCube, later: str) -> None:
    cube = open_cube("languages.cube")
    told(cube, "Ich wohne in Kassel.", later)
    assert first(cube, "wo wohne ich?") == "Ich wohne in Kassel."


def test_two_statements_that_rise_to_one_message_are_one_hit(open_cube: OpenCube) -> None:
    cube = open_cube("plans.cube", reader="rules")
    told(
        cube,
        "I plan to paint the fence green next week, and I plan to paint the gate green next week.",
        "I plan to paint the fence blue next week, and I plan to paint the gate blue next week.",
    )
    shown = [hit.item.content for hit in cube.recall("What colour is the gate?")]
    assert "blue" in shown[0]
    assert len(shown) == len(set(shown)) == 2
