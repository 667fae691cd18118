"""A text made safe for a tokenizer, cut into overlapping spans without one; one vector made of many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from remanence.embedding.port import Span

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    """The text with each lone surrogate, which UTF-8 cannot hold, as U+FFFD: as many characters as before.

    >>> readable("a" + chr(0xD800) + "b")
    'a\ufffdb'
    """
    return _SURROGATE.sub("\ufffd", text)


def cut(texts: Sequence[str], *, length: int, overlap: int, limit: int) -> Iterator[Span]:
    """Spans of at most `length` characters that share `overlap` with the one before, at most `limit` a text.

    >>> [(span.start, span.end) for span in cut(["abcdefgh"], length=4, overlap=1, limit=9)]
    [(0, 4), (3, 7), (6, 8)]
    """
    for index, text in enumerate(texts):
        start = 0
        for _ in range(limit):
            yield Span(index, start, min(start + length, len(text)))
            if start + length >= len(text):
                break
            start += length - overlap


def at_length_one(vectors: Vectors) -> Vectors | None:
    """Each row of float [n, dims] at length 1; None where one is all 0 or has a number that is not finite."""
    import numpy as np

    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        return None
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit


def mean_direction(vectors: Vectors) -> Vectors:
    """The unit vector, float32 [dims], amid several [n >= 1, dims]; the first where they cancel out."""
    import numpy as np

    total = vectors.sum(axis=0)
    length = np.linalg.norm(total)
    unit: Vectors = vectors[0] if length == 0 else (total / length).astype(np.float32)
    return unit
