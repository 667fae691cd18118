"""What changed and why, between two times or lines: who, what, to which items, before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from opening import OpenCube
from remanence import ChangeSet, Verb
from remanence.cube import Cube
from remanence.errors import InvalidInput
from remanence.verbs.recounting import EDITS_MAX

MICRO = timedelta(microseconds=1)


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader and without an embedder."""
    return open_cube("changed.cube", reader="rules", embedder=None)


def numbers(changes: tuple[ChangeSet, ...]) -> list[int]:
    """The numbers of change sets."""
    return [change.number for change in changes]


def test_a_change_tells_who_did_what_and_why_with_the_texts_before_and_after(cube: Cube) -> None:
    item = cube.remember("chá às cinco", because="she said so", actor="Zoë")
    cube.revise(item.id, "chá às seis", because="the clocks changed")
    cube.forget(item.id)
    made, revised, retired = cube.changes(1)
    assert (made.number, made.actor, made.verb, made.reason) == (1, "Zoë", Verb.REMEMBER, "she said so")
    assert (revised.at, retired.reason, retired.items) == (
        cube.journal(limit=2)[1].recorded_at,
        None,
        (item.id,),
    )
    edits = [edit for change in (made, revised, retired) for edit in change.edits]
    assert [(edit.before, edit.after) for edit in edits] == [
        ((), ("chá às cinco",)),
        (("chá às cinco",), ("chá às seis",)),
        (("chá às seis",), ("chá às seis",)),
    ]
    assert [edit.opened[0].state.value for edit in edits] == ["active", "active", "archived"]


def test_a_change_of_a_part_of_the_time_tells_the_new_text_first(cube: Cube) -> None:
    item = cube.remember("a", valid_from="2026-01-01")
    cube.revise(item.id, "b", valid_from="2026-02-01", valid_to="2026-03-01")
    (edit,) = cube.changes(2)[0].edits
    assert (edit.before, edit.after, len(edit.opened)) == (("a",), ("b", "a"), 3)


def test_what_was_erased_says_so_before_and_after(cube: Cube) -> None:
    item = cube.remember("my code is 1234", because="the code is 1234")
    cube.revise(item.id, "my code is 5678")
    cube.forget(item.id, erase=True)
    made, revised, erased = cube.changes(1)
    assert (made.reason, made.reason_erased) == (None, True)
    assert (revised.reason_erased, erased.verb) == (False, Verb.ERASE)
    assert [edit.after for edit in made.edits] == [(None,)]
    assert [(edit.before, edit.after) for edit in revised.edits] == [((None,), (None,))]
    assert [(edit.before, edit.after) for edit in erased.edits] == [((None,), (None,))]


def test_a_further_source_is_told_of(cube: Cube) -> None:
    for text in ("I love jazz.", "As I said: I love jazz."):
        cube.observe([{"role": "user", "content": text}], session="s")
    heard, derived = cube.changes(3)[0].edits
    assert (derived.verb, derived.before, derived.after) == (Verb.DERIVE, (), ())
    assert derived.source == heard.item_id


def test_from_a_time_or_a_line_up_to_another_with_both_ends(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "one"}, {"role": "user", "content": "two"}])  # lines 1 and 2
    for text in ("three", "four", "five"):
        cube.remember(text)
    times = {line.change_set: line.recorded_at for line in cube.journal()}
    found: dict[str, list[int]] = {
        "lines": numbers(cube.changes(3, 4)),
        "a line inside of a change": numbers(cube.changes(2, 3)),
        "times": numbers(cube.changes(times[3], times[4])),
        "after a time": numbers(cube.changes(times[3] + MICRO)),
        "before a time": numbers(cube.changes(1, times[3] - MICRO)),
        "days": numbers(cube.changes("2026-03-02", "2026-03-02")),
        "later days": numbers(cube.changes("2026-03-03", "2026-03-04")),
        "past the end": numbers(cube.changes(6, 99)),
        "one alone": numbers(cube.changes(5, 5)),
    }
    assert found == {
        "lines": [3, 4],
        "a line inside of a change": [1, 3],
        "times": [3, 4],
        "after a time": [4, 5],
        "before a time": [1],
        "days": [1, 3, 4, 5],
        "later days": [],
        "past the end": [],
        "one alone": [5],
    }


def test_the_next_line_goes_on_where_a_limit_ended(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "one"}, {"role": "user", "content": "two"}])
    for text in ("three", "four", "five"):
        cube.remember(text)
    seen, line = [], 1
    while page := cube.changes(line, limit=2):
        seen += numbers(page)
        line = page[-1].next_line
    assert seen == [1, 3, 4, 5]


def test_a_large_change_is_told_in_part_and_says_how_much_it_left_out(cube: Cube) -> None:
    cube.observe({"role": "user", "content": f"number {number}"} for number in range(EDITS_MAX + 20))
    (change,) = cube.changes(1, limit=1)
    assert (len(change.edits), change.left_out) == (EDITS_MAX, 20)
    (change,) = cube.changes(1, limit=EDITS_MAX // 10)
    assert (len(change.edits), change.left_out) == (10, EDITS_MAX + 10)
    assert change.next_line == EDITS_MAX + 21


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: c.changes(0), "since 0 is no line of the journal"),
        (lambda c: c.changes(True), "since True is no line"),
        (lambda c: c.changes(1, -3), "until -3 is no line"),
        (lambda c: c.changes("blurb"), "since"),
        (lambda c: c.changes(None), "since is a NoneType"),
        (lambda c: c.changes(1, "blurb"), "until"),
        (lambda c: c.changes(1, limit=0), r"limit 0 must lie in \[1, 1000\]"),
        (lambda c: c.changes(1, limit=1001), "limit 1001"),
        (lambda c: c.changes(3, 1), "until 1 lies before since 3"),
        (lambda c: c.changes("2031-01-01", "2030-01-01"), "until 2030-01-01 lies before"),
        (lambda c: c.changes("2026-03-04", "2026-03-01"), "until 2026-03-01 lies before since 2026-03-04"),
    ],
)
def test_what_cannot_be_is_named(cube: Cube, call: Callable[[Cube], object], said: str) -> None:
    for text in ("one", "two", "three"):
        cube.remember(text)
    with pytest.raises(InvalidInput, match=said):
        call(cube)


def test_a_cube_without_a_change_has_none_to_tell(cube: Cube) -> None:
    assert cube.changes(1) == cube.changes("2020-01-01") == ()
    assert cube.changes(datetime.min.replace(tzinfo=UTC)) == ()
