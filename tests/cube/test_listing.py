"""Items are listed a page at a time, by what they are and where they stand."""

from __future__ import annotations

from datetime import timedelta

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, NotFound
from remanence.model.kind import Kind
from remanence.model.state import State
from ticking import TickingClock


def texts(items: tuple[remanence.Item, ...]) -> list[str]:
    return [item.content for item in items]


@pytest.fixture
def cube(open_cube: OpenCube) -> remanence.Cube:
    cube = open_cube()
    cube.remember("chá verde", tags=["drink"], session="a")
    cube.remember("Ana visits on Sunday", kind="event", session="b")
    cube.remember("milk", tags=["drink"])
    return cube


def test_the_newest_come_first_and_each_filter_must_fit(cube: remanence.Cube) -> None:
    assert texts(cube.items()) == ["milk", "Ana visits on Sunday", "chá verde"]
    assert texts(cube.items(kind=Kind.EVENT)) == ["Ana visits on Sunday"]
    assert texts(cube.items(tag="drink")) == ["milk", "chá verde"]
    assert texts(cube.items(tag="drink", session="a")) == ["chá verde"]
    assert texts(cube.items(session="nowhere")) == []
    unit = cube.unit("house").add(cube.items(tag="drink")[0])
    assert texts(cube.items(unit=unit)) == texts(cube.items(unit="house")) == ["milk"]


def test_pages_hold_each_item_once(cube: remanence.Cube) -> None:
    seen: list[str] = []
    after = None
    while page := cube.items(limit=2, after=after):
        seen += texts(page)
        after = page[-1]
    assert seen == ["milk", "Ana visits on Sunday", "chá verde"]
    assert cube.items(after=cube.items()[-1].id[:8]) == ()


def test_it_lists_what_is_believed_and_holds_unless_a_state_is_asked_for(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    milk, visit, tea = cube.items()
    cube.forget(milk.id)
    cube.revise(tea.id, "black tea", valid_from=clock.now() + timedelta(days=9))
    ended = cube.remember("it rains", valid_to="2026-03-01")
    gone = cube.remember("gone for good")
    cube.forget(gone.id, erase=True)
    assert texts(cube.items()) == [visit.content, "chá verde"]
    clock.step(timedelta(days=10))
    assert texts(cube.items()) == [visit.content, "black tea"]
    assert texts(cube.items(state=State.ARCHIVED)) == ["milk"]
    assert ended.content in texts(cube.items(state="active"))
    assert cube.items(state="erased") == ()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"kind": "thing"}, "kind 'thing' is not one of"),
        ({"state": "asleep"}, "state 'asleep' is not one of"),
        ({"limit": 0}, "limit 0"),
        ({"limit": 10_001}, "limit 10001"),
        ({"limit": True}, "limit True"),
        ({"tag": ""}, "tag"),
        ({"session": 5}, "session 5"),
    ],
)
def test_wrong_input_is_refused(cube: remanence.Cube, wanted: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        cube.items(**wanted)  # type: ignore[arg-type]


def test_what_is_not_there_is_not_found(cube: remanence.Cube) -> None:
    with pytest.raises(NotFound):
        cube.items(unit="nothing of that name")
    with pytest.raises(NotFound):
        cube.items(after="0000000000")
