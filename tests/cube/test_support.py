"""What rests on what: it falls with its last support, says why, and returns with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import ItemErased, NotFound, Refused
from remanence.model.item import Item
from remanence.model.state import State
from ticking import TickingClock


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader."""
    return open_cube("grounds.cube", reader="rules")


def say(cube: Cube, text: str, *, day: str, session: str) -> Item:
    """Let the owner say something; the utterance."""
    observed = cube.observe([{"role": "user", "content": text, "timestamp": f"{day} 12:00"}], session=session)
    (added,) = observed.added
    return cube.show(added)


def fact(cube: Cube, words: str) -> Item:
    """The item derived or stated in these words."""
    hits = cube.recall(words, k=50, kinds=["fact", "preference"], include=["retired"])
    return next(hit.item for hit in hits if words.casefold() in hit.item.content.casefold())


def states(cube: Cube, *items: Item) -> list[State]:
    return [cube.show(item.id).state for item in items]


def test_a_conclusion_falls_with_its_last_premise_and_returns_with_it(cube: Cube) -> None:
    allergy = cube.remember("Alice is allergic to peanuts")
    card = cube.remember("Her medical card lists a nut allergy")
    menu = cube.remember("No satay for Alice", derived_from=[allergy.id, card.id])
    cube.forget(allergy.id)
    assert states(cube, menu) == [State.ACTIVE]
    fallen_in = cube.journal(limit=1)[0].sequence
    cube.forget(card.id)
    assert states(cube, menu) == [State.ARCHIVED]
    assert "No satay" not in [hit.item.content for hit in cube.recall("satay")]
    assert not cube.why(menu.id).stands
    assert "was retired" in str(cube.why(menu.id))
    cube.undo(fallen_in)  # the first premise comes back; the second stays retired
    assert states(cube, allergy, card, menu) == [State.ACTIVE, State.ARCHIVED, State.ACTIVE]
    assert cube.check() == ()


def test_what_the_owner_retired_does_not_return_with_its_support(cube: Cube) -> None:
    premise = cube.remember("The office closes at six")
    conclusion = cube.remember("Leave at half past five", derived_from=[premise.id])
    cube.forget(conclusion.id)
    cube.forget(premise.id)
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert states(cube, premise, conclusion) == [State.ACTIVE, State.ARCHIVED]


def test_a_chain_falls_to_its_end(cube: Cube) -> None:
    a = cube.remember("Rain is forecast")
    b = cube.remember("The pitch will be wet", derived_from=[a.id])
    c = cube.remember("Bring boots", derived_from=[b.id])
    impact = cube.impact(a.id)
    assert [item.content for item in impact.falls] == ["The pitch will be wet", "Bring boots"]
    cube.forget(a.id)
    assert states(cube, b, c) == [State.ARCHIVED, State.ARCHIVED]
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert states(cube, a, b, c) == [State.ACTIVE] * 3


def test_impact_names_what_would_merely_be_weakened_and_changes_nothing(cube: Cube) -> None:
    a, b = cube.remember("The bus is late"), cube.remember("The train is late")
    both = cube.remember("Everybody is late", derived_from=[a.id, b.id])
    head = cube.journal(limit=1)[0].sequence
    impact = cube.impact(a.id)
    assert (impact.falls, [item.id for item in impact.weakened]) == ((), [both.id])
    assert cube.journal(limit=1)[0].sequence == head
    assert "nothing else rests on it" in str(cube.impact(both.id))


def test_a_corrected_premise_supports_no_more_what_was_concluded_from_its_old_words(cube: Cube) -> None:
    flight = cube.remember("The flight leaves at nine")
    taxi = cube.remember("Order a taxi for seven", derived_from=[flight.id])
    cube.revise(flight.id, "The flight leaves at noon", because="the airline wrote")
    assert states(cube, taxi) == [State.ARCHIVED]
    assert "says otherwise since" in str(cube.why(taxi.id))


def test_what_followed_from_a_time_that_has_ended_holds_for_that_time(cube: Cube) -> None:
    home = cube.remember("Alice lives in Lisbon", valid_from="2024-01-01")
    tax = cube.remember("Alice pays tax in Portugal", derived_from=[home.id])
    cube.revise(home.id, "Alice lives in Madrid", valid_from="2024-06-01")
    then = [hit.item.content for hit in cube.recall("tax", as_of="2024-03-01")]
    now = [hit.item.content for hit in cube.recall("tax")]
    assert tax.content in then
    assert tax.content not in now


def test_why_leads_from_a_belief_to_the_words_it_was_read_from(cube: Cube) -> None:
    said = say(cube, "By the way, I live in Lisbon. It rains.", day="2025-01-05", session="a")
    home = fact(cube, "Lisbon")
    tree = cube.why(home.id)
    (source,) = tree.sources
    assert tree.stands
    assert source.item.id == said.id
    assert source.passage is not None
    assert "Lisbon" in source.passage
    assert "rains" not in source.passage
    assert "said by Alice, 2025-01-05" in str(tree)


