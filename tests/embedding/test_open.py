"""A name becomes the embedder it means."""

from __future__ import annotations

import pytest

from remanence.embedding.open import open_embedder
from remanence.errors import InvalidInput


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("minilm", "all-MiniLM-L6-v2"),
        ("hashing", "hashing"),
        ("openai:text-embedding-3-small", "openai:text-embedding-3-small"),
    ],
)
def test_a_name_opens_its_embedder_without_loading_it(spec: str, name: str) -> None:
    embedder = open_embedder(spec)
    assert embedder.identity.name == name


def test_the_default_is_the_model_that_needs_no_key() -> None:
    embedder = open_embedder()
    assert embedder.identity.dims == 384


@pytest.mark.parametrize("spec", ["", "MiniLM", "bert", "openai"])
def test_another_name_is_refused_with_the_names_there_are(spec: str) -> None:
    with pytest.raises(InvalidInput, match="minilm, hashing, openai:MODEL"):
        open_embedder(spec)


def test_an_endpoint_without_a_model_is_refused() -> None:
    with pytest.raises(InvalidInput, match="must be named"):
        open_embedder("openai:")
