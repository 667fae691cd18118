"""Undo: what a change opened is closed, what it closed returns; what was erased stays gone."""

from __future__ import annotations

import pytest
from derived_rows import derive

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import InvalidInput, NotFound, Refused, UndoConflict
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
    assert cube.undo(1).change_sets == (3, 2, 1)
    assert rows(cube, item) == []
    cube.undo(last(cube))
    assert rows(cube, item) == [(None, None, "a")]
    assert cube.undo(1).change_sets == (6, 4, 3, 2, 1)  # line 5 is the second one of change 4
    assert rows(cube, item) == []
    assert cube.check() == ()


def test_what_was_itself_undone_is_in_nobodys_way(cube: Cube) -> None:
    item = cube.remember("one")
    cube.revise(item.id, "two")
    cube.undo(2)
    assert cube.undo(1).change_sets == (3, 2, 1)
    assert rows(cube, item) == []
    cube.undo(4)
    assert rows(cube, item) == [(None, None, "one")]
    cube.freeze(item.id)
    with pytest.raises(UndoConflict, match=rf"later changes built on it \({last(cube)}\)"):
        cube.undo(1)


def test_an_undo_of_more_than_is_taken_back_stays_in_the_way(cube: Cube) -> None:
    """Taking it along unasked would bring back what has nothing to do with it."""
    one, two = cube.remember("one"), cube.remember("two")
    cube.revise(one.id, "uno")
    cube.revise(two.id, "dos")
    assert cube.undo(3, through=4).change_sets == (4, 3)
    with pytest.raises(UndoConflict, match=r"\(5\)"):
        cube.undo(1)
    assert [hit.item.content for hit in cube.recall("two dos", k=1)] == ["two"]


def test_what_was_undone_already_is_refused_with_what_undid_it(cube: Cube) -> None:
    cube.remember("tea")
    cube.undo(1)
    for cascade in (False, True):
        with pytest.raises(Refused, match="change 1 was undone already, by change 2; undo that to have it"):
            cube.undo(1, cascade=cascade)
    cube.undo(2)
    with pytest.raises(Refused, match="change 2 was undone already, by change 3"):
        cube.undo(2)
    assert last(cube) == 3


def test_a_range_is_taken_back_as_one_change_and_comes_back_as_one(cube: Cube) -> None:
    item = cube.remember("one")
    cube.revise(item.id, "two")
    cube.revise(item.id, "three")
    other = cube.remember("chá")
    undone = cube.undo(2, through=4, because="a bad day")
    assert (undone.change_sets, undone.skipped, undone.stays_erased) == ((4, 3, 2), (), ())
    assert rows(cube, item) == [(None, None, "one")]
    assert rows(cube, other) == []
    assert {line.change_set for line in cube.journal(limit=2)} == {5}
    cube.undo(5)
    assert rows(cube, item) == [(None, None, "three")]
    assert rows(cube, other) == [(None, None, "chá")]
    assert cube.check() == ()


def test_a_range_is_refused_for_what_built_on_it_from_outside_or_takes_it_along(cube: Cube) -> None:
    item = cube.remember("one")
    cube.revise(item.id, "two")
    cube.revise(item.id, "three")
    with pytest.raises(UndoConflict, match=r"changes 1 to 2 can't be undone alone.*\(3\)"):
        cube.undo(1, through=2)
    assert cube.undo(1, through=2, cascade=True).change_sets == (3, 2, 1)
    assert rows(cube, item) == []
    with pytest.raises(Refused, match="changes 1 to 2 were undone already, by change 4"):
        cube.undo(1, through=2)


def test_a_range_with_undos_in_it_is_as_before_its_first_change(cube: Cube) -> None:
    item = cube.remember("one")
    cube.revise(item.id, "two")
    cube.undo(2)
    cube.revise(item.id, "three")
    assert cube.undo(3, through=4).change_sets == (4, 3)
    assert rows(cube, item) == [(None, None, "two")]


def test_an_undo_that_was_taken_back_with_what_it_undid_is_known_as_undone(cube: Cube) -> None:
    """No row tells of it: what came back and went again in one change was never recorded."""
    item, _ = cube.remember("one"), cube.remember("two")
    cube.undo(1)
    assert cube.undo(1, through=2).change_sets == (3, 2, 1)
    for number in (1, 2, 3):
        with pytest.raises(Refused, match=f"change {number} was undone already, by change 4"):
            cube.undo(number)
    cube.undo(4)
    assert rows(cube, item) == []
    cube.undo(3)
    assert rows(cube, item) == [(None, None, "one")]


