"""Models that other packages run: what they are asked for, told apart by, and refused for."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from model_folders import for_sentence_transformers
from tokenizers import Tokenizer

import remanence
from remanence.embedding import sentence_transformers
from remanence.embedding.card import Prefixes, known_prefixes
from remanence.embedding.local_model import Facts, LocalModel
from remanence.embedding.minilm import MiniLM
from remanence.embedding.open import REGISTRY, open_embedder
from remanence.embedding.port import Embedder
from remanence.errors import EmbeddingError, ExtraMissing, InvalidInput, ModelUnavailable

LONG = " ".join(f"On day {day} the crew of ship {day * 7} counted the lamps." for day in range(120))


class Counting:
    """A model in whose place letters are counted; it tells what it was given."""

    def __init__(self, folder: Path | None = None, **facts: object) -> None:
        known: dict[str, object] = {
            "dims": 26,
            "weights": "w",
            "pooling": "sum",
            "reads_pieces": 32,
            "prefixes": Prefixes("query: ", "passage: "),
        }
        self.facts = Facts(**(known | facts))  # type: ignore[arg-type]  # a test's own
        self.given: list[list[str]] = []
        self._folder = folder

    def own_tokenizer(self) -> Tokenizer | None:
        """The default model's, or none."""
        return None if self._folder is None else Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    def run(self, texts: Sequence[str], *, prefix: str, is_query: bool) -> np.ndarray:
        """How often each letter stands in each text."""
        self.given.append([prefix + text for text in texts])
        letters = [[1e-6 + text.count(chr(97 + n)) for n in range(26)] for text in texts]
        return np.array(letters, np.float32)


def test_a_question_and_a_passage_have_what_the_model_wants_before_them() -> None:
    runner = Counting()
    model = LocalModel("counting", lambda: runner)
    model.query("tea")
    model.passages(["tea", "coffee"])
    assert runner.given[0] == ["query: tea"]
    assert sorted(runner.given[1]) == ["passage: coffee", "passage: tea"]


@pytest.mark.parametrize("with_tokenizer", [False, True])
def test_a_span_and_its_prefix_fit_the_models_window(model_folder: Path, with_tokenizer: bool) -> None:
    runner = Counting(model_folder if with_tokenizer else None)
    found = LocalModel("counting", lambda: runner).passages([LONG, "short"])
    given = [text for batch in runner.given for text in batch]
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    assert max(len(tokenizer.encode(text).ids) for text in given) <= 32
    assert found.spans[0].start == 0
    assert max(span.end for span in found.spans if span.text == 0) == len(LONG)
    assert found.spans[-1].text == 1


@pytest.mark.parametrize(
    "other",
    [{"weights": "v"}, {"pooling": "mean"}, {"reads_pieces": 64}, {"prefixes": Prefixes()}, {"dims": 25}],
    ids=lambda other: next(iter(other)),
)
def test_another_way_of_making_vectors_is_another_identity(other: dict[str, object]) -> None:
    one = LocalModel("counting", Counting).identity
    assert one == LocalModel("counting", Counting).identity
    assert one != LocalModel("counting", lambda: Counting(**other)).identity  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("vectors", "told"),
    [
        (np.zeros((1, 26), np.float32), "all 0"),
        (np.full((1, 26), np.nan, np.float32), "not finite"),
        (np.ones((1, 25), np.float32), r"shape \(1, 25\); expected \(1, 26\)"),
        (np.ones((2, 26), np.float32), r"shape \(2, 26\)"),
    ],
    ids=["all 0", "not a number", "too short", "too many"],
)
def test_what_a_model_should_not_give_is_refused(vectors: np.ndarray, told: str) -> None:
    runner = Counting()
    runner.run = lambda texts, prefix, is_query: vectors  # type: ignore[method-assign]  # a broken model
    model = LocalModel("counting", lambda: runner)
    with pytest.raises(EmbeddingError, match=told):
        model.query("tea")
    with pytest.raises(EmbeddingError, match=told):
        model.passages(["tea"])


def test_a_model_that_fails_while_it_runs_gives_an_embedding_error(tmp_path: Path) -> None:
    runner = Counting()

    def run(texts: Sequence[str], *, prefix: str, is_query: bool) -> np.ndarray:
        raise RuntimeError("out of memory\nsee the manual")

    model = LocalModel("counting", lambda: runner)
    with remanence.open(tmp_path / "a.cube", embedder=model, reader=None) as cube:
        runner.run = run  # type: ignore[method-assign]  # from here on
        cube.remember("tea is green")
        assert cube.recall("tea")[0].item.content == "tea is green"
        with pytest.raises(EmbeddingError, match=r"counting failed: out of memory$"):
            cube.embed_pending()


