"""Questions that nobody should ask, and embedders that answer wrongly: handled, and said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import remanence
from opening import OpenCube
from remanence import Cube
from remanence.embedding.hashing import Hashing
from remanence.embedding.openai import OpenAICompatible
from remanence.embedding.port import Passages, Span
from remanence.errors import InvalidInput
from remanence.verbs.question_vectors import BY_WORDS_ALONE, EMBEDDER_FAILED
from remanence.verbs.recalling import QUESTION_CHARS_MAX
from scripted_server import Asked, send, serving

TEXTS = (
    "Alice is allergic to peanuts",
    "Mój rower stoi w piwnicy",
    "明日は東京で会議があります",
    "Kokous on maanantaina",
)
Vectors = npt.NDArray[np.float32]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    cube = open_cube(embedder="hashing")
    for text in TEXTS:
        cube.remember(text)
    return cube


ODD = {
    "stop words only": "what is the of and to a?",
    "emoji only": "🥜🚲🤔",
    "punctuation only": "?!… --",
    "a language that the model does not know": "የት ነው ብስክሌቴ?",
    "FTS syntax": 'NEAR("peanuts" rower, 5) AND text:* OR "',
    "SQL": "'; DROP TABLE revision; --",
    "a lone surrogate": "peanuts \ud800",
    "NUL": "peanuts\x00rower",
    "one long word": "x" * 50_000,
    "right to left and marks": "\u202eallergic\u202c p\u0301eanuts",
}


@pytest.mark.parametrize("question", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("embedder", ["hashing", None])
def test_an_odd_question_is_answered_with_sound_scores_and_changes_nothing(
    open_cube: OpenCube, question: str, embedder: str | None
) -> None:
    cube = open_cube(embedder=embedder)
    for text in TEXTS:
        cube.remember(text)
    head = cube.stats().journal_head
    hits = cube.recall(question)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert 0 <= hits.answered <= 1
    assert {hit.item.content for hit in hits} <= set(TEXTS)
    assert (cube.stats().journal_head, cube.check()) == (head, ())
    cube.explain(question)


def test_without_a_word_to_look_for_and_without_meaning_there_is_no_hit(open_cube: OpenCube) -> None:
    cube = open_cube(embedder=None)
    cube.remember(TEXTS[0])
    for name in ("stop words only", "emoji only", "punctuation only"):
        assert list(cube.recall(ODD[name])) == []


def test_syntax_in_a_question_is_words_and_nothing_more(cube: Cube) -> None:
    assert cube.recall(ODD["FTS syntax"], k=1)[0].item.content in TEXTS[:2]


def test_a_question_of_100_000_characters_is_answered_and_one_more_is_refused(cube: Cube) -> None:
    question = ("peanuts " * QUESTION_CHARS_MAX)[:QUESTION_CHARS_MAX]
    assert cube.recall(question, k=1)[0].item.content == TEXTS[0]
    with pytest.raises(InvalidInput, match="QUESTION_CHARS_MAX"):
        cube.recall(question + "s")


@dataclass(frozen=True)
class Spoilt:
    """The hashing embedder, its vectors spoilt on the way."""

    spoil: Callable[[Vectors], Vectors]
    identity = Hashing().identity

    def passages(self, texts: Sequence[str]) -> Passages:
        found = Hashing().passages(texts)
        return Passages(self.spoil(found.vectors), found.spans)

    def query(self, text: str) -> Vectors:
        return self.spoil(Hashing().query(text))


class HalfABatch(Spoilt):
    """Leaves out every text but the first."""

    def passages(self, texts: Sequence[str]) -> Passages:
        found = Hashing().passages(texts[:1])
        return Passages(found.vectors, tuple(Span(0, one.start, one.end) for one in found.spans))


def not_a_number(vectors: Vectors) -> Vectors:
    spoilt = vectors.copy()
    spoilt[..., 3] = np.nan
    return spoilt


SPOILT = {
    "not a number": Spoilt(not_a_number),
    "infinity": Spoilt(lambda vectors: vectors * np.float32(np.inf)),
    "all 0": Spoilt(np.zeros_like),
    "too few dimensions": Spoilt(lambda vectors: vectors[..., :100]),
    "too many dimensions": Spoilt(lambda vectors: np.repeat(vectors, 2, axis=-1)),
    "no unit vectors": Spoilt(lambda vectors: vectors * np.float32(7)),
}


@pytest.mark.parametrize("embedder", SPOILT.values(), ids=SPOILT.keys())
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_an_embedder_that_gives_no_vectors_costs_their_road_and_says_so(
    tmp_path: Path, embedder: Spoilt
) -> None:
    with remanence.open(tmp_path / "a.cube", embedder=embedder) as cube:
        cube.observe([{"role": "user", "content": text} for text in TEXTS], session="s")
        hits = cube.recall("peanuts")
        assert hits[0].item.content == TEXTS[0]
        assert EMBEDDER_FAILED in hits[0].why.notes
        assert cube.stats().counts["texts without vector"] >= len(TEXTS)
        assert cube.stats().counts["vectors"] == 0
    with remanence.open(tmp_path / "a.cube", embedder="hashing") as cube:
        assert cube.embed_pending() >= len(TEXTS)
        assert EMBEDDER_FAILED not in cube.recall("peanuts")[0].why.notes


def test_half_a_batch_leaves_all_of_it_waiting(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", embedder=HalfABatch(lambda vectors: vectors)) as cube:
        cube.observe([{"role": "user", "content": text} for text in TEXTS], session="s")
        assert cube.stats().counts["vectors"] == 0
        assert cube.recall("peanuts")[0].item.content == TEXTS[0]


def answers(body: object) -> Callable[[BaseHTTPRequestHandler, Asked], None]:
    return lambda handler, request: send(handler, 200, json.dumps(body).encode(), None, kind=None)


ENDPOINTS = {
    "not a number": {"data": [{"index": 0, "embedding": [float("nan"), 1.0]}]},
    "other dimensions": {"data": [{"index": 0, "embedding": [1.0, 0.0, 0.0]}]},
    "half the batch": {"data": []},
}


@pytest.mark.parametrize("body", ENDPOINTS.values(), ids=ENDPOINTS.keys())
def test_an_endpoint_that_answers_wrongly_costs_its_road_and_says_so(tmp_path: Path, body: object) -> None:
    with serving([answers(body)], Asked) as server:
        embedder = OpenAICompatible("m", base_url=f"{server.url}/v1", dims=2, sleep=lambda seconds: None)
        with remanence.open(tmp_path / "a.cube", embedder=embedder) as cube:
            cube.observe([{"role": "user", "content": text} for text in TEXTS], session="s")
            hits = cube.recall("peanuts")
            assert (hits[0].item.content, EMBEDDER_FAILED in hits[0].why.notes) == (TEXTS[0], True)
            assert cube.stats().counts["texts without vector"] >= len(TEXTS)


def test_without_an_embedder_each_hit_says_so(open_cube: OpenCube) -> None:
    cube = open_cube(embedder=None)
    cube.remember(TEXTS[1])
    assert BY_WORDS_ALONE in cube.recall("rower")[0].why.notes
