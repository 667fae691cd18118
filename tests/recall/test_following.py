"""The second step: what is only described is found by way of what says whom or what it is."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest

from opening import OpenCube
from remanence import Cube

BESIDE = [
    "The bakery opens at six.",
    "Rain all week, wet socks at every meeting.",
    "The printer is out of toner again.",
    "Lunch was soup and bread.",
    "The lift is broken since Monday.",
    "The train was late by an hour.",
    "Il pleut toute la semaine.",
    "Der Drucker hat kein Papier mehr.",
]
LED = "a better one leads to it"


def told(cube: Cube, *texts: str) -> Cube:
    said = [*BESIDE[:4], texts[0], *BESIDE[4:], *texts[1:]]
    begin = datetime(2026, 3, 1, 10)
    cube.observe(
        [
            {"role": "user", "content": text, "timestamp": (begin + timedelta(days=day)).isoformat()}
            for day, text in enumerate(said)
        ],
        session="s",
    )
    return cube


@pytest.mark.parametrize(
    ("texts", "asked", "answer"),
    [
        (
            ["The Orion project is led by Bettina.", "Bettina sits in room 412."],
            "which room is the lead of the Orion project in?",
            "412",
        ),
        (
            ["Ma soeur Inès est mariée à Thibault.", "Thibault travaille au port de Brest."],
            "où travaille le mari de ma soeur Inès ?",
            "Brest",
        ),
        (
            ["Die Leitung vom Archiv hat jetzt Xaver.", "Xaver parkt auf Deck 7."],
            "auf welchem Deck parkt die Leitung vom Archiv?",
            "Deck 7",
        ),
    ],
)
def test_it_is_found_by_way_of_who_it_is(
    open_cube: OpenCube, texts: list[str], asked: str, answer: str
) -> None:
    cube = told(open_cube(embedder="hashing", time_zone="UTC"), *texts)
    found = next(hit for hit in cube.recall(asked, k=2) if answer in hit.item.content)
    assert LED in {part.name for part in found.why}
    log_odds = sum(part.contribution for part in found.why)
    assert found.score == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-3)
    assert answer in cube.context(asked, budget=200).text


def test_the_way_goes_on_over_a_newer_row_that_says_the_same(open_cube: OpenCube) -> None:
    cube = told(
        open_cube(embedder="hashing", time_zone="UTC"),
        "The Orion project is led by Bettina.",
        "Bettina sits in room 412.",
        "Bettina sits in room 530.",
    )
    contents = [
        hit.item.content for hit in cube.recall("which room is the lead of the Orion project in?", k=4)
    ]
    assert contents.index("Bettina sits in room 530.") < contents.index("Bettina sits in room 412.")


def test_a_plain_question_takes_no_second_step(open_cube: OpenCube) -> None:
    cube = told(
        open_cube(embedder="hashing", time_zone="UTC"),
        "The Orion project is led by Bettina.",
        "Bettina sits in room 412.",
    )
    for asked in ("who leads Orion?", "what's broken?", "Bettina sits in room 412"):
        assert LED not in {part.name for hit in cube.recall(asked) for part in hit.why}


def test_it_keeps_to_what_may_be_answered_with(open_cube: OpenCube) -> None:
    cube = told(
        open_cube(embedder="hashing", time_zone="UTC"),
        "The Orion project is led by Bettina.",
        "Bettina sits in room 412.",
    )
    asked = "which room is the lead of the Orion project in?"
    (found,) = [hit for hit in cube.recall(asked, k=20) if "412" in hit.item.content]
    assert "412" not in str([hit.item.content for hit in cube.recall(asked, said_before="2026-03-09")])
    cube.forget(found.item.id)
    assert "412" not in str([hit.item.content for hit in cube.recall(asked, k=20)])
