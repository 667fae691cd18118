"""The lifecycle's one table, held against the sentences of the design that it comes from."""

from __future__ import annotations

import pytest

from remanence.model.state import RECALLED, TRANSITIONS, State, may_become

# Written by hand: what may become of an item in each state, and nothing else.
MAY_BECOME = {
    "generated": "active archived merged superseded erased",
    "active": "dormant merged superseded archived frozen erased",
    "dormant": "active merged superseded archived frozen erased",
    "merged": "active erased",
    "superseded": "active erased",
    "archived": "active erased",
    "frozen": "active erased",
    "erased": "",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("target", State)
def test_a_move_is_allowed_where_the_table_says_so(state: State, target: State) -> None:
    assert may_become(state, target) is (target.value in MAY_BECOME[state.value].split())


def test_the_table_has_all_eight_states() -> None:
    assert set(TRANSITIONS) == set(State)
    assert len(State) == 8


def test_nothing_comes_back_from_an_erasure() -> None:
    assert not TRANSITIONS[State.ERASED]


def test_whatever_is_not_erased_can_be() -> None:
    assert all(may_become(state, State.ERASED) for state in State if state is not State.ERASED)


def test_what_is_frozen_neither_changes_nor_decays() -> None:
    assert TRANSITIONS[State.FROZEN] == {State.ACTIVE, State.ERASED}


def test_retired_superseded_and_erased_items_are_not_recalled() -> None:
    assert {State.GENERATED, State.ACTIVE, State.DORMANT, State.FROZEN} == RECALLED