def test_whatever_goes_wrong_while_a_model_is_loaded_is_one_error() -> None:
    def load() -> Counting:
        raise OSError("no such file")

    with pytest.raises(ModelUnavailable, match="the model counting cannot be loaded: no such file"):
        LocalModel("counting", load).query("tea")


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("intfloat/e5-small-v2", "query: "),
        ("intfloat/multilingual-e5-large", "query: "),
        ("intfloat/multilingual-e5-large-instruct", "Instruct: "),
        ("Snowflake/snowflake-arctic-embed-m-v1.5", "Represent this sentence"),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: "),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence"),
        ("BAAI/bge-m3", ""),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: "),
        ("sentence-transformers/all-MiniLM-L6-v2", ""),
    ],
)
def test_models_are_known_by_name_for_what_they_want_before_a_question(model: str, query: str) -> None:
    found = known_prefixes(model).query
    assert found.startswith(query)
    assert bool(found) is bool(query)


@pytest.mark.parametrize("kind", ["sentence-transformers", "fastembed"])
def test_a_missing_package_is_named_with_its_extra_and_no_cube_is_made(kind: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(kind.replace("-", "_")) is not None:
        pytest.skip(f"{kind} is installed")
    with pytest.raises(ExtraMissing, match=rf"pip install 'remanence\[{kind}\]'"):
        remanence.open(tmp_path / "a.cube", embedder=f"{kind}:some/model")
    assert not (tmp_path / "a.cube").exists()


@pytest.mark.parametrize("spec", ["sentence-transformers:", "sentence-transformers:@main", "fastembed:"])
def test_a_kind_without_a_model_is_refused(spec: str) -> None:
    with pytest.raises(InvalidInput, match="must be followed by a model's name"):
        open_embedder(spec)


def test_every_kind_in_the_registry_has_another_beginning_and_says_what_it_is() -> None:
    assert len({entry.kind for entry in REGISTRY}) == len(REGISTRY)
    assert all(entry.what for entry in REGISTRY)


@pytest.mark.parametrize("adapter", ["by_sentence_transformers", "by_fastembed"])
def test_both_packages_give_the_default_models_vectors(
    adapter: str, minilm: MiniLM, request: pytest.FixtureRequest
) -> None:
    model: Embedder = request.getfixturevalue(adapter)
    texts = ["The tea is cold.", "Bruno pinta barcos velhos", "猫は縁側で寝ている", ""]
    found, expected = model.passages(texts).vectors, minilm.passages(texts).vectors
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert model.identity.dims == minilm.identity.dims
    assert model.identity != minilm.identity


@pytest.mark.parametrize("adapter", ["by_sentence_transformers", "by_fastembed"])
def test_a_cube_is_embedded_anew_by_them_and_answers(
    adapter: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model: Embedder = request.getfixturevalue(adapter)
    with remanence.open(tmp_path / "a.cube", embedder="hashing", reader=None) as cube:
        cube.observe(
            [{"role": "user", "content": text} for text in ("My sister adores tea", "It rains", LONG)]
        )
        assert cube.reembed(model) == 3
        assert cube.recall("which drink is loved by a sibling")[0].item.content == "My sister adores tea"
    with remanence.open(tmp_path / "a.cube", embedder=model) as cube:
        assert cube.recall("a drink")[0].item.content == "My sister adores tea"


def test_the_same_weights_in_another_folder_are_the_same_embedder(
    by_sentence_transformers: LocalModel, model_folder: Path, tmp_path: Path
) -> None:
    elsewhere = for_sentence_transformers(model_folder, tmp_path / "elsewhere" / "mini")
    spec = f"sentence-transformers:{elsewhere}"
    assert open_embedder(spec).identity == by_sentence_transformers.identity
    assert str(tmp_path) not in open_embedder(spec).identity.name
    card = open_embedder(spec).card
    assert card.pooling == "mean"
    assert card.identity.dims == 384


def test_what_a_cube_names_is_neither_fetched_nor_taken_from_a_folder(
    by_sentence_transformers: LocalModel,
    model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remanence.open(tmp_path / "a.cube", embedder=by_sentence_transformers).close()
    monkeypatch.chdir(tmp_path)
    folder = for_sentence_transformers(model_folder, tmp_path / "mini")
    with pytest.raises(ModelUnavailable, match=r"What a cube names is not fetched: name it, or the folder"):
        remanence.open(tmp_path / "a.cube")
    with remanence.open(tmp_path / "a.cube", embedder=f"sentence-transformers:{folder}") as cube:
        assert cube.recall("tea") == []


@pytest.mark.parametrize("adapter", ["sentence_transformers", "fastembed"])
def test_a_model_that_can_not_be_loaded_is_named(adapter: str, tmp_path: Path) -> None:
    pytest.importorskip(adapter)
    (tmp_path / "empty").mkdir()
    kind = adapter.replace("_", "-")
    name = tmp_path / "empty" if kind == sentence_transformers.KIND else "no/such-model"
    with pytest.raises(ModelUnavailable, match=rf"the model {kind}:.* cannot be loaded"):
        open_embedder(f"{kind}:{name}").query("tea")
