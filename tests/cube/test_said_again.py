"""The same said again strengthens one memory and makes no second; what differs in anything is another."""

from __future__ import annotations

import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.model.belief import Belief
from remanence.verbs.deriving import STRENGTH_MAX


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader."""
    return open_cube("again.cube", reader="rules")


def items(cube: Cube) -> int:
    return cube.stats().counts["items"]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("The gate code is 4711", "the gate code is 4711."),
        ("Die Straße ist gesperrt", "DIE  STRASSE ist gesperrt"),
        ("小林さんは東京に住んでいます", "小林さんは東京に住んでいます。"),
        ("She said “no”", 'She said "no"!'),
    ],
)
def test_the_same_words_are_one_memory(cube: Cube, first: str, again: str) -> None:
    known = cube.remember(first)
    head = cube.journal(limit=1)[0].sequence
    assert cube.remember(again).id == known.id
    assert items(cube) == 1
    assert cube.show(known.id).content == first
    assert cube.journal(limit=1)[0].sequence == head, "the same source adds nothing"


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("It is -5 degrees", "It is 5 degrees"),
        ("He writes C", "He writes C++"),
        ("She can come", "She can't come"),
        ("Is he here", "Is he here?"),
        ("The dog bit the man", "The man bit the dog"),
        ("Room 3.5", "Room 35"),
    ],
)
def test_another_sign_is_another_memory(cube: Cube, first: str, other: str) -> None:
    assert cube.remember(first).id != cube.remember(other).id


def test_another_voice_adds_an_observation_once_and_undo_takes_it_back(cube: Cube) -> None:
    known = cube.remember("The bakery opens at seven")
    cube.remember("The bakery opens at seven", author="Bob", session="b")
    stronger = cube.show(known.id).revision.content.belief
    assert stronger == known.revision.content.belief.corroborated()
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert cube.show(known.id).revision.content.belief == known.revision.content.belief
    assert cube.reliabilities() == ()
    assert cube.check() == ()


def test_an_agents_echo_of_a_user_is_no_evidence(cube: Cube) -> None:
    known = cube.remember("The bakery opens at seven")
    cube.remember("The bakery opens at seven", author="assistant", trust="agent", session="b")
    assert cube.show(known.id).revision.content.belief == known.revision.content.belief


def test_the_same_source_may_be_less_sure_now(cube: Cube) -> None:
    known = cube.remember("The shop has moved", confidence=0.9)
    assert cube.remember("The shop has moved", confidence=0.4).confidence == pytest.approx(0.4)
    assert (items(cube), len(cube.history(known.id))) == (1, 2)


def test_what_holds_at_another_time_or_says_more_of_itself_is_another_memory(cube: Cube) -> None:
    ids = {
        cube.remember("The pool is closed").id,
        cube.remember("The pool is closed", valid_from="2026-01-01", valid_to="2026-02-01").id,
        cube.remember("The pool is closed", kind="event").id,
        cube.remember("The pool is closed", tags=["notice"]).id,
        cube.remember("The pool is closed", metadata={"source": "poster"}).id,
    }
    assert len(ids) == 5


def test_a_retired_statement_said_anew_is_believed_anew(cube: Cube) -> None:
    known = cube.remember("The bridge is shut")
    cube.forget(known.id)
    assert cube.remember("The bridge is shut").id != known.id


def test_an_erased_statement_leaves_no_digest_of_what_it_said(cube: Cube) -> None:
    known = cube.remember("The password is swordfish")
    cube.forget(known.id, erase=True)
    assert cube.remember("The password is swordfish").id != known.id
    assert cube.check() == ()


@pytest.mark.parametrize("messages_a_call", [2_000, 500])
def test_what_is_said_in_thousands_of_sessions_rests_on_each_of_them(
    cube: Cube, messages_a_call: int
) -> None:
    said = [
        {"role": "user", "content": "I live in Lisbon.", "session": f"s{number}"} for number in range(2_000)
    ]
    utterances = []
    for begin in range(0, len(said), messages_a_call):
        utterances += cube.observe(said[begin : begin + messages_a_call]).added
    (home,) = cube.recall("where does she live", kinds=["fact"])
    assert home.item.sources == tuple(utterances)
    assert STRENGTH_MAX <= home.item.revision.content.belief.strength < STRENGTH_MAX + 1


def test_who_has_said_it_in_a_session_already_adds_no_observation_there(cube: Cube) -> None:
    for session, text in (
        ("a", "I live in Lisbon."),
        ("b", "I live in Lisbon."),
        ("a", "We live in Lisbon."),
    ):
        cube.observe([{"role": "user", "content": text}] * 2, session=session)
    (home,) = cube.recall("where does she live", kinds=["fact"])
    assert home.item.revision.content.belief == Belief.stated(0.85).corroborated()
    assert len(home.item.sources) == 6
