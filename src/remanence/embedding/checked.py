"""What an embedder gives, checked before it is believed: any object of the port's shape may be handed in.

A vector of other dimensions, or with a number that is not finite, would be near to everything or nothing, and
nobody would hear of it. Asked by the verbs; the engines of this room keep the promise by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.embedding.port import Embedder, Passages
from remanence.errors import EmbeddingError

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

UNIT_TOLERANCE = 0.01  # engines round; float16 alone moves a length by .001


def checked_query(embedder: Embedder, text: str) -> Vectors:
    """The vector of what is looked for; raises EmbeddingError also for what can't be compared with others."""
    vector = embedder.query(text)
    _check(embedder, vector[None, :] if getattr(vector, "ndim", 0) == 1 else vector, 1)
    return vector


def checked_passages(embedder: Embedder, texts: Sequence[str]) -> Passages:
    """The vectors of texts, each text's first; raises EmbeddingError also where a text is left out."""
    found = embedder.passages(texts)
    _check(embedder, found.vectors, len(found.spans))
    missing = set(range(len(texts))).difference(span.text for span in found.spans)
    if missing:
        raise EmbeddingError(
            f"{embedder.identity} was given {len(texts)} texts and left out {len(missing)} of them"
        )
    _check_manner(embedder, found)
    return found


def _check_manner(embedder: Embedder, found: Passages) -> None:
    import numpy as np

    manner = found.manner
    if manner is not None and not (manner.shape == (len(found.spans),) and np.isfinite(manner).all()):
        raise EmbeddingError(f"{embedder.identity} gave a manner that is not a finite number for each vector")


def _check(embedder: Embedder, vectors: Vectors, count: int) -> None:
    import numpy as np

    identity = embedder.identity
    if getattr(vectors, "shape", None) != (count, identity.dims):
        raise EmbeddingError(
            f"{identity} gave vectors of shape {getattr(vectors, 'shape', type(vectors).__name__)}; "
            f"expected {(count, identity.dims)}"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if not np.all(np.abs(lengths - 1) <= UNIT_TOLERANCE):  # also where a number is not finite
        raise EmbeddingError(f"{identity} gave a vector that is not of length 1, or has a number not finite")
