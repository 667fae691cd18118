"""A deterministic embedder without a model: feature hashing of words and their character trigrams.

For tests, and machines that hold no model: texts that share words are near each other, nothing more.
Source: K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.embedding.card import Card, Prefixes
from remanence.embedding.port import BATCH_TEXTS, EmbedderIdentity, Passages
from remanence.embedding.spans import cut, mean_direction, readable

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

DIMS = 256  # few enough to be quick, enough that a sentence's features seldom collide
SPAN_CHARS = 1_000  # about what the default model reads at once
OVERLAP_CHARS = 200
SPANS_MAX = 128  # of one text, as in the default embedder
QUERY_SPANS_MAX = 16
WORD_WEIGHT, TRIGRAM_WEIGHT = 1.0, 0.3  # a shared word counts for more than shared parts of words
BARE_WEIGHT = 0.01  # what a text without words has; too little to draw others together
_WORD = re.compile(r"\w+|[^\w\s]")
IDENTITY = EmbedderIdentity("hashing", "1", DIMS)


class Hashing:
    """See the module; it needs nothing to be loaded."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Known without loading."""
        return IDENTITY

    @property
    def card(self) -> Card:
        """Known without loading."""
        return Card(IDENTITY, "sum of hashed features", f"{SPAN_CHARS} characters", Prefixes(), BATCH_TEXTS)

    def passages(self, texts: Sequence[str]) -> Passages:
        """See Embedder; raises nothing."""
        import numpy as np

        spans = tuple(cut(texts, length=SPAN_CHARS, overlap=OVERLAP_CHARS, limit=SPANS_MAX))
        vectors = np.empty((len(spans), DIMS), np.float32)
        for number, span in enumerate(spans):
            vectors[number] = _unit_vector(texts[span.text][span.start : span.end])
        return Passages(vectors, spans)

    def query(self, text: str) -> Vectors:
        """See Embedder; raises nothing."""
        import numpy as np

        spans = cut([text], length=SPAN_CHARS, overlap=OVERLAP_CHARS, limit=QUERY_SPANS_MAX)
        return mean_direction(np.stack([_unit_vector(text[span.start : span.end]) for span in spans]))


def features(text: str) -> dict[str, float]:
    """The text's words, and the trigrams of each with its ends marked; with their weights.

    >>> sorted(features("Go"))
    ['<go', 'go', 'go>']
    """
    words = Counter(_WORD.findall(readable(text).casefold()))
    trigrams: Counter[str] = Counter()
    for word, count in words.items():
        marked = f"<{word}>"
        for start in range(len(marked) - 2):
            trigrams[marked[start : start + 3]] += count
    weights = {trigram: TRIGRAM_WEIGHT * (1 + math.log(count)) for trigram, count in trigrams.items()}
    for word, count in words.items():
        weights[word] = weights.get(word, 0.0) + WORD_WEIGHT * (1 + math.log(count))
    return weights


def _unit_vector(text: str) -> Vectors:
    """float32 [DIMS]. The first dimension is every text's own and positive: no vector is zero."""
    import numpy as np

    vector = np.zeros(DIMS, np.float32)
    vector[0] = BARE_WEIGHT
    for feature, weight in features(text).items():
        digest = zlib.crc32(feature.encode("utf-8"))
        vector[1 + (digest >> 1) % (DIMS - 1)] += weight if digest & 1 else -weight
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit
