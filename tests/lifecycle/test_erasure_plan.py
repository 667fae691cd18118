"""What an erasure takes along, downwards and upwards, and what of it is blanked."""

from __future__ import annotations

import pytest
from derived_rows import derive, setting_of

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import ItemFrozen
from remanence.lifecycle.erasure import BLANK
from remanence.model.item import Item, Slot
from remanence.model.journal import Verb
from remanence.model.state import State

SAID = "I live in Porto, and my code is 1234."


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def hear(cube: Cube, text: str = SAID) -> Item:
    done = cube.observe([{"role": "user", "content": text}], session="s")
    return cube.show(done.added[0])


def test_whatever_was_derived_from_it_falls_also_through_others(cube: Cube) -> None:
    one, two = cube.remember("one"), cube.remember("two")
    derived = derive(cube, "d", (one, None), (two, None))
    further = derive(cube, "dd", (derived, None))
    plan = cube.plan_erasure(one.id, in_sources="keep")
    assert plan.asked == (one.id,)
    assert set(plan.fallen) == {derived.id, further.id}
    assert cube.show(two.id).state is State.ACTIVE, "a plan changes nothing"
    receipt = cube.forget(one.id, erase=True, in_sources="keep")
    assert receipt is not None
    assert set(receipt.items) == {one.id, derived.id, further.id}
    assert cube.show(two.id).content == "two"
    assert {cube.show(item.id).state for item in (one, derived, further)} == {State.ERASED}
    assert cube.check() == ()


def test_the_passage_it_came_from_is_blanked_and_the_rest_of_the_message_stays(cube: Cube) -> None:
    heard = hear(cube)
    code = derive(cube, "code", (heard, "my code is 1234"), slot=Slot("Alice", "code", "1234"))
    home = derive(cube, "home", (heard, "I live in Porto"))
    receipt = cube.forget(code.id, erase=True)
    assert receipt is not None
    assert (receipt.items, receipt.redacted) == ((code.id,), (heard.id,))
    assert cube.show(heard.id).content == f"I live in Porto, and {BLANK * 15}."
    assert cube.show(home.id).content == "home"
    assert SAID not in [row.content.text for row in cube.history(heard.id)]
    cube.forget(home.id, erase=True)
    assert cube.show(heard.id).content == f"{BLANK * 15}, and {BLANK * 15}."
    assert cube.check() == ()


def test_neighbours_derived_from_an_overlapping_passage_fall_too(cube: Cube) -> None:
    heard = hear(cube)
    code = derive(cube, "code", (heard, "my code is 1234"))
    overlapping = derive(cube, "more", (heard, "and my code"))
    beside = derive(cube, "home", (heard, "I live in Porto, "))
    plan = cube.plan_erasure(code.id)
    assert plan.fallen == (overlapping.id,)
    assert beside.id not in plan.items


def test_whole_messages_or_nothing_on_request(cube: Cube) -> None:
    heard = hear(cube)
    code = derive(cube, "code", (heard, "my code is 1234"))
    home = derive(cube, "home", (heard, "I live in Porto"))
    whole = cube.plan_erasure(code.id, in_sources="message")
    assert set(whole.fallen) == {heard.id, home.id}
    assert whole.passages == ()
    kept = cube.plan_erasure(code.id, in_sources="keep")
    assert (kept.fallen, kept.passages) == ((), ())
    cube.forget(code.id, erase=True, in_sources="keep")
    assert cube.show(heard.id).content == SAID


def test_a_message_said_otherwise_since_loses_the_same_words(cube: Cube) -> None:
    heard = hear(cube)
    code = derive(cube, "code", (heard, "my code is 1234"))
    cube.revise(heard.id, "As I said, my code is 1234. I live in Porto.")
    cube.forget(code.id, erase=True)
    assert cube.show(heard.id).content == f"As I said, {BLANK * 15}. I live in Porto."
    assert all("1234" not in row.content.text for row in cube.history(heard.id))


def test_a_frozen_item_among_those_that_fall_stops_it_unless_forced(cube: Cube) -> None:
    heard = hear(cube)
    code = derive(cube, "code", (heard, "my code is 1234"))
    cube.freeze(heard.id)
    before = cube.stats().journal_head
    with pytest.raises(ItemFrozen, match="is frozen and would be erased; thaw it first, or force it"):
        cube.forget(code.id, erase=True)
    assert cube.stats().journal_head == before
    cube.forget(code.id, erase=True, force=True)
    assert "1234" not in cube.show(heard.id).content
    assert cube.show(heard.id).state is State.FROZEN


def test_what_was_erased_is_not_derived_again_from_that_source(cube: Cube) -> None:
    heard = hear(cube)
    code = derive(cube, "code", (heard, "my code is 1234"), rule="code")
    cube.revise(code.id, "the code is 1234")
    cube.forget(code.id, erase=True)
    with setting_of(cube).store.read() as snapshot:
        assert (heard.id, "rule:code") in snapshot.blocked([heard.id])


def test_an_item_whose_making_was_undone_can_still_be_erased(cube: Cube) -> None:
    item = cube.remember("a secret that was undone")
    cube.undo(1)
    receipt = cube.forget(item.id, erase=True)
    assert receipt is not None
    assert not receipt.pending
    assert cube.show(item.id).state is State.ERASED
    assert [row.content.text for row in cube.history(item.id)] == ["", ""]
    assert cube.journal(item=item.id)[0].verb is Verb.ERASE


def test_a_derived_item_that_was_undone_falls_with_its_source(cube: Cube) -> None:
    source = cube.remember("source")
    derived = derive(cube, "derived", (source, None))
    cube.undo(2)
    cube.forget(source.id, erase=True)
    assert {row.content.text for row in cube.history(derived.id)} == {""}
    assert cube.show(derived.id).state is State.ERASED


def test_the_receipt_names_what_says_nearly_the_same_and_was_left(open_cube: OpenCube) -> None:
    cube = open_cube("other.cube")
    item = cube.remember("Alice keeps the key under the third stone")
    twin = cube.remember("Alice keeps the key under the third stone", kind="event")
    cube.remember("Bob likes tea")
    receipt = cube.forget(item.id, erase=True)
    assert receipt is not None
    assert receipt.remaining == (twin.id,)
    assert cube.erased() == (receipt,)
    assert cube.check(head=receipt.journal_head) == ()