def test_erasures_in_a_range_are_skipped_and_named(cube: Cube) -> None:
    secret, other = cube.remember("secret"), cube.remember("other")
    cube.revise(other.id, "another")
    cube.forget(secret.id, erase=True)
    undone = cube.undo(1, through=4)
    assert (undone.change_sets, undone.skipped, undone.stays_erased) == ((3, 2, 1), (4,), (secret.id,))
    assert cube.show(secret.id).state is State.ERASED
    assert rows(cube, other) == []
    with pytest.raises(Refused, match="changes 4 to 4 are nothing but an erasure"):
        cube.undo(4, through=4)
    assert cube.check() == ()


@pytest.mark.parametrize(
    ("first", "through", "error", "said"),
    [
        (2, 1, InvalidInput, "through 1 lies before 2"),
        (1, 9, NotFound, "the journal has no line 9"),
        (0, 1, NotFound, "the journal has no line 0"),
        (2**70, None, NotFound, f"the journal has no line {2**70}"),
        (1, 2**70, NotFound, f"the journal has no line {2**70}"),
    ],
)
def test_a_range_that_cannot_be_is_named(
    cube: Cube, first: int, through: int | None, error: type[Exception], said: str
) -> None:
    cube.remember("tea")
    cube.remember("coffee")
    with pytest.raises(error, match=said):
        cube.undo(first, through=through)
    assert last(cube) == 2


def test_a_message_heard_anew_is_in_the_way_of_the_redo_that_would_say_it_twice(cube: Cube) -> None:
    messages = [{"role": "user", "content": "olá"}, {"role": "assistant", "content": "two"}]
    cube.observe(messages)
    cube.undo(1)
    undoing = last(cube)
    again = cube.observe([*messages, {"role": "user", "content": "three"}])
    with pytest.raises(UndoConflict, match=rf"\({again.change_set}\)"):
        cube.undo(undoing)
    cube.undo(undoing, cascade=True)
    assert sorted(hit.item.content for hit in cube.recall("olá two three")) == ["olá", "two"]
    assert cube.observe(messages).known == 2


def test_the_same_words_of_another_conversation_or_said_before_are_in_nobodys_way(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "ok"}])
    cube.observe([{"role": "user", "content": "ok"}, {"role": "user", "content": "and ok"}])
    cube.undo(2)
    undoing = last(cube)
    cube.observe([{"role": "user", "content": "and ok"}], session="other")
    assert cube.undo(undoing).change_sets == (undoing,)


def test_an_undone_observe_takes_its_sources_from_what_was_said_before(open_cube: OpenCube) -> None:
    cube = open_cube("heard.cube", reader="rules", embedder=None)
    first = cube.observe([{"role": "user", "content": "I love jazz."}], session="a")
    again = cube.observe([{"role": "user", "content": "As I said: I love jazz."}], session="a")
    (derived,) = first.derived
    assert cube.show(derived).sources == (first.added[0], again.added[0])
    assert again.change_set is not None
    cube.undo(again.change_set)
    assert cube.show(derived).sources == first.added
    cube.undo(last(cube))
    assert cube.show(derived).sources == (first.added[0], again.added[0])
    assert cube.check() == ()


def test_a_copy_of_the_row_loses_the_source_too(open_cube: OpenCube) -> None:
    cube = open_cube("copied.cube", reader="rules", embedder=None)
    first = cube.observe([{"role": "user", "content": "I love jazz."}], session="a")
    again = cube.observe([{"role": "user", "content": "As I said: I love jazz."}], session="a")
    (derived,) = first.derived
    cube.annotate(derived, tags=["music"])
    assert again.change_set is not None
    cube.undo(again.change_set)
    assert (cube.show(derived).sources, cube.show(derived).tags) == (first.added, ("music",))


def test_what_was_said_again_is_built_on_what_it_repeats(open_cube: OpenCube) -> None:
    cube = open_cube("repeated.cube", reader="rules", embedder=None)
    cube.observe([{"role": "user", "content": "I love jazz."}], session="a")
    again = cube.observe([{"role": "user", "content": "As I said: I love jazz."}], session="a")
    with pytest.raises(UndoConflict, match=rf"\({again.change_set}\)"):
        cube.undo(1)


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


def test_an_undo_that_a_range_with_an_erasure_takes_back_is_known_as_undone(cube: Cube) -> None:
    item, other = cube.remember("one"), cube.remember("two")
    cube.forget(other.id, erase=True)
    cube.undo(1)
    assert cube.undo(3, through=4).skipped == (3,)
    assert rows(cube, item) == [(None, None, "one")]
    cube.undo(1)
    assert rows(cube, item) == []
    assert cube.check() == ()
