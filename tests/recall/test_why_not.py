"""Why not: what kept an expected item out, in words that are true of the cube."""

from __future__ import annotations

import pytest

from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput, NotFound
from ticking import TickingClock


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def test_what_is_a_hit_is_said_to_be_one(cube: Cube) -> None:
    item = cube.remember("Alice is allergic to peanuts")
    found = cube.why_not(item.id, "peanuts")
    assert (found.is_hit, found.place, found.reasons) == (True, 1, ("it is hit 1 of 10",))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"kinds": ["preference"]}, "kinds"),
        ({"sessions": ["monday"]}, "sessions"),
        ({"authors": ["Bob"]}, "authors"),
        ({"confidence_min": 0.99}, "confidence_min"),
        ({"as_of": "2001-01-01"}, "as_of"),
        ({"known_at": "2001-01-01"}, "known_at"),
        ({"said_before": "2001-01-01"}, "said_before"),
    ],
)
def test_the_argument_that_left_it_out_is_named(cube: Cube, arguments: dict[str, object], name: str) -> None:
    item = cube.remember("Mój rower stoi w piwnicy", confidence=0.6, valid_from="2020-01-01")
    cube.remember("Something by Bob", author="Bob")
    found = cube.why_not(item.id, "rower", **arguments)  # type: ignore[arg-type]  # one of several names
    assert found.left_out_by == (name,)
    assert f"({name})" in str(found)
    assert not found.is_hit
    assert item.id not in [hit.item.id for hit in cube.recall("rower", **arguments)]  # type: ignore[arg-type]


def test_two_filters_that_leave_it_out_are_both_named(cube: Cube) -> None:
    item = cube.remember("The bike is red")
    assert cube.why_not(item.id, "bike", kinds=["event"], confidence_min=1.0).left_out_by == (
        "kinds",
        "confidence_min",
    )


def test_what_was_retired_says_so_and_how_to_see_it(cube: Cube) -> None:
    item = cube.remember("The bike is red")
    cube.forget(item.id)
    assert str(cube.why_not(item.id, "bike")) == 'it is archived: include=["retired"] shows it'
    assert cube.why_not(item.id, "bike", include=["retired"]).is_hit


def test_what_was_erased_or_has_ended_says_so(cube: Cube, clock: TickingClock) -> None:
    gone = cube.remember("The bike is red")
    ended = cube.remember("The bike is at the workshop", valid_from="2020-01-01", valid_to="2020-02-01")
    cube.forget(gone.id, erase=True)
    assert str(cube.why_not(gone.id, "bike")) == "its words were erased"
    assert cube.why_not(ended.id, "bike").left_out_by == ("ended",)
    assert cube.why_not(ended.id, "bike", as_of="2020-01-15").is_hit


def test_what_stands_below_the_last_hit_tells_by_what_it_is_behind(cube: Cube) -> None:
    for number in range(6):
        cube.remember(f"The red bike number {number} leans on the wall")
    low = cube.remember("A wall of the house is damp and was painted last year, says the plumber")
    found = cube.why_not(low.id, "which red bike leans on the wall?", k=2)
    assert not found.is_hit
    assert found.place is not None
    assert found.score is not None
    assert found.last_score is not None
    assert found.place > 2
    assert found.score <= found.last_score
    assert "ahead by" in str(found)
    whole = cube.recall("which red bike leans on the wall?", k=50)
    assert [hit.item.id for hit in whole].index(low.id) + 1 == found.place


def test_what_shares_no_word_is_no_candidate_without_vectors(cube: Cube) -> None:
    item = cube.remember("Alice is allergic to peanuts")
    cube.remember("The bike is red")
    found = cube.why_not(item.id, "bike")
    assert found.place is None
    assert "shares no word" in str(found)
    assert (found.allowed, found.rough_place) == (2, 2)


def test_a_message_that_stands_behind_what_was_derived_from_it_names_it(open_cube: OpenCube) -> None:
    with open_cube(embedder=None, reader="rules") as cube:
        told = cube.observe([{"role": "user", "name": "Ana", "content": "I live in Lisbon."}])
        (message,), (derived, *_) = told.added, told.derived
        hits = [hit.item.id for hit in cube.recall("where does Ana live?")]
        shown, folded = (message, derived) if message in hits else (derived, message)
        found = cube.why_not(folded, "where does Ana live?")
        assert found.folded_into == shown
        assert "of one passage" in str(found)


def test_wrong_input_is_refused_as_recall_refuses_it(cube: Cube) -> None:
    item = cube.remember("The bike is red")
    with pytest.raises(NotFound):
        cube.why_not("zzzzzzzz", "bike")
    with pytest.raises(InvalidInput, match="empty"):
        cube.why_not(item.id, " ")
    with pytest.raises(InvalidInput, match="k 0"):
        cube.why_not(item.id, "bike", k=0)
    with pytest.raises(InvalidInput, match="include"):
        cube.why_not(item.id, "bike", include=["everything"])  # type: ignore[list-item]
