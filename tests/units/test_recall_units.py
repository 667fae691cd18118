"""Recall within units, and recall that raises them."""

from __future__ import annotations

from datetime import timedelta

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, NotFound, Refused
from ticking import TickingClock


def texts(hits: list[remanence.Hit]) -> list[str]:
    return [hit.item.content for hit in hits]


@pytest.fixture(params=["hashing", None])
def told(request: pytest.FixtureRequest, open_cube: OpenCube) -> remanence.Cube:
    """A cube in which Bob and Ana speak of tea."""
    cube = open_cube(embedder=request.param)
    for name, text in (("Bob", "green tea in the morning"), ("Ana", "green tea in the evening")):
        cube.observe([{"role": "user", "name": name, "content": text}], session=f"with {name}")
    return cube


def test_units_restrict_to_their_members(told: remanence.Cube) -> None:
    assert len(told.recall("green tea")) == 2
    assert texts(told.recall("green tea", units=["Bob"])) == ["green tea in the morning"]
    assert texts(told.recall("green tea", units=[told.find_unit("with Ana")])) == ["green tea in the evening"]
    assert len(told.recall("green tea", units=["Bob", "Ana"])) == 2
    assert told.recall("green tea", units=["Bob"], sessions=["with Ana"]) == []
    assert told.recall("green tea", units=[told.unit("empty")]) == []
    assert told.recall("green tea", units=[]) == []
    assert "morning" not in told.context("green tea", units=["Ana"]).text


def test_units_raise_their_members_and_say_so(told: remanence.Cube) -> None:
    for name, time in (("Bob", "morning"), ("Ana", "evening")):
        plain = {hit.item.id: hit for hit in told.recall("green tea")}
        hits = told.recall("green tea", units_boost={name: 4.0})
        assert texts(hits) == [f"green tea in the {time}", *set(texts(hits)) - {f"green tea in the {time}"}]
        part = next(part for part in hits[0].why if part.name == f"unit {name}")
        assert (part.value, part.contribution) == (1.0, 4.0)
        assert hits[0].score > plain[hits[0].item.id].score
        assert hits[1].score == pytest.approx(plain[hits[1].item.id].score)
        assert not any(part.name.startswith("unit") for part in hits[1].why)
    assert texts(told.recall("green tea", units_boost=[told.find_unit("Ana")]))[0].endswith("evening")
    assert texts(told.recall("green tea", units_boost={"Ana": -9}))[0].endswith("morning")


def test_the_past_of_a_unit_is_asked_by_known_at_or_by_the_unit_as_it_was(
    told: remanence.Cube, clock: TickingClock
) -> None:
    morning, evening = (
        hit.item for hit in sorted(told.recall("green tea"), key=lambda hit: "evening" in hit.item.content)
    )
    unit = told.unit("tea").add(morning)
    before = clock.now()
    clock.step(timedelta(days=1))
    unit.add(evening).remove(morning)
    assert texts(told.recall("green tea", units=["tea"])) == [evening.content]
    assert texts(told.recall("green tea", units=["tea"], known_at=before)) == [morning.content]
    assert texts(told.recall("green tea", units=[unit.at(before)])) == [morning.content]
    assert told.recall("green tea", units=["tea"], known_at=before - timedelta(days=30)) == []


def test_wrong_units_are_refused(told: remanence.Cube) -> None:
    with pytest.raises(NotFound):
        told.recall("tea", units=["nobody"])
    with pytest.raises(InvalidInput, match="give a list"):
        told.recall("tea", units="Bob")
    with pytest.raises(InvalidInput, match="log-odds"):
        told.recall("tea", units_boost={"Bob": float("nan")})
    unit = told.unit("gone").retire()
    with pytest.raises(Refused, match="retired"):
        told.recall("tea", units=[unit])
