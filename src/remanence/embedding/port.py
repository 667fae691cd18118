"""The port to embedders: what every engine promises, in values that cost no import of numpy.

Asked by the cube and its rooms; engines live beside it (minilm, openai, hashing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Which vectors can be compared: those of equal identity.

    `revision` changes with the weights and with the way texts are cut; `dims` is the vectors' length.
    """

    name: str
    revision: str
    dims: int

    def __str__(self) -> str:
        """As messages print it."""
        return f"{self.name} ({self.revision}, {self.dims} dimensions)"


@dataclass(frozen=True, slots=True)
class Span:
    """What one vector stands for: characters [start, end) of the text with this index."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Unit vectors, float32 [n, dims], and what each stands for; in order of text, then of start.

    An engine that can also judge how each span tells what it tells gives its `manner`, float32 [n]: the
    log-odds that it is so now with its speaker (embedding/manner.py).
    """

    vectors: Vectors
    spans: tuple[Span, ...]
    manner: Vectors | None = None


BATCH_TEXTS = 512  # for an engine that names no number of its own


class Embedder(Protocol):
    """Turns texts into unit vectors. Safe to call from several threads at once.

    Making one loads nothing: the model comes with the first text. Any string is taken: what a model
    cannot read (lone surrogates, NUL) is left out, an empty text has a vector too. An engine may also have
    `batch_texts`, how many texts are best given at a time: what came before a fault is then kept.
    """

    @property
    def identity(self) -> EmbedderIdentity:
        """Whose vectors these are."""
        ...

    def passages(self, texts: Sequence[str]) -> Passages:
        """Embed texts to be found: one vector each, or one for each overlapping span of a long one.

        The spans of a text cover it from its first character on, up to the engine's bound.
        Raises EmbeddingError when no vector can be made; then none is.
        """
        ...

    def query(self, text: str) -> Vectors:
        """Embed what is looked for: one unit vector, float32 [dims]; of a long text the spans' mean.

        Raises EmbeddingError when no vector can be made.
        """
        ...


@runtime_checkable
class _Batched(Protocol):
    """An engine that knows how many texts are best given at a time."""

    @property
    def batch_texts(self) -> int:
        """At least 1."""
        ...


def frees_interpreter(embedder: Embedder | None) -> bool:
    """Whether its `query` leaves the interpreter to other threads for milliseconds: an engine that does has a
    true attribute of this name."""
    return bool(getattr(embedder, "frees_interpreter", False))


def batch_texts_of(embedder: Embedder) -> int:
    """How many texts to give this engine at a time."""
    return max(1, embedder.batch_texts) if isinstance(embedder, _Batched) else BATCH_TEXTS
