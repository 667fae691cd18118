"""Does anything here answer? The recall says how likely that is, and can leave out what is unlikely."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput

TALK = [
    ("Ana", "I painted the fence of the allotment green on Saturday."),
    ("Ben", "My charity race went well, I ran ten kilometres."),
    ("Ana", "The tomatoes in the greenhouse are ripe."),
    ("Ben", "I sold my old motorbike to a neighbour."),
]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    cube = open_cube(embedder="hashing")
    cube.observe([{"role": "user", "name": name, "content": text} for name, text in TALK], session="spring")
    return cube


def test_what_was_said_is_answered_likelier_than_what_was_not(cube: Cube) -> None:
    told = cube.recall("What colour did Ana paint the fence of the allotment?").answered
    never = cube.recall("Which university did the astronaut attend in Toronto?").answered
    assert 0 <= never < told <= 1


def test_a_question_about_the_wrong_speaker_is_answered_less_likely(cube: Cube) -> None:
    right = cube.recall("How did Ben do at his charity race?").answered
    wrong = cube.recall("How did Ana do at her charity race?").answered
    assert wrong < right


def test_a_name_that_nobody_bears_here_makes_an_answer_less_likely(open_cube: OpenCube) -> None:
    cube = open_cube(embedder="hashing")
    cube.remember("Maria Okafor plays the cello in a quartet")
    cube.remember("Tom Weber collects old maps")
    known = cube.recall("Which instrument does, as you know, Maria Okafor play in the quartet?").answered
    strange = cube.recall("Which instrument does, as you know, Pavel Ilves play in the quartet?").answered
    assert strange < known


def test_nothing_remembered_answers_nothing(open_cube: OpenCube) -> None:
    hits = open_cube(embedder="hashing").recall("anything?")
    assert (list(hits), hits.answered) == ([], 0.0)


@pytest.mark.parametrize("ask", [Cube.recall, lambda cube, text, **more: cube.at("now").recall(text, **more)])
def test_hits_below_score_min_are_left_out(
    cube: Cube, ask: Callable[..., remanence.Hits[remanence.Hit]]
) -> None:
    hits = ask(cube, "my charity race")
    least = hits[0].score
    kept = ask(cube, "my charity race", score_min=least)
    assert [hit.item.id for hit in kept] == [hit.item.id for hit in hits if hit.score >= least]
    assert len(kept) < len(hits)
    assert kept.answered == hits.answered
    assert list(ask(cube, "my charity race", score_min=1.0)) == []


def test_a_context_leaves_out_what_scores_too_little(cube: Cube) -> None:
    score = cube.recall("my charity race")[0].score
    assert len(cube.context("my charity race", score_min=score).items) < len(
        cube.context("my charity race").items
    )


@pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
def test_score_min_is_a_share(cube: Cube, least: float) -> None:
    with pytest.raises(InvalidInput, match="score_min"):
        cube.recall("race", score_min=least)


def test_cubes_mounted_together_answer_as_one_cube_would(tmp_path: Path) -> None:
    for number, (name, text) in enumerate(TALK):
        with remanence.open(tmp_path / f"{number % 2}.cube", embedder="hashing") as cube:
            cube.observe([{"role": "user", "name": name, "content": text}], session=f"s{number}")
        with remanence.open(tmp_path / "all.cube", embedder="hashing") as cube:
            cube.observe([{"role": "user", "name": name, "content": text}], session=f"s{number}")
    parts = {f"m{number}": tmp_path / f"{number}.cube" for number in range(2)}
    with remanence.mount(**parts) as memory, remanence.open(tmp_path / "all.cube") as cube:
        for question in ("How did Ana do at her charity race?", "How did Ben do at his charity race?"):
            assert memory.recall(question).answered == pytest.approx(cube.recall(question).answered, abs=0.02)
        assert list(memory.recall("race", score_min=1.0)) == []
