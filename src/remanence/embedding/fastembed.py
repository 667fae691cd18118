"""Models of the package fastembed, which run on onnxruntime; the extra of that name brings it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from remanence.embedding.card import known_prefixes
from remanence.embedding.local_model import Facts, LocalModel, require
from remanence.errors import InvalidInput

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from remanence.embedding.port import Vectors

    class Description(Protocol):
        """What is used of fastembed's description of a model."""

        model_file: str
        additional_files: list[str]

    class Inner(Protocol):
        """What is used of the model inside of a fastembed.TextEmbedding."""

        tokenizer: Tokenizer | None
        model_description: Description
        _model_dir: Path

    class Model(Protocol):
        """What is used of fastembed.TextEmbedding."""

        model: Inner
        embedding_size: int

        def query_embed(self, query: list[str], *, batch_size: int) -> Iterable[Vectors]:
            """A vector of each question."""
            ...

        def passage_embed(self, texts: list[str], *, batch_size: int) -> Iterable[Vectors]:
            """A vector of each passage."""
            ...


KIND = "fastembed"
READS_PIECES_DEFAULT = 512  # of a tokenizer that does not say


def open_model(name: str, *, folder: Path | None = None, fetches: bool = True) -> LocalModel:
    """The model that fastembed knows by this name; its files are in `folder`, or in fastembed's cache.

    Where they are in neither they are fetched, if it `fetches`.

    Raises InvalidInput for an empty name.
    """
    if not name:
        raise InvalidInput(f"{KIND}: must be followed by a model's name; got an empty one")
    return LocalModel(f"{KIND}:{name}", lambda: _Runner(_loaded(name, folder, fetches=fetches), name))


def _loaded(name: str, folder: Path | None, *, fetches: bool) -> Model:
    require("fastembed", kind=KIND, name=name)
    from fastembed import TextEmbedding

    further = {} if folder is None else {"specific_model_path": str(folder)}
    model: Model = TextEmbedding(name, local_files_only=not fetches, **further)
    return model


class _Runner:
    """See local_model.Runner."""

    def __init__(self, model: Model, name: str) -> None:
        self._model = model
        self.facts = _facts(model, name)

    def own_tokenizer(self) -> Tokenizer | None:
        from tokenizers import Tokenizer

        own: Tokenizer | None = getattr(self._model.model, "tokenizer", None)
        return None if own is None else Tokenizer.from_str(own.to_str())

    def run(self, texts: Sequence[str], *, prefix: str, is_query: bool) -> Vectors:
        import numpy as np

        embed = self._model.query_embed if is_query else self._model.passage_embed
        return np.stack(list(embed([prefix + text for text in texts], batch_size=len(texts)))).astype(
            np.float32
        )


def _facts(model: Model, name: str) -> Facts:
    tokenizer = getattr(model.model, "tokenizer", None)
    truncation = (tokenizer.truncation if tokenizer is not None else None) or {}
    return Facts(
        dims=model.embedding_size,
        weights=_digest(model),
        pooling=type(model.model).__name__,
        reads_pieces=int(truncation.get("max_length", READS_PIECES_DEFAULT)),
        prefixes=known_prefixes(name),
    )


def _digest(model: Model) -> str:
    """Of the files that the model was loaded from."""
    description, folder = model.model.model_description, Path(model.model._model_dir)
    digest = hashlib.sha256()
    for file in (description.model_file, *description.additional_files):
        with (folder / file).open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()
