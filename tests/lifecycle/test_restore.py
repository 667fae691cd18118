"""Restore: the memory believes again what it believed then; nothing is lost but what was erased."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from derived_rows import derive

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import InvalidInput, NotFound, UndoConflict
from remanence.model.journal import Verb
from remanence.model.state import State


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def now(cube: Cube) -> datetime:
    """When the last change was recorded."""
    return cube.journal(limit=1)[0].recorded_at


def test_the_memory_is_as_it_was_in_one_change_that_can_be_undone(cube: Cube) -> None:
    tea, milk = cube.remember("chá", tags=["drink"]), cube.remember("milk")
    then = now(cube)
    cube.revise(tea.id, "coffee")
    cube.forget(milk.id)
    bread = cube.remember("bread")
    restored = cube.restore(then, because="a bad day", actor="Zoë")
    assert (restored.returned, restored.set_aside) == ((tea.id, milk.id), (bread.id,))
    assert restored.stays_erased == ()
    lines = [line for line in cube.journal() if line.change_set == restored.change_set]
    assert {(line.verb, line.actor, line.reason) for line in lines} == {(Verb.RESTORE, "Zoë", "a bad day")}
    assert (cube.show(tea.id).content, cube.show(tea.id).tags) == ("chá", ("drink",))
    assert cube.show(milk.id).state is State.ACTIVE
    with pytest.raises(NotFound, match="was undone"):
        cube.show(bread.id)
    assert cube.recall("bread") == []
    assert [hit.item.id for hit in cube.recall("chá")] == [tea.id]
    assert restored.change_set is not None
    cube.undo(restored.change_set)
    assert cube.show(tea.id).content == "coffee"
    assert cube.show(milk.id).state is State.ARCHIVED
    assert cube.show(bread.id).content == "bread"
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert cube.show(tea.id).content == "chá"
    assert cube.check() == ()


def test_the_past_before_a_restore_is_still_there(cube: Cube) -> None:
    item = cube.remember("a")
    first = now(cube)
    cube.revise(item.id, "b")
    second = now(cube)
    cube.restore(first)
    assert cube.at(second).show(item.id).content == "b"
    cube.restore(second)
    assert cube.show(item.id).content == "b"
    assert len(cube.history(item.id)) == 4


def test_where_nothing_has_changed_nothing_is_written(cube: Cube) -> None:
    item = cube.remember("a")
    then, before = now(cube), cube.stats()
    assert cube.restore(then).change_set is None
    assert cube.restore("2030-01-01").change_set is None
    assert cube.stats() == before
    cube.freeze(item.id)
    cube.thaw(item.id)
    before = cube.stats()
    restored = cube.restore(then)
    assert (restored.change_set, restored.returned) == (None, ())
    assert cube.stats() == before


def test_a_row_in_parts_is_one_again(cube: Cube) -> None:
    item = cube.remember("a", valid_from="2026-01-01")
    then = now(cube)
    cube.revise(item.id, "b", valid_from="2026-02-01", valid_to="2026-03-01")
    cube.restore(then)
    (row,) = (row for row in cube.history(item.id) if row.is_open)
    assert (row.content.text, row.valid) == ("a", item.revision.valid)
    assert cube.check() == ()


def test_what_was_erased_since_stays_gone_and_is_listed(cube: Cube) -> None:
    secret, other = cube.remember("secret"), cube.remember("other")
    then = now(cube)
    cube.revise(other.id, "another")
    cube.forget(secret.id, erase=True)
    restored = cube.restore(then)
    assert (restored.returned, restored.stays_erased) == ((other.id,), (secret.id,))
    assert cube.show(secret.id).state is State.ERASED
    assert cube.show(other.id).content == "other"
    assert cube.restore(then).stays_erased == (secret.id,)
    assert cube.check() == ()


def test_a_blanked_message_stays_blanked_and_what_an_erasure_kept_stays(cube: Cube) -> None:
    done = cube.observe([{"role": "user", "content": "I am Zoë, my code is 1234"}])
    utterance = cube.show(done.added[0])
    code = derive(cube, "Zoë's code is 1234", (utterance, "my code is 1234"))
    then = now(cube)
    beside = cube.remember("beside")
    cube.forget(code.id, erase=True)
    blanked = cube.show(utterance.id).content
    restored = cube.restore(then)
    assert restored.stays_erased == (code.id, utterance.id)
    assert restored.set_aside == (beside.id,)
    assert cube.show(utterance.id).content == blanked
    assert cube.show(code.id).state is State.ERASED


def test_what_was_stated_on_an_item_that_fell_goes_on(cube: Cube) -> None:
    source = cube.remember("I drink tea")
    derived = derive(cube, "Alice drinks tea", (source, None))
    cube.revise(derived.id, "Alice drinks green tea")
    then = now(cube)
    cube.forget(source.id, erase=True)
    assert [hit.item.content for hit in cube.recall("green tea")] == ["Alice drinks green tea"]
    cube.restore(then)
    assert [hit.item.content for hit in cube.recall("green tea")] == ["Alice drinks green tea"]


def test_sources_are_those_of_then(open_cube: OpenCube) -> None:
    cube = open_cube("sources.cube", reader="rules", embedder=None)
    first = cube.observe([{"role": "user", "content": "I love jazz."}], session="a")
    then = now(cube)
    again = cube.observe([{"role": "user", "content": "As I said: I love jazz."}], session="a")
    (derived,) = first.derived
    restored = cube.restore(then)
    assert cube.show(derived).sources == first.added
    assert (restored.returned, restored.set_aside) == ((derived,), again.added)
    assert cube.observe([{"role": "user", "content": "I love jazz."}], session="a").known == 1
    assert restored.change_set is not None
    cube.undo(restored.change_set)
    assert cube.show(derived).sources == (*first.added, *again.added)


def test_a_conversation_heard_again_after_a_restore_is_in_the_way_of_going_forward(cube: Cube) -> None:
    cube.remember("a")
    then = now(cube)
    messages = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]
    cube.observe(messages)
    restored = cube.restore(then)
    assert len(cube.observe(messages).added) == 2
    assert restored.change_set is not None
    with pytest.raises(UndoConflict, match="later changes built on it"):
        cube.undo(restored.change_set)
    assert len(cube.recall("one two")) == 2


@pytest.mark.parametrize("when", ["2020-01-01", "blurb", None, 7])
def test_a_time_before_all_memory_or_none_at_all_is_refused(cube: Cube, when: object) -> None:
    cube.remember("tea")
    before = cube.stats()
    with pytest.raises(InvalidInput, match=r"knew nothing yet at 2020-01-01|known_at"):
        cube.restore(when)  # type: ignore[arg-type]  # that is the test
    assert cube.stats() == before
    with pytest.raises(InvalidInput, match="knew nothing yet"):
        cube.restore(now(cube) - timedelta(microseconds=1))


def test_units_members_and_links_are_as_they_were(cube: Cube) -> None:
    tea, milk = cube.remember("chá"), cube.remember("milk")
    drinks = cube.unit("drinks", description="what Zoë drinks").add(tea)
    cube.link(tea, "goes with", milk)
    then = now(cube)
    drinks = drinks.rename("beverages").add(milk)
    drinks.remove(tea)
    cube.unlink(tea, "goes with", milk)
    cube.link(milk, "contradicts", tea)
    food = cube.unit("food")
    restored = cube.restore(then)
    assert set(restored.units) == {drinks.id, food.id}
    back = cube.find_unit("drinks")
    assert (back.id, [item.id for item in back.items()]) == (drinks.id, [tea.id])
    assert [unit.name for unit in cube.units(kind="topic")] == ["drinks"]
    assert [link.type for link in cube.links(tea)] == ["goes with"]
    assert restored.change_set is not None
    cube.undo(restored.change_set)
    assert [item.id for item in cube.find_unit("beverages").items()] == [milk.id]
    assert {unit.name for unit in cube.units(kind="topic")} == {"beverages", "food"}
    assert [link.type for link in cube.links(tea)] == ["contradicts"]
    assert cube.check() == ()


def test_a_restore_of_units_alone_is_a_change_and_again_it_is_none(cube: Cube) -> None:
    cube.unit("drinks")
    then = now(cube)
    cube.unit("drinks", description="hot and cold")
    assert cube.restore(then).change_set is not None
    assert cube.find_unit("drinks").description == ""
    assert cube.restore(then).change_set is None


def test_a_unit_whose_words_were_erased_stays_without_them(cube: Cube) -> None:
    cube.unit("secret plans")
    tea = cube.remember("chá")
    then = now(cube)
    cube.find_unit("secret plans").erase()
    cube.revise(tea.id, "coffee")
    restored = cube.restore(then)
    assert restored.units == ()
    assert cube.show(tea.id).content == "chá"
    with pytest.raises(NotFound):
        cube.find_unit("secret plans")


def test_a_document_that_came_since_can_come_again(cube: Cube) -> None:
    cube.remember("chá")
    then = now(cube)
    cube.ingest(b"Tea is grown in the Azores.", name="tea.txt")
    cube.restore(then)
    assert cube.documents() == ()
    assert cube.units(kind="topic") == ()
    cube.ingest(b"Tea is grown in the Azores.", name="tea.txt")
    assert [hit.item.content for hit in cube.recall("Azores", k=1)] == ["Tea is grown in the Azores."]
