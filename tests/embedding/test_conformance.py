"""What every embedder promises, asked of each engine through the port alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remanence.embedding.port import Embedder

ODD_TEXTS = {
    "empty": "",
    "blank": " \t\r\n ",
    "a NUL byte": "before\0after",
    "only a NUL byte": "\0",
    "a lone high surrogate": "a\ud83dz",
    "a lone low surrogate": "\udc00",
    "right to left": "\u202eשלום, מה שלומך?\u202c مرحبا",
    "emoji of several code points": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽",
    "combining marks": "e\u0301" * 40,
    "no spaces": "x" * 3000,
    "the last code point": "\U0010ffff",
    "special tokens": "[CLS] [SEP] [PAD] [MASK] [UNK]",
    "Chinese": "今天天气很好",
}
LONG_TEXT = " ".join(f"On day {day} the crew of ship {day * 7} counted the lamps." for day in range(120))
MODERATE = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one.astype(np.float64) @ other.astype(np.float64))


def test_the_identity_is_the_same_each_time_and_names_the_vectors_length(engine: Embedder) -> None:
    assert engine.identity == engine.identity
    assert engine.query("hello").shape == (engine.identity.dims,)
    assert engine.identity.name in str(engine.identity)


def test_vectors_are_float32_of_length_one(engine: Embedder) -> None:
    found = engine.passages(["The tea is cold.", LONG_TEXT])
    assert found.vectors.dtype == engine.query("x").dtype == np.float32
    assert found.vectors.shape == (len(found.spans), engine.identity.dims)
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(engine.query(LONG_TEXT)), 1, atol=1e-5)


def test_no_texts_give_no_vectors(engine: Embedder) -> None:
    found = engine.passages([])
    assert found.vectors.shape == (0, engine.identity.dims)
    assert found.spans == ()


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_any_string_has_a_vector(engine: Embedder, text: str) -> None:
    for vectors in (engine.passages([text]).vectors, engine.query(text)[None]):
        assert len(vectors) >= 1
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@MODERATE
@given(texts=st.lists(st.text(st.characters(codec=None), max_size=60), max_size=4))
def test_whatever_the_strings_each_is_covered_by_spans_in_order(engine: Embedder, texts: list[str]) -> None:
    found = engine.passages(texts)
    assert [(span.text, span.start, span.end) for span in found.spans] == [
        (index, 0, len(text)) for index, text in enumerate(texts)
    ]
    assert np.isfinite(found.vectors).all()


def test_a_long_text_is_covered_by_spans_that_overlap(engine: Embedder) -> None:
    found = engine.passages(["short", LONG_TEXT, "last"])
    long = [span for span in found.spans if span.text == 1]
    assert [span.text for span in found.spans] == [0, *[1] * len(long), 2]
    assert len(long) > 2
    assert long[0].start == 0
    assert long[-1].end == len(LONG_TEXT)
    for before, after in pairwise(long):
        assert before.start < after.start < before.end < after.end


def test_each_span_of_a_long_text_stands_for_its_own_words(engine: Embedder) -> None:
    found = engine.passages([LONG_TEXT])
    for span, vector in zip(found.spans, found.vectors, strict=True):
        alone = engine.passages([LONG_TEXT[span.start : span.end]])
        assert cosine(alone.vectors[0], vector) > 0.999


def test_the_end_of_a_long_text_is_found_by_its_span(engine: Embedder) -> None:
    text = LONG_TEXT + " Finally Marguerite baked a rhubarb cake."
    found = engine.passages([text])
    scores = found.vectors @ engine.query("Marguerite baked a rhubarb cake")
    assert int(scores.argmax()) == len(found.spans) - 1


def test_a_text_has_the_same_vector_alone_and_among_others(engine: Embedder) -> None:
    texts = ["Tea?", "The tea is cold.", LONG_TEXT[:600], "", "The night train leaves at nine."] * 8
    together = engine.passages(texts)
    assert len(together.spans) == len(texts)
    for text, vector in zip(texts[:5], together.vectors, strict=False):
        assert cosine(engine.passages([text]).vectors[0], vector) > 0.99999
        assert cosine(engine.query(text), vector) > 0.99999


def test_the_order_of_texts_does_not_matter(engine: Embedder) -> None:
    texts = ["one lamp", LONG_TEXT[:500], "two lamps and a kettle", "three"]
    forth, back = engine.passages(texts), engine.passages(texts[::-1])
    assert np.abs(forth.vectors - back.vectors[::-1]).max() < 1e-5


def test_a_query_is_nearest_to_the_text_that_shares_its_words(engine: Embedder) -> None:
    texts = ["Alice is allergic to peanuts.", "The night train leaves at nine.", "He paints old boats."]
    for query, expected in (("is Alice allergic to peanuts?", 0), ("when leaves the night train", 1)):
        assert int((engine.passages(texts).vectors @ engine.query(query)).argmax()) == expected


def test_a_query_too_long_for_one_span_is_the_mean_of_its_spans(engine: Embedder) -> None:
    mean = engine.passages([LONG_TEXT]).vectors.mean(axis=0)
    assert cosine(engine.query(LONG_TEXT), mean / np.linalg.norm(mean)) > 0.9999


def test_threads_share_one_embedder(engine: Embedder) -> None:
    texts = [f"lamp number {number}" for number in range(12)]
    expected = engine.passages(texts).vectors
    with ThreadPoolExecutor(4) as pool:
        found = np.stack(list(pool.map(engine.query, texts)))
    assert np.abs(found - expected).max() < 1e-5
