"""Explain: a recall taken apart says what the recall did, and adds up."""

from __future__ import annotations

import math

import pytest

from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput

CHAT = [
    {
        "role": "user",
        "name": "Ana",
        "content": "Mój rower stoi w piwnicy",
        "timestamp": "2026-03-01T10:00:00Z",
    },
    {
        "role": "user",
        "name": "Ben",
        "content": "My red bike stands in the shed",
        "timestamp": "2026-03-02T10:00:00Z",
    },
    {
        "role": "user",
        "name": "Ana",
        "content": "The shed leaks when it rains",
        "timestamp": "2026-03-03T10:00:00Z",
    },
]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    cube = open_cube(embedder="hashing")
    cube.observe(CHAT, session="spring")
    return cube


def test_the_hits_are_those_of_the_recall_in_its_order(cube: Cube) -> None:
    told = cube.explain("where is the red bike?", k=2)
    assert [one.hit for one in told] == cube.recall("where is the red bike?", k=2)


def test_the_parts_of_each_hit_add_up_to_its_score(cube: Cube) -> None:
    for one in cube.explain("where is Ben's bike?"):
        odds = sum(part.contribution for part in one.hit.why)
        assert one.hit.score == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-5)


def test_each_road_says_its_raw_score_its_share_and_its_place(cube: Cube) -> None:
    first = cube.explain("the red bike", k=1).hits[0]
    roads = {road.name: road for road in first.roads}
    assert list(roads) == ["dense", "dense_window", "bm25", "bm25_window"]
    assert 0 < roads["dense"].raw <= 1.01
    assert (roads["bm25"].place, roads["bm25"].normalised) == (1, 1.0)
    assert roads["bm25"].raw > 0


def test_without_an_embedder_there_are_the_roads_of_words_alone(open_cube: OpenCube) -> None:
    cube = open_cube(embedder=None)
    cube.remember("Mój rower stoi w piwnicy")
    assert [road.name for road in cube.explain("rower").hits[0].roads] == ["bm25", "bm25_window"]


def test_the_question_is_shown_as_it_was_read(cube: Cube) -> None:
    reading = cube.explain("when did Ana see my bike in March 2026?", asker="Ben").reading
    assert (reading.about, reading.asker, reading.asks) == (("Ana",), "Ben", ("when",))
    assert [f"{time.start:%Y-%m}" for time in reading.times] == ["2026-03"]


def test_each_filter_says_how_many_rows_pass_it(cube: Cube) -> None:
    told = cube.explain("bike", authors=["Ana"])
    sieves = {one.name: one for one in told.sieves}
    assert sieves["authors"].passed < sieves["authors"].of
    assert told.allowed == sieves["authors"].passed
    assert {one.hit.item.author for one in told} == {"Ana"}


def test_age_is_told_only_where_it_counts(cube: Cube) -> None:
    assert cube.explain("bike").hits[0].activation is not None
    assert cube.explain("bike", ageing=False).hits[0].activation is None
    assert cube.explain("bike", as_of="2026-03-05").hits[0].activation is None


def test_what_recall_refuses_explain_refuses(cube: Cube) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        cube.explain(" ")
    with pytest.raises(InvalidInput, match="k 0"):
        cube.explain("bike", k=0)


def test_what_recall_leaves_out_explain_leaves_out(open_cube: OpenCube) -> None:
    cube = open_cube()
    known, other = cube.remember("the boat is blue"), cube.remember("the blue boat leaks")
    told = cube.explain("is the boat blue?", without=[known.id])
    assert [hit.hit.item.id for hit in told.hits] == [other.id]
    assert [hit.item.id for hit in cube.recall("is the boat blue?", without=[known.id])] == [other.id]
