"""What somebody stated stands by itself: what bears it out beside may go."""

from __future__ import annotations

import pytest

from opening import OpenCube
from remanence.model.state import State

PORTO = ("Alice", "home", "Porto")


@pytest.mark.parametrize("erase", [False, True])
def test_a_statement_outlives_the_message_that_bore_it_out(open_cube: OpenCube, erase: bool) -> None:
    cube = open_cube(owner="Alice", reader="rules")
    stated = cube.remember("Alice lives in Porto", slot=PORTO, session="a")
    told = cube.observe([{"role": "user", "content": "I live in Porto"}], session="x")
    assert stated.id in told.derived, "the message bears it out"
    cube.forget(told.added[0], erase=erase)
    assert [item.content for item in cube.items(kind="fact")] == ["Alice lives in Porto"]
    assert cube.check() == ()


def test_what_was_read_from_a_message_falls_with_it_still(open_cube: OpenCube) -> None:
    cube = open_cube(owner="Alice", reader="rules")
    told = cube.observe([{"role": "user", "content": "I live in Porto"}], session="x")
    (read,) = told.derived
    assert [item.id for item in cube.impact(told.added[0]).falls] == [read]
    cube.forget(told.added[0])
    assert cube.show(read).state is State.ARCHIVED
