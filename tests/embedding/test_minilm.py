"""The default embedder gives the vectors of the reference implementation, and loads late."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from remanence.embedding.lazily import RETRY_AFTER_S
from remanence.embedding.minilm import GRAPH, QUERY_SPANS_MAX, MiniLM
from remanence.embedding.model_files import verify
from remanence.embedding.pieces import batches_by_length
from remanence.errors import ModelUnavailable

GOLDEN = json.loads((Path(__file__).parent / "golden_minilm.json").read_text(encoding="utf-8"))["components"]
TOOLS = Path(__file__).parents[2] / "tools"
GRAPH_MAX_BYTES = 30_000


@pytest.mark.parametrize("entry", GOLDEN, ids=lambda entry: entry["text"][:20] or "empty")
def test_vectors_are_those_of_the_reference(minilm: MiniLM, entry: dict[str, str | list[float]]) -> None:
    text = str(entry["text"])
    np.testing.assert_allclose(minilm.query(text)[:8], entry["first"], atol=2e-6)


def test_a_batch_gives_the_reference_vectors_too(minilm: MiniLM) -> None:
    found = minilm.passages([entry["text"] for entry in GOLDEN])
    expected = [entry["first"] for entry in GOLDEN]
    np.testing.assert_allclose(found.vectors[:, :8], expected, atol=2e-6)


def test_what_a_tokenizer_cannot_read_counts_for_nothing(minilm: MiniLM) -> None:
    plain = minilm.query("a warm kettle")
    for text in ("a warm\0 kettle", "a \ud800warm kettle", "\ufffda warm kettle\0"):
        assert np.abs(minilm.query(text) - plain).max() < 1e-6


def test_meaning_is_nearer_than_words(minilm: MiniLM) -> None:
    texts = ["Bob's cat fell ill on Monday.", "The bank of the river was steep.", "I paid at the bank."]
    assert int((minilm.passages(texts).vectors @ minilm.query("sick pet")).argmax()) == 0


def test_what_exceeds_the_bound_of_spans_is_not_asked_for(minilm: MiniLM) -> None:
    text = "a " * (QUERY_SPANS_MAX * 300)
    assert np.abs(minilm.query(text) - minilm.query(text + "lighthouse " * 50)).max() < 1e-6


def test_every_row_is_in_one_batch_and_no_batch_is_too_large() -> None:
    lengths = [(number * 37) % 255 + 2 for number in range(400)]
    batches = list(batches_by_length(lengths, pieces_max=512))
    assert sorted(row for batch in batches for row in batch) == list(range(400))
    assert all(len(batch) * max(lengths[row] for row in batch) <= 512 for batch in batches)


def test_the_model_is_looked_for_at_the_first_text_and_not_at_each_after_a_failure() -> None:
    asked: list[float] = []
    clock = [100.0]

    def nowhere() -> Path:
        asked.append(clock[-1])
        raise ModelUnavailable("nowhere")

    embedder = MiniLM(nowhere, clock_s=lambda: clock[-1])
    assert embedder.identity.dims == 384
    for passed_s in (0.0, 1.0, RETRY_AFTER_S, 1.0):
        clock.append(clock[-1] + passed_s)
        with pytest.raises(ModelUnavailable, match="nowhere"):
            embedder.query("hello")
    assert asked == [100.0, 101.0 + RETRY_AFTER_S]


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match=r"the model in .* cannot be loaded"):
        MiniLM(lambda: tmp_path).query("hello")


def test_opening_an_embedder_imports_neither_numpy_nor_an_engine() -> None:
    program = (
        "import sys; from remanence.embedding.open import open_embedder; open_embedder('minilm').identity;"
        "late = {'numpy', 'onnxruntime', 'tokenizers', 'http.client', 'ssl'} & sys.modules.keys();"
        "sys.exit(f'imported early: {late}' if late else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_graph_is_small_and_holds_no_weights() -> None:
    assert GRAPH.stat().st_size < GRAPH_MAX_BYTES


def test_the_graph_is_what_its_builder_builds(model_folder: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the builder needs the package onnx")
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from build_minilm_graph import build; weights = Path(sys.argv[2], 'model.safetensors');"
        "sys.stdout.buffer.write(build(weights).SerializeToString())"
    )
    command = [sys.executable, "-c", program, str(TOOLS), str(model_folder)]
    built = subprocess.run(command, check=True, capture_output=True).stdout
    assert onnx.load_model_from_string(built) == onnx.load_model(str(GRAPH), load_external_data=False)


def test_the_files_of_the_model_are_whole(model_folder: Path) -> None:
    verify(model_folder)
