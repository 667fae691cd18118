"""Undo: what a change opened is closed, what it closed returns; what was erased stays gone."""

from __future__ import annotations

import pytest
from derived_rows import derive

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import NotFound, Refused, UndoConflict
from remanence.model.item import Item
from remanence.model.state import State


def last(cube: Cube) -> int:
    """The change that was made last."""
    return cube.journal(limit=1)[0].change_set


def rows(cube: Cube, item: Item) -> list[tuple[str | None, str | None, str]]:
    """The open rows: from, to, what they say; days alone."""
    return [
        (
            row.valid.start and row.valid.start.strftime("%m-%d"),
            row.valid.end and row.valid.end.strftime("%m-%d"),
            row.content.text,
        )
        for row in sorted(cube.history(item.id), key=lambda row: row.valid.start_micros)
        if row.is_open
    ]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def test_an_undone_remember_is_gone_and_comes_back_by_undoing_the_undo(cube: Cube) -> None:
    item = cube.remember("tea")
    undone = cube.undo(last(cube))
    assert undone.change_sets == (1,)
    assert cube.recall("tea") == []
    with pytest.raises(NotFound, match="was undone; `history` shows what it was"):
        cube.show(item.id)
    cube.undo(last(cube))
    assert [hit.item.id for hit in cube.recall("tea")] == [item.id]
    assert cube.check() == ()


def test_an_undone_revise_gives_the_old_row_its_whole_time_back(cube: Cube) -> None:
    item = cube.remember("tea", valid_from="2026-01-01")
    cube.revise(item.id, "coffee", valid_from="2026-02-01", valid_to="2026-03-01")
    assert rows(cube, item) == [
        ("01-01", "02-01", "tea"), ("02-01", "03-01", "coffee"), ("03-01", None, "tea"),
    ]  # fmt: skip
    cube.undo(last(cube))
    assert rows(cube, item) == [("01-01", None, "tea")]
    cube.undo(last(cube))
    assert rows(cube, item)[1] == ("02-01", "03-01", "coffee")
    assert cube.check() == ()


@pytest.mark.parametrize("change", ["forget", "freeze", "annotate"])
def test_other_changes_are_undone_too(cube: Cube, change: str) -> None:
    item = cube.remember("tea", tags=["drink"])
    {
        "forget": lambda: cube.forget(item.id),
        "freeze": lambda: cube.freeze(item.id),
        "annotate": lambda: cube.annotate(item.id, tags=["food"]),
    }[change]()
    cube.undo(last(cube))
    now = cube.show(item.id)
    assert (now.state, now.tags) == (State.ACTIVE, ("drink",))


def test_a_change_that_others_built_on_is_refused_with_their_numbers_or_takes_them_along(cube: Cube) -> None:
    item = cube.remember("one")
    first = last(cube)
    cube.revise(item.id, "two")
    cube.revise(item.id, "three")
    with pytest.raises(UndoConflict, match=rf"change {first} can't be undone alone.* \(2, 3\)"):
        cube.undo(first)
    assert cube.show(item.id).content == "three"
    assert cube.undo(first, cascade=True).change_sets == (3, 2, 1)
    assert rows(cube, item) == []
    cube.undo(last(cube))
    assert cube.show(item.id).content == "three"


def test_rows_that_took_a_free_time_since_are_in_the_way_of_an_undo(cube: Cube) -> None:
    """Two rows of one item would claim one time: an undo of an undo once let them."""
    item = cube.remember("a", valid_from="2026-01-01", valid_to="2026-02-01")
    cube.revise(item.id, "b", valid_from="2026-03-01")
    cube.undo(last(cube))
    undoing = last(cube)
    cube.revise(item.id, "c", valid_from="2026-04-01", valid_to="2026-05-01")
    with pytest.raises(UndoConflict, match=r"\(4\)"):
        cube.undo(undoing)
    assert cube.undo(undoing, cascade=True).change_sets == (4, 3)
    assert rows(cube, item) == [("01-01", "02-01", "a"), ("03-01", None, "b")]
    assert cube.check() == ()


def test_a_row_that_was_taken_and_brought_back_is_taken_again_with_both_undos(cube: Cube) -> None:
    """The copy that an undo of an undo had made once stood on, and the answer was that nothing was left."""
    item = cube.remember("a")
    cube.undo(1)
    cube.undo(2)
    with pytest.raises(UndoConflict, match=r"\(2, 3\)"):
        cube.undo(1)
    assert cube.undo(1, cascade=True).change_sets == (3, 2, 1)
    assert rows(cube, item) == []


def test_an_undo_by_any_line_takes_back_the_whole_change(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}])
    cube.undo(2)
    assert cube.recall("one two") == []


def test_an_undone_observe_can_be_heard_again(cube: Cube) -> None:
    messages = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]
    cube.observe(messages)
    cube.undo(1)
    assert len(cube.observe(messages).added) == 2
    assert len(cube.recall("one two")) == 2


def test_an_erasure_is_not_undone_and_what_it_took_does_not_come_back(cube: Cube) -> None:
    item, other = cube.remember("secret"), cube.remember("other")
    cube.revise(item.id, "secret still")
    cube.forget(item.id, erase=True)
    with pytest.raises(Refused, match="is an erasure, and what was erased is gone for good"):
        cube.undo(last(cube))
    for change in (1, 3):
        with pytest.raises(Refused, match="is left to undo: it was undone or erased since"):
            cube.undo(change, cascade=True)
    assert cube.show(item.id).state is State.ERASED
    cube.undo(2)
    assert rows(cube, other) == []
    assert cube.check() == ()


def test_of_a_change_that_was_erased_in_part_the_rest_is_undone_and_the_answer_says_so(cube: Cube) -> None:
    done = cube.observe([{"role": "user", "content": "secret"}, {"role": "user", "content": "other"}])
    cube.forget(done.added[0], erase=True)
    undone = cube.undo(1)
    assert undone.stays_erased == (done.added[0],)
    assert cube.show(done.added[0]).state is State.ERASED
    with pytest.raises(NotFound):
        cube.show(done.added[1])


def test_a_row_whose_passage_was_blanked_since_does_not_come_back_empty(cube: Cube) -> None:
    done = cube.observe([{"role": "user", "content": "I am Alice, my code is 1234"}])
    utterance = cube.show(done.added[0])
    derived = derive(cube, "Alice's code is 1234", (utterance, "my code is 1234"))
    cube.forget(utterance.id)
    retired = last(cube)
    cube.forget(derived.id, erase=True, force=True)
    with pytest.raises(Refused, match="is left to undo"):
        cube.undo(retired)
    (row,) = rows(cube, utterance)
    assert row[2].startswith("I am Alice, ")
    assert cube.check() == ()


@pytest.mark.parametrize("number", [0, -1, 3, 10**9])
def test_a_line_that_is_not_there_is_named(cube: Cube, number: int) -> None:
    cube.remember("tea")
    with pytest.raises(NotFound, match=f"the journal has no line {number}"):
        cube.undo(number)
    assert last(cube) == 1


def test_what_changed_no_memory_or_was_undone_already_is_refused(cube: Cube) -> None:
    cube.remember("tea")
    cube.undo(1)
    with pytest.raises(UndoConflict, match=r"later changes built on it \(2\)"):
        cube.undo(1)
    with pytest.raises(Refused, match="is left to undo"):
        cube.undo(1, cascade=True)
    assert last(cube) == 2
