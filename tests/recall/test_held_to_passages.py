"""A statement stands little above the passage that it was taken from, unless its slot is asked for."""

from __future__ import annotations

import pytest

from recall.cubes import NOW, Said, asked, index_of
from remanence.model.kind import Kind
from remanence.recall.columns import slot_number
from remanence.recall.filters import Filter
from remanence.recall.rank import HELD_TO_PASSAGE, Ranked

PASSAGE = Said(
    "The lift was broken, breakfast came late, the neighbours sang, and on the way home we saw the museum"
)
QUESTION = "who saw the museum of clocks?"
SIGHT = "alice\x1fsight"


def statement(*, slot: str = "", slots: tuple[int, ...] = (), wanted: Filter | None = None) -> Ranked:
    """The statement's place in the answer, with some unrelated rows around it."""
    others = [Said(f"note {number} about the garden", session=2) for number in range(5)]
    told = Said("Alice saw the museum of clocks", kind="event", source=1, slot=slot)
    index = index_of([PASSAGE, told, *others])
    answer = asked(index, QUESTION, wanted=wanted, k=7, slots=slots)
    return next(one for one in answer if 1 in (one.row, *one.also))


def held(one: Ranked) -> tuple[float, float]:
    """How far it stands above its passage, and what that takes from it."""
    return next(
        ((part.value, part.contribution) for part in one.parts if part.name == "above its passage"),
        (0.0, 0.0),
    )


def test_what_stands_above_its_passage_is_held_to_it_and_says_so() -> None:
    above, taken = held(statement())
    assert above > 0
    assert taken == pytest.approx(-HELD_TO_PASSAGE * above)


def test_what_fills_the_slot_that_is_asked_for_is_held_to_nothing() -> None:
    free = statement(slot=SIGHT, slots=(slot_number("alice", "sight"),))
    assert held(free) == (0.0, 0.0)
    assert free.score > statement(slot=SIGHT).score


def test_what_fills_another_slot_is_held_as_any_other_statement() -> None:
    assert held(statement(slot=SIGHT, slots=(slot_number("alice", "home"),))) == held(statement())


def test_a_passage_that_may_not_answer_holds_nothing_down() -> None:
    assert held(statement(wanted=Filter(now=NOW, kinds=[Kind.EVENT]))) == (0.0, 0.0)
