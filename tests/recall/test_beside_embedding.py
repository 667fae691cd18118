"""A question is looked for by its words while it is embedded: nothing that happens meanwhile is missed."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.conftest import OpenCube

import remanence
from remanence.embedding.hashing import Hashing
from remanence.embedding.port import EmbedderIdentity, Passages
from remanence.errors import EmbeddingError, InvalidInput, NotFound

BEGUN_S = 0.03  # by then a search of so few rows is begun
QUESTION = "Where does Ana row?"


class Beside:
    """Embeds by hashing, and says that other threads may run meanwhile; something happens while it embeds."""

    frees_interpreter = True

    def __init__(self) -> None:
        self._engine = Hashing()
        self.meanwhile: Callable[[], object] = lambda: None

    @property
    def identity(self) -> EmbedderIdentity:
        return self._engine.identity

    def passages(self, texts: list[str]) -> Passages:
        return self._engine.passages(texts)

    def query(self, text: str) -> object:
        time.sleep(BEGUN_S)
        self.meanwhile()
        return self._engine.query(text)


def told(hits: list[remanence.Hit]) -> list[tuple[str, float, object]]:
    return [(hit.item.content, hit.score, hit.why) for hit in hits]


@pytest.fixture
def beside(open_cube: OpenCube) -> tuple[remanence.Cube, Beside]:
    embedder = Beside()
    cube = open_cube(embedder=embedder)
    for text in ("Ana rows on the Douro.", "Ben swims.", "Ana pintou a casa de azul.", "Rowing is hard."):
        cube.remember(text)
    return cube, embedder


def test_the_hits_are_those_of_an_embedder_that_nothing_runs_beside(
    beside: tuple[remanence.Cube, Beside], open_cube: OpenCube
) -> None:
    cube, _ = beside
    plain = open_cube(embedder="hashing", read_only=True)
    for question in (QUESTION, "De que cor é a casa?", "When did Ben swim last week?"):
        assert told(cube.recall(question)) == told(plain.recall(question))
        assert cube.context(question).text == plain.context(question).text


def test_what_is_remembered_meanwhile_is_found(
    beside: tuple[remanence.Cube, Beside], open_cube: OpenCube
) -> None:
    cube, embedder = beside
    other = open_cube()
    embedder.meanwhile = lambda: other.remember("Ana rows on the Tejo now.")
    assert "Ana rows on the Tejo now." in [hit.item.content for hit in cube.recall(QUESTION)]


def test_what_is_erased_meanwhile_is_not_found(
    beside: tuple[remanence.Cube, Beside], open_cube: OpenCube
) -> None:
    cube, embedder = beside
    first = cube.recall(QUESTION)[0].item
    other = open_cube()
    embedder.meanwhile = lambda: other.forget(first.id, erase=True)
    assert first.content not in [hit.item.content for hit in cube.recall(QUESTION)]


def test_the_cube_itself_may_write_meanwhile(beside: tuple[remanence.Cube, Beside]) -> None:
    cube, embedder = beside

    def write() -> None:
        embedder.meanwhile = lambda: None
        cube.remember("Ana rows at dawn.")
        assert cube.recall("dawn")[0].item.content == "Ana rows at dawn."

    embedder.meanwhile = write
    assert "Ana rows at dawn." in [hit.item.content for hit in cube.recall(QUESTION)]


def test_an_embedder_that_fails_meanwhile_leaves_the_words(beside: tuple[remanence.Cube, Beside]) -> None:
    cube, embedder = beside

    def fail() -> None:
        raise EmbeddingError("no electricity")

    embedder.meanwhile = fail
    hits = cube.recall(QUESTION)
    assert hits[0].item.content == "Ana rows on the Douro."
    assert "found by its words alone: the embedder failed" in hits[0].why.notes
    embedder.meanwhile = lambda: None
    assert not cube.recall(QUESTION)[0].why.notes


def test_a_fault_of_the_embedder_reaches_the_caller_and_the_next_question_is_answered(
    beside: tuple[remanence.Cube, Beside],
) -> None:
    cube, embedder = beside

    def break_down() -> None:
        raise ZeroDivisionError

    embedder.meanwhile = break_down
    with pytest.raises(ZeroDivisionError):
        cube.recall(QUESTION)
    embedder.meanwhile = lambda: None
    assert cube.recall(QUESTION)[0].item.content == "Ana rows on the Douro."


def test_what_is_wrong_is_said_as_ever(beside: tuple[remanence.Cube, Beside]) -> None:
    cube, _ = beside
    with pytest.raises(NotFound, match="no unit"):
        cube.recall(QUESTION, units=["nowhere"])
    with pytest.raises(NotFound, match="nobody and nothing is known as 'Zoe'"):
        cube.recall(QUESTION, entities=["Zoe"])
    with pytest.raises(InvalidInput, match="the question is empty"):
        cube.recall(" ")


def test_many_threads_find_the_same(beside: tuple[remanence.Cube, Beside]) -> None:
    cube, _ = beside
    expected = told(cube.recall(QUESTION))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: told(cube.recall(QUESTION)), range(64)))
    assert all(one == expected for one in found)
