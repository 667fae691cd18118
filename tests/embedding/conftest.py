"""The engines that the conformance suite runs on, and the default model for tests that need it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_server import embeds_by_hashing, serve

from remanence.embedding.find import find_model
from remanence.embedding.hashing import Hashing
from remanence.embedding.minilm import MiniLM
from remanence.embedding.openai import OpenAICompatible
from remanence.embedding.port import Embedder
from remanence.errors import ModelUnavailable

ENDPOINT_DIMS = 256


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The default model's files, fetched if need be; tests of it are skipped where they can't be had."""
    try:
        return find_model()
    except ModelUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def minilm(model_folder: Path) -> MiniLM:
    """The default embedder, loaded once."""
    return MiniLM(lambda: model_folder)


@pytest.fixture(params=["minilm", "hashing", "openai"])
def engine(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    """One engine of the port after the other."""
    if request.param == "minilm":
        yield request.getfixturevalue("minilm")
    elif request.param == "hashing":
        yield Hashing()
    else:
        with serve(embeds_by_hashing) as server:
            yield OpenAICompatible("m", base_url=f"{server.url}/v1", key="k", dims=ENDPOINT_DIMS)
