"""Models of the package sentence-transformers, from its hub or a folder; the extra of that name brings it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from remanence.embedding.card import Prefixes, known_prefixes
from remanence.embedding.local_model import Facts, LocalModel, require
from remanence.errors import InvalidInput, ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from remanence.embedding.port import Vectors

    class Weights(Protocol):
        """What is used of torch.nn.Parameter."""

        def detach(self) -> Weights:
            """Without its gradient."""
            ...

        def cpu(self) -> Weights:
            """In this machine's memory."""
            ...

        def contiguous(self) -> Weights:
            """Number after number."""
            ...

        def view(self, dtype: object) -> Weights:
            """As numbers of another type."""
            ...

        def numpy(self) -> NDArray[np.uint8]:
            """As an array."""
            ...

    class Model(Protocol):
        """What is used of sentence_transformers.SentenceTransformer."""

        prompts: dict[str, str]
        max_seq_length: int | None
        tokenizer: object

        def encode_query(self, inputs: list[str], **how: object) -> Vectors:
            """Vectors of questions."""
            ...

        def encode_document(self, inputs: list[str], **how: object) -> Vectors:
            """Vectors of passages."""
            ...

        def parameters(self) -> Iterator[Weights]:
            """Its weights."""
            ...

        def __iter__(self) -> Iterator[object]:
            """Its parts."""
            ...


KIND = "sentence-transformers"
READS_PIECES_DEFAULT = 512  # of a model that does not say
PASSAGE_PROMPTS = ("document", "passage", "corpus")  # the names that models give the prompt of a passage


def open_model(wanted: str, *, fetches: bool = True) -> LocalModel:
    """The model of this name, NAME or NAME@REVISION, or in this folder; raises InvalidInput for none.

    A folder goes by its last name, so that a cube is opened where the folder lies elsewhere. Where it
    `fetches` nothing, the model is taken from the hub's cache alone, and from no folder.
    """
    name, _, revision = wanted.partition("@")
    if not name:
        raise InvalidInput(f"{KIND}: must be followed by a model's name; got {wanted!r}")
    folder = Path(wanted).expanduser()
    if fetches and folder.is_dir():
        wanted, name, revision = folder.resolve().name, str(folder), ""
    return LocalModel(
        f"{KIND}:{wanted}", lambda: _Runner(_loaded(name, revision or None, fetches=fetches), name)
    )


def _loaded(name: str, revision: str | None, *, fetches: bool) -> Model:
    require("sentence_transformers", kind=KIND, name=name)
    if not fetches and Path(name).exists():  # the package would take it for the model
        raise ModelUnavailable(f"a file or folder {name} is here, which is not taken for the model {name}")
    from sentence_transformers import SentenceTransformer

    model: Model = SentenceTransformer(name, revision=revision, local_files_only=not fetches)
    return model


class _Runner:
    """See local_model.Runner."""

    def __init__(self, model: Model, name: str) -> None:
        self._model = model
        self.facts = _facts(model, name)

    def own_tokenizer(self) -> Tokenizer | None:
        backend: Tokenizer | None = getattr(self._model.tokenizer, "backend_tokenizer", None)
        return copy.deepcopy(backend)

    def run(self, texts: Sequence[str], *, prefix: str, is_query: bool) -> Vectors:
        encode = self._model.encode_query if is_query else self._model.encode_document
        vectors: Vectors = encode(
            list(texts), prompt=prefix, batch_size=len(texts), show_progress_bar=False, convert_to_numpy=True
        )
        return vectors


def _facts(model: Model, name: str) -> Facts:
    return Facts(
        dims=int(model.encode_document([""], show_progress_bar=False).shape[1]),
        weights=_digest(model),
        pooling=_pooling(model),
        reads_pieces=model.max_seq_length or READS_PIECES_DEFAULT,
        prefixes=_prefixes(model, name),
    )


def _prefixes(model: Model, name: str) -> Prefixes:
    """What the model says itself, else what is known of it."""
    passage = next((model.prompts[one] for one in PASSAGE_PROMPTS if model.prompts.get(one)), "")
    own = Prefixes(model.prompts.get("query") or "", passage)
    return own if own != Prefixes() else known_prefixes(name)


def _pooling(model: Model) -> str:
    """How pieces become one vector, as the model's parts say: "mean", "cls"."""
    modes = (getattr(module, "pooling_mode", None) for module in model)
    return next(
        (mode if isinstance(mode, str) else "+".join(mode) for mode in modes if mode), "the model's own"
    )


def _digest(model: Model) -> str:
    """Of the weights as they are in memory, whatever their parts are called and in whichever order."""
    import torch

    tensors = (tensor.detach().cpu().contiguous() for tensor in model.parameters())
    parts = sorted(hashlib.sha256(tensor.view(torch.uint8).numpy().tobytes()).digest() for tensor in tensors)
    return hashlib.sha256(b"".join(parts)).hexdigest()
