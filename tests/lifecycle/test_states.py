"""Freeze, thaw, retire: what each refuses, and that what it refuses changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from derived_rows import derive

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import ItemErased, ItemFrozen, Refused, RemanenceError
from remanence.model.item import Item
from remanence.model.state import State


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


VERBS: dict[str, Callable[[Cube, Item], object]] = {
    "revise": lambda cube, item: cube.revise(item.id, "other"),
    "annotate": lambda cube, item: cube.annotate(item.id, tags=["t"]),
    "forget": lambda cube, item: cube.forget(item.id),
    "erase": lambda cube, item: cube.forget(item.id, erase=True),
    "freeze": lambda cube, item: cube.freeze(item.id),
    "thaw": lambda cube, item: cube.thaw(item.id),
}
ERRORS: dict[str, tuple[type[RemanenceError], dict[str, str]]] = {
    "frozen": (
        ItemFrozen,
        {
            "revise": "is frozen; thaw it first",
            "annotate": "is frozen; thaw it first",
            "forget": "is frozen; thaw it first",
            "erase": "is frozen and would be erased; thaw it first, or force it",
        },
    ),
    "retired": (
        Refused,
        {
            "revise": "is retired; undo its retirement first",
            "annotate": "is retired; undo its retirement first",
            "freeze": "what is archived can't become frozen",
            "thaw": "is not frozen; there is nothing to thaw",
        },
    ),
    "erased": (
        ItemErased,
        {
            "revise": "was erased; remember it anew instead",
            "annotate": "was erased; remember it anew instead",
            "forget": "was erased; nothing of it is left to change",
            "erase": "was erased; nothing of it is left to change",
            "freeze": "was erased; nothing of it is left to change",
            "thaw": "was erased; nothing of it is left to change",
        },
    ),
    "active": (Refused, {"thaw": "is not frozen; there is nothing to thaw"}),
}


def bring_to(cube: Cube, item: Item, state: str) -> None:
    if state == "frozen":
        cube.freeze(item.id)
    elif state == "retired":
        cube.forget(item.id)
    elif state == "erased":
        cube.forget(item.id, erase=True)


@pytest.mark.parametrize(
    ("state", "verb"), [(state, verb) for state, (_, verbs) in ERRORS.items() for verb in verbs]
)
def test_what_a_state_forbids_is_refused_and_changes_nothing(cube: Cube, state: str, verb: str) -> None:
    item = cube.remember("tea")
    bring_to(cube, item, state)
    before = cube.stats().journal_head
    error, messages = ERRORS[state]
    with pytest.raises(error, match=messages[verb]):
        VERBS[verb](cube, item)
    assert cube.stats().journal_head == before


@pytest.mark.parametrize(("state", "verb"), [("frozen", "freeze"), ("retired", "forget")])
def test_what_is_so_already_is_no_error_and_no_change(cube: Cube, state: str, verb: str) -> None:
    item = cube.remember("tea")
    bring_to(cube, item, state)
    before = cube.stats().journal_head
    VERBS[verb](cube, item)
    assert cube.stats().journal_head == before


def test_a_frozen_item_is_recalled_and_thaws_to_what_it_was(cube: Cube) -> None:
    item = cube.remember("tea", tags=["drink"], valid_from="2026-01-01")
    assert cube.freeze(item.id).state is State.FROZEN
    assert [hit.item.id for hit in cube.recall("tea")] == [item.id]
    thawed = cube.thaw(item.id)
    assert thawed.state is State.ACTIVE
    assert (thawed.content, thawed.tags, thawed.valid_from) == ("tea", ("drink",), item.valid_from)


def test_a_retired_item_is_kept_and_recalled_only_when_asked_for(cube: Cube) -> None:
    item = cube.remember("tea")
    cube.forget(item.id, because="out of date")
    assert cube.recall("tea") == []
    (hit,) = cube.recall("tea", include=["retired"])
    assert hit.item.id == item.id
    assert "retired" in str(hit.why)
    assert cube.show(item.id).content == "tea"


def test_what_rests_on_a_retired_item_alone_retires_with_it(cube: Cube) -> None:
    one, two = cube.remember("one"), cube.remember("two")
    alone = derive(cube, "from one", (one, None))
    both = derive(cube, "from both", (one, None), (two, None))
    further = derive(cube, "from what was derived", (alone, None))
    cube.forget(one.id)
    states = {item.content: cube.show(item.id).state for item in (alone, both, further)}
    assert states == {
        "from one": State.ARCHIVED, "from both": State.ACTIVE, "from what was derived": State.ARCHIVED,
    }  # fmt: skip
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert {cube.show(item.id).state for item in (one, alone, both, further)} == {State.ACTIVE}
