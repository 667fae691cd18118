"""Contradictions stay open and visible until somebody settles them, and settling can be undone."""

from __future__ import annotations

import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import InvalidInput, ItemFrozen, Refused
from remanence.model.item import Item
from remanence.model.state import State


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader."""
    return open_cube("conflicts.cube", reader="rules")


def home(cube: Cube, city: str, **given: object) -> Item:
    """State where Alice lives."""
    return cube.remember(f"Alice lives in {city}", slot=("Alice", "home", city), **given)  # type: ignore[arg-type]


def values(cube: Cube) -> list[list[str]]:
    """The open conflicts' values, newest claim first."""
    return [
        [row.content.slot.value for row in conflict.claims if row.content.slot]
        for conflict in cube.conflicts()
    ]


def test_a_less_trusted_source_opens_a_conflict_and_does_not_supersede(cube: Cube) -> None:
    stated = home(cube, "Lisbon")
    guessed = home(cube, "Porto", trust="agent", author="assistant")
    (conflict,) = cube.conflicts()
    assert {item.id for item in conflict.items} == {stated.id, guessed.id}
    assert (conflict.subject, conflict.attribute) == ("alice", "home")
    assert "Lisbon" in str(conflict)
    assert cube.conflicts(subject="ALICE") == (conflict,)
    assert cube.conflicts(subject="Bob") == ()


def test_a_user_who_says_otherwise_moves_on_without_a_conflict(cube: Cube) -> None:
    first = home(cube, "Lisbon", valid_from="2024-01-01")
    second = home(cube, "Porto", valid_from="2025-01-01")
    assert first.id == second.id
    assert cube.conflicts() == ()
    (then,) = cube.recall("where does Alice live", as_of="2024-06-01")
    assert "Lisbon" in then.item.content


def test_values_that_may_stand_side_by_side_do_not_contradict(cube: Cube) -> None:
    for what in ("jazz", "tea", "chess"):
        cube.remember(f"Alice likes {what}", slot=("Alice", "likes", what))
    assert cube.conflicts() == ()


def test_a_conflict_is_settled_by_keeping_one_claim_and_can_be_reopened(cube: Cube) -> None:
    stated = home(cube, "Lisbon")
    guessed = home(cube, "Porto", trust="agent", author="assistant")
    rests = cube.remember("Alice takes the Porto metro", derived_from=[guessed.id])
    cube.resolve(stated.id, because="she said so herself")
    assert values(cube) == []
    assert cube.show(guessed.id).state is State.SUPERSEDED
    assert cube.show(rests.id).state is State.ARCHIVED
    settled = cube.journal(limit=1)[0]
    assert settled.reason == "she said so herself"
    with pytest.raises(Refused, match="no open conflict"):
        cube.resolve(stated.id)
    with pytest.raises(Refused, match="no open conflict"):
        cube.resolve(guessed.id)
    cube.undo(settled.sequence)
    assert values(cube) == [["Porto", "Lisbon"]]
    assert cube.show(rests.id).state is State.ACTIVE
    assert cube.check() == ()


def test_a_claim_gives_way_only_for_the_time_that_is_contested(cube: Cube) -> None:
    stated = home(cube, "Lisbon", valid_from="2024-01-01")
    home(cube, "Porto", trust="document", author="registry", valid_from="2020-01-01")
    (conflict,) = cube.conflicts()
    assert conflict.shared == stated.revision.valid
    cube.resolve(stated.id)
    (before,) = cube.recall("where does Alice live", as_of="2021-01-01")
    (now,) = cube.recall("where does Alice live")
    assert "Porto" in before.item.content
    assert "Lisbon" in now.item.content


def test_what_was_decided_against_is_not_opened_again_by_the_same_voice(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "I live in Lisbon."}], session="a")
    told = {"role": "assistant", "content": "I live in the cloud."}
    cube.observe([told], session="b")
    stated = home(cube, "Lisbon")
    guessed = home(cube, "Porto", trust="agent", author="assistant")
    cube.resolve(stated.id)
    assert home(cube, "Porto", trust="agent", author="assistant").id == guessed.id
    assert values(cube) == []
    moved = home(cube, "Porto", valid_from="2031-01-01")  # her own word, later, is news
    assert moved.state is State.ACTIVE


def test_a_frozen_claim_gives_way_to_nobody(cube: Cube) -> None:
    stated = home(cube, "Lisbon")
    guessed = home(cube, "Porto", trust="agent", author="assistant")
    cube.freeze(guessed.id)
    with pytest.raises(ItemFrozen):
        cube.resolve(stated.id)
    assert len(values(cube)) == 1


def test_the_voice_that_was_wrong_is_believed_less_and_the_other_not(cube: Cube) -> None:
    stated = home(cube, "Lisbon")
    home(cube, "Porto", trust="agent", author="assistant")
    cube.resolve(stated.id)
    shares = {one.name: one.share for one in cube.reliabilities() if one.of == "author"}
    assert shares["Alice"] == 1.0
    assert shares["assistant"] == pytest.approx(2 / 3)  # (0 + 2) / (0 + 1 + 2)
    claim = cube.remember("The bakery opens at seven", author="assistant", trust="agent", confidence=0.9)
    methods = {one.name: one.share for one in cube.reliabilities() if one.of == "method"}
    share = shares["assistant"] * methods["stated"]
    assert claim.confidence == pytest.approx(share * 0.9 + (1 - share) / 2)
    cube.undo(next(line.sequence for line in cube.journal() if line.verb == "resolve"))
    assert cube.reliabilities() == ()


@pytest.mark.parametrize("slot", [("Alice", "home"), "home", "abc", ("Alice", "", "Porto"), 3])
def test_a_slot_that_is_none_is_refused(cube: Cube, slot: object) -> None:
    with pytest.raises(InvalidInput, match="slot"):
        cube.remember("Alice lives in Porto", slot=slot)  # type: ignore[arg-type]
    assert cube.stats().counts["items"] == 0


def test_names_of_another_script_are_compared_without_regard_to_capitals(cube: Cube) -> None:
    cube.remember("Анна живёт в Риге", slot=("Анна", "home", "Рига"))
    cube.remember("Анна живёт в Праге", slot=("АННА", "home", "Прага"), trust="agent", author="бот")
    assert values(cube) == [["Прага", "Рига"]]
