"""Activation: the equation against its plain form, what fades and what does not, its part of a score."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opening import OpenCube
from remanence.model.ageing import DECAY
from remanence.model.kind import Kind
from remanence.recall.activation import DAY_MICROS, base_level
from remanence.storage.marks_port import LATEST_USES
from ticking import TickingClock

NOW_DAY = 1_000
ages = st.lists(st.integers(1, 900), max_size=30)


def activation(said: int, uses: list[int], *, decay: float = 0.5, frozen: bool = False) -> float:
    """What base_level says of a row said and used so many days ago."""
    newest_first = sorted(uses)
    latest = [(NOW_DAY - age) * DAY_MICROS for age in newest_first[:LATEST_USES]]
    padded = np.array([[*latest, *[0] * (LATEST_USES - len(latest))]], np.int64)
    said_at = np.array([(NOW_DAY - said) * DAY_MICROS], np.int64)
    (value,) = base_level(
        said_at,
        np.array([decay]),
        np.array([len(uses)]),
        padded,
        now=int(NOW_DAY * DAY_MICROS),
        frozen=np.array([frozen]),
    ).tolist()
    return float(value)


def plainly(said: int, uses: list[int], decay: float = 0.5) -> float:
    """The equation of Anderson and Schooler, term by term."""
    return math.log(sum(age**-decay for age in (said, *uses)))


@given(st.integers(1, 900), ages)
def test_a_few_uses_are_counted_exactly(said: int, uses: list[int]) -> None:
    few = uses[:LATEST_USES]
    assert activation(said, few) == pytest.approx(plainly(said, few), abs=1e-6)


@given(st.integers(LATEST_USES + 1, 60), st.integers(1, 20), st.sampled_from(sorted(set(DECAY.values()))))
def test_evenly_spread_uses_are_counted_closely(count: int, every: int, decay: float) -> None:
    uses = [every * place for place in range(1, count + 1)]
    said = every * (count + 1)
    assert activation(said, uses, decay=decay) == pytest.approx(plainly(said, uses, decay), abs=0.08)


@given(st.integers(1, 900), ages)
def test_a_use_always_strengthens(said: int, uses: list[int]) -> None:
    assert activation(said, [*uses, 1]) > activation(said, uses) - 0.35  # the approximation may move the rest
    assert activation(said, uses) >= plainly(said, []) - 1e-6


@given(st.integers(1, 800), st.integers(1, 100))
def test_what_is_older_is_less_active_and_what_lasts_fades_more_slowly(said: int, more: int) -> None:
    assert activation(said + more, []) < activation(said, [])
    assert activation(said + more, [], decay=0.2) > activation(said + more, [], decay=0.5)


def test_what_is_frozen_does_not_fade() -> None:
    assert activation(900, [], frozen=True) == activation(1, []) == 0


def test_the_table_names_every_kind_and_a_rate_below_one() -> None:
    assert set(DECAY) == set(Kind)
    assert all(0 < rate < 1 for rate in DECAY.values())


def test_of_what_answers_alike_the_fresher_stands_first_unless_ageing_is_switched_off(
    open_cube: OpenCube, clock: TickingClock
) -> None:
    cube = open_cube("aged.cube", embedder=None)
    old = cube.remember("the meeting room is upstairs", author="Bob")
    clock.step(timedelta(days=700))
    new = cube.remember("the meeting room is downstairs", author="Eve")
    clock.step(timedelta(days=1))
    hits = cube.recall("where is the meeting room?")
    assert [hit.item.id for hit in hits] == [new.id, old.id]
    assert all("activation" in {part.name for part in hit.why} for hit in hits)
    plain = cube.recall("where is the meeting room?", ageing=False)
    assert plain[0].score == pytest.approx(plain[1].score)
    assert not any("activation" in {part.name for part in hit.why} for hit in plain)
    cube.used(old.id)
    cube.used(old.id)
    assert cube.recall("where is the meeting room?")[0].item.id == old.id
    then = cube.recall("where is the meeting room?", as_of="2026-03-05")
    assert not any("activation" in {part.name for part in hit.why} for hit in then)


def test_uses_written_by_another_process_are_seen_at_the_next_recall(
    open_cube: OpenCube, clock: TickingClock
) -> None:
    one, other = open_cube("shared.cube", embedder=None), open_cube("shared.cube", embedder=None)
    item = one.remember("el té está listo")
    clock.step(timedelta(days=400))

    def part() -> float:
        (hit,) = one.recall("té listo")
        return next(part.value for part in hit.why if part.name == "activation")

    before = part()
    other.used(item.id)
    assert part() > before
