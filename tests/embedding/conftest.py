"""The engines that the conformance suite runs on, and the default model for tests that need it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_server import embeds_by_hashing, serve
from model_folders import for_fastembed, for_sentence_transformers

from remanence.embedding import fastembed, sentence_transformers
from remanence.embedding.find import find_model
from remanence.embedding.hashing import Hashing
from remanence.embedding.local_model import LocalModel
from remanence.embedding.minilm import DIMS, MiniLM
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


@pytest.fixture(scope="session")
def by_sentence_transformers(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """The default model, run by sentence-transformers."""
    pytest.importorskip("sentence_transformers", reason="the extra sentence-transformers is not installed")
    folder = tmp_path_factory.mktemp("st") / "mini"
    return sentence_transformers.open_model(str(for_sentence_transformers(model_folder, folder)))


@pytest.fixture(scope="session")
def by_fastembed(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """The default model, run by fastembed, to which it is made known under a name of its own."""
    fe = pytest.importorskip("fastembed", reason="the extra fastembed is not installed")
    from fastembed.common.model_description import ModelSource, PoolingType

    fe.TextEmbedding.add_custom_model(
        "local/mini",
        pooling=PoolingType.DISABLED,
        normalization=False,
        sources=ModelSource(hf="local/mini"),
        dim=DIMS,
        model_file="model.onnx",
        additional_files=["model.safetensors"],
    )
    folder = for_fastembed(model_folder, tmp_path_factory.mktemp("fe") / "mini")
    return fastembed.open_model("local/mini", folder=folder)


@pytest.fixture(params=["minilm", "hashing", "openai", "by_sentence_transformers", "by_fastembed"])
def engine(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    """One engine of the port after the other."""
    if request.param == "hashing":
        yield Hashing()
    elif request.param != "openai":
        yield request.getfixturevalue(request.param)
    else:
        with serve(embeds_by_hashing) as server:
            yield OpenAICompatible("m", base_url=f"{server.url}/v1", key="k", dims=ENDPOINT_DIMS)
