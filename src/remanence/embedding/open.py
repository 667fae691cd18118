"""The registry: from the name that a user gives to the embedder it means. None is loaded before its use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from remanence.embedding.card import Carded
from remanence.embedding.progress import Progress, silent
from remanence.errors import InvalidInput

DEFAULT_SPEC = "minilm"
DEFAULT_NAME = "all-MiniLM-L6-v2"  # the name in its identity
ENDPOINT_PREFIX = "openai:"


@dataclass(frozen=True, slots=True)
class _How:
    """What an embedder is opened with beside its name; see open_embedder."""

    progress: Progress
    dims: int | None
    fetches: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of embedder: how it is named, what it is, and the extra that brings its package.

    `open` is given what stands behind the colon.
    """

    form: str  # as it is typed, with what is to be filled in: "openai:MODEL"
    what: str
    open: Callable[[str, _How], Carded]
    extra: str | None = None

    @property
    def kind(self) -> str:
        """What its names begin with."""
        return self.form.partition(":")[0]

    @property
    def takes_model(self) -> bool:
        """Whether a model's name stands behind the colon."""
        return ":" in self.form

    @property
    def is_installed(self) -> bool:
        """Whether what it needs is there."""
        return self.extra is None or find_spec(self.extra.replace("-", "_")) is not None


def _minilm(_: str, how: _How) -> Carded:
    from remanence.embedding.find import find_model
    from remanence.embedding.minilm import MiniLM

    return MiniLM(lambda: find_model(progress=how.progress))


def _hashing(_: str, how: _How) -> Carded:
    from remanence.embedding.hashing import Hashing

    return Hashing()


def _openai(model: str, how: _How) -> Carded:
    from remanence.embedding.openai import OpenAICompatible

    return OpenAICompatible(model, dims=how.dims)


def _sentence_transformers(model: str, how: _How) -> Carded:
    from remanence.embedding import sentence_transformers

    return sentence_transformers.open_model(model, fetches=how.fetches)


def _fastembed(model: str, how: _How) -> Carded:
    from remanence.embedding import fastembed

    return fastembed.open_model(model, fetches=how.fetches)


REGISTRY = (
    Entry(DEFAULT_SPEC, "all-MiniLM-L6-v2 on this machine, made for English; the default", _minilm),
    Entry("hashing", "words and their parts, without a model: for tests", _hashing),
    Entry(f"{ENDPOINT_PREFIX}MODEL", "an endpoint that speaks /v1/embeddings, at OPENAI_BASE_URL", _openai),
    Entry(
        "sentence-transformers:NAME[@REVISION]",
        "a model of its hub, or in a folder, on torch",
        _sentence_transformers,
        extra="sentence-transformers",
    ),
    Entry("fastembed:NAME", "a model that fastembed knows, on onnxruntime", _fastembed, extra="fastembed"),
)


def spec_of(name: str) -> str:
    """What to ask `open_embedder` for, to get the embedder whose identity bears this name."""
    return DEFAULT_SPEC if name == DEFAULT_NAME else name


def open_embedder(
    spec: str = DEFAULT_SPEC, *, dims: int | None = None, fetches: bool = True, progress: Progress = silent
) -> Carded:
    """The embedder of this name, by the registry.

    `dims` tells the length of an endpoint's vectors where it is known, so that it need not be asked for.
    Where it `fetches` nothing, the default model alone, whose hash is known, is fetched all the same, and
    `progress` is told of that; it happens at the first text if the model is not on this machine. Raises
    InvalidInput for another name; what a missing extra is needed for says so when it is used.

    >>> open_embedder("minilm").identity.dims
    384
    """
    kind, colon, model = spec.partition(":")
    for entry in REGISTRY:
        if entry.kind == kind and entry.takes_model == bool(colon):
            return entry.open(model, _How(progress, dims, fetches))
    forms = ", ".join(entry.form for entry in REGISTRY)
    raise InvalidInput(f"embedder {spec!r} is not one of: {forms}")