def test_a_statement_outlives_one_of_two_messages_and_falls_with_the_other(cube: Cube) -> None:
    first = say(cube, "I love jazz.", day="2025-01-05", session="a")
    second = say(cube, "I love jazz!", day="2025-02-05", session="b")
    jazz = fact(cube, "jazz")
    cube.forget(first.id)
    assert states(cube, jazz) == [State.ACTIVE]
    assert [item.id for item in cube.impact(second.id).falls] == [jazz.id]
    cube.forget(second.id)
    assert states(cube, jazz) == [State.ARCHIVED]


def test_a_frozen_conclusion_stays_whatever_becomes_of_its_premise(cube: Cube) -> None:
    premise = cube.remember("The gate code is 4711")
    note = cube.remember("Tell the plumber 4711", derived_from=[premise.id])
    cube.freeze(note.id)
    cube.forget(premise.id)
    assert states(cube, note) == [State.FROZEN]
    assert not cube.why(note.id).stands


def test_erasing_a_conclusion_leaves_its_premises(cube: Cube) -> None:
    premise = cube.remember("Alice is allergic to peanuts")
    conclusion = cube.remember("No satay for Alice", derived_from=[premise.id])
    receipt = cube.forget(conclusion.id, erase=True)
    assert receipt is not None
    assert receipt.items == (conclusion.id,)
    assert cube.show(premise.id).content == "Alice is allergic to peanuts"


def test_erasing_a_premise_erases_what_was_concluded_from_it(cube: Cube) -> None:
    premise = cube.remember("Alice is allergic to peanuts")
    conclusion = cube.remember("No satay for Alice", derived_from=[premise.id])
    cube.forget(premise.id, erase=True)
    assert states(cube, conclusion) == [State.ERASED]


def test_a_derivation_in_a_circle_is_refused(cube: Cube) -> None:
    a = cube.remember("The pipe leaks")
    b = cube.remember("The floor is wet", derived_from=[a.id])
    c = cube.remember("The floor is slippery", derived_from=[b.id])
    head = cube.journal(limit=1)[0].sequence
    for source in (a, b, c):
        with pytest.raises(Refused, match="circle"):
            cube.revise(a.id, "The pipe leaks badly", derived_from=[source.id])
    assert cube.journal(limit=1)[0].sequence == head
    cube.revise(c.id, "The floor is icy", derived_from=[a.id])
    assert [node.item.id for node in cube.why(c.id).sources] == [a.id]


def test_nothing_is_concluded_from_what_is_gone(cube: Cube) -> None:
    gone, retired = cube.remember("erased words"), cube.remember("retired words")
    cube.forget(gone.id, erase=True)
    cube.forget(retired.id)
    head = cube.journal(limit=1)[0].sequence
    with pytest.raises(ItemErased, match="nothing can be derived from it"):
        cube.remember("so what", derived_from=[gone.id])
    with pytest.raises(Refused, match="not believed now"):
        cube.remember("so what", derived_from=[retired.id])
    with pytest.raises(NotFound):
        cube.why("zzzzzzzz")
    assert cube.journal(limit=1)[0].sequence == head


def test_a_conclusion_rests_on_what_its_premise_says_when_it_is_drawn(open_cube: OpenCube) -> None:
    clock = TickingClock()
    cube = open_cube("later.cube", clock=clock)
    shop = cube.remember("The shop is in Rua Augusta")
    cube.revise(shop.id, "The shop is in Rua Nova", valid_from=clock.time + timedelta(days=30))
    clock.step(timedelta(days=60))
    route = cube.remember("Take the tram to Rua Nova", derived_from=[shop.id])
    assert route.state is State.ACTIVE
    assert cube.why(route.id).stands


def test_grounds_in_another_script(cube: Cube) -> None:
    premise = cube.remember("小林さんは卵アレルギーです")
    note = cube.remember("ケーキに卵を入れない", derived_from=[premise.id])
    assert "小林さんは卵アレルギーです" in str(cube.why(note.id))
    cube.forget(premise.id)
    assert states(cube, note) == [State.ARCHIVED]


def test_what_fell_in_the_very_undo_that_brought_it_back_returns_with_its_support(cube: Cube) -> None:
    premise = cube.remember("The well is dry")
    conclusion = cube.remember("Fetch water from the river", derived_from=[premise.id])
    cube.forget(conclusion.id)
    by_hand = cube.journal(limit=1)[0].sequence
    cube.forget(premise.id)
    with_premise = cube.journal(limit=1)[0].sequence
    cube.undo(by_hand)
    assert states(cube, conclusion) == [State.ARCHIVED]
    cube.undo(with_premise)
    assert states(cube, premise, conclusion) == [State.ACTIVE, State.ACTIVE]
