"""A prompt that holds part of the memory already: what is at hand is left out of what is recalled."""

from __future__ import annotations

import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import InvalidInput, NotFound

TALK = [
    {"role": "user", "content": "I live in Porto and I keep bees."},
    {"role": "assistant", "content": "How many hives are there?"},
    {"role": "user", "content": "Three hives, behind the house."},
]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A cube with the rule reader, and an old conversation and a new one in it."""
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "The bees are of the Iberian kind"}], session="old")
    cube.observe(TALK, session="now")
    return cube


def texts(cube: Cube, **options: object) -> set[str]:
    """What a context about bees holds."""
    context = cube.context("bees, hives and home", **options)  # type: ignore[arg-type]  # a test's own options
    return {item.content for item in context.items}


def test_a_prompt_that_holds_the_conversation_holds_it_once(cube: Cube) -> None:
    assert {one["content"] for one in TALK} <= texts(cube)
    known = cube.recognise([*TALK, {"role": "user", "content": "What of the bees?"}], session="now")
    assert [cube.show(item).content for item in known] == [one["content"] for one in TALK]
    assert texts(cube, without=known) == {"The bees are of the Iberian kind"}


def test_what_a_cut_window_has_lost_is_recalled(cube: Cube) -> None:
    known = cube.recognise(TALK[1:], session="now")
    left = texts(cube, without=known)
    assert "Three hives, behind the house." not in left
    assert "I live in Porto and I keep bees." in left


def test_a_long_session_is_not_read_to_know_its_last_turns(open_cube: OpenCube) -> None:
    cube = open_cube()
    said = [{"role": "user", "content": f"turn {number} of many"} for number in range(40)]
    cube.observe(said, session="long")
    known = cube.recognise(said[-5:], session="long")
    assert [cube.show(item).content for item in known] == [one["content"] for one in said[-5:]]


def test_what_rests_on_more_than_is_at_hand_is_recalled(cube: Cube) -> None:
    first, *others = cube.recognise(TALK, session="now")
    kept = cube.remember("Honey from Porto at Christmas", derived_from=[first, others[0]])
    assert kept.content in texts(cube, without=[first])
    assert kept.content not in texts(cube, without=[first, *others])


def test_a_context_a_hit_an_item_or_the_beginning_of_an_id_say_what_is_at_hand(cube: Cube) -> None:
    (hit,) = cube.recall("of what kind are the bees?", k=1)
    for without in (hit, hit.item, hit.item.id[:10], [hit.item.id], cube.context("Iberian bees")):
        assert hit.item.id not in [one.item.id for one in cube.recall("bees", without=without)]  # type: ignore[arg-type]  # mypy sees a union of them


def test_what_is_frozen_is_left_out_too_and_why_not_says_so(cube: Cube) -> None:
    (hit,) = cube.recall("of what kind are the bees?", k=1)
    cube.freeze(hit.item.id)
    assert hit.item.content not in texts(cube, without=[hit])
    assert "left out" in str(cube.why_not(hit.item.id, "bees", without=[hit]))


def test_nothing_is_known_of_a_session_or_a_message_that_is_new(cube: Cube) -> None:
    before = cube.verify().lines
    assert cube.recognise(TALK, session="another") == ()
    assert cube.recognise([{"role": "user", "content": "Oi, são três colmeias"}], session="now") == ()
    assert cube.recognise([]) == ()
    assert cube.verify().lines == before, "to look changes nothing"


@pytest.mark.parametrize(
    ("without", "error"), [("zzzzzzzz", NotFound), ("0" * 30, InvalidInput), ([7], InvalidInput)]
)
def test_what_points_at_nothing_is_refused(cube: Cube, without: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        cube.recall("bees", without=without)  # type: ignore[arg-type]  # wrong on purpose


def test_a_wrong_message_is_named(cube: Cube) -> None:
    with pytest.raises(InvalidInput, match="message 0"):
        cube.recognise([{"role": "king", "content": "Long live"}])
