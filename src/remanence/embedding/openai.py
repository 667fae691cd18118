"""Any endpoint that speaks OpenAI's `/v1/embeddings`: the hosted one, or a server on the user's machine.

What it answers is checked before it is believed: count, order, length, finite numbers.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from remanence.embedding.card import Card, Prefixes
from remanence.embedding.port import EmbedderIdentity, Passages, Span
from remanence.embedding.spans import at_length_one, cut, mean_direction, readable
from remanence.errors import EndpointFailed, InvalidInput

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

BASE_URL = "https://api.openai.com/v1"
KNOWN_DIMS = {  # https://platform.openai.com/docs/guides/embeddings
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
TIMEOUT_S = 30.0  # for one request, its whole answer included
SPAN_CHARS = 1_500  # within the 512 pieces that many servers' models read at most, for most scripts
OVERLAP_CHARS = 300
SPANS_MAX = 128  # of one text, as in the default embedder
QUERY_SPANS_MAX = 16
BATCH_SPANS = 64  # in one request: 96,000 characters, far below what servers refuse
TEXT_OF_NOTHING = " "  # in place of an empty text, which the hosted endpoint refuses


class OpenAICompatible:
    """An embedder behind an endpoint; nothing is sent before the first text, or the first `identity`."""

    batch_texts = BATCH_SPANS  # one request, where none is longer than a span

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        key: str | None = None,
        dims: int | None = None,
        timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """For `model` at `base_url` (else OPENAI_BASE_URL, else OpenAI's) with `key` (else OPENAI_API_KEY).

        `dims` is the vectors' length: a hosted model that can shorten its vectors is asked to; of a model
        not known here it may be left out, then `identity` asks the endpoint. Raises InvalidInput for
        an empty model, a URL that is not http or https, dims or timeout_s not above 0.
        """
        from urllib.parse import urlsplit

        base_url = base_url or os.environ.get("OPENAI_BASE_URL") or BASE_URL
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
            raise InvalidInput(f"base_url {base_url!r} is not of the form https://HOST/v1")
        if not model:
            raise InvalidInput("the endpoint's model must be named; got an empty name")
        if dims is not None and dims < 1:
            raise InvalidInput(f"dims must be at least 1; got {dims}")
        if not timeout_s > 0:
            raise InvalidInput(f"timeout_s must be above 0; got {timeout_s}")
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._model = model
        self._key = os.environ.get("OPENAI_API_KEY") if key is None else key
        self._dims = dims or KNOWN_DIMS.get(model)
        self._timeout_s = timeout_s
        self._sleep = sleep

    @property
    def identity(self) -> EmbedderIdentity:
        """Known at once where the dimensions are, else asked for once; then EndpointFailed may be raised."""
        if self._dims is None:
            self._dims = len(self.query("dimensions"))
        return EmbedderIdentity(f"openai:{self._model}", "1", self._dims)

    @property
    def card(self) -> Card:
        """Asks the endpoint where `identity` does."""
        span = f"{SPAN_CHARS} characters"
        return Card(self.identity, "the endpoint's own", span, Prefixes(), self.batch_texts)

    def passages(self, texts: Sequence[str]) -> Passages:
        """See Embedder; raises EndpointFailed."""
        spans = tuple(cut(texts, length=SPAN_CHARS, overlap=OVERLAP_CHARS, limit=SPANS_MAX))
        return Passages(self._embedded(texts, spans), spans)

    def query(self, text: str) -> Vectors:
        """See Embedder; raises EndpointFailed."""
        spans = tuple(cut([text], length=SPAN_CHARS, overlap=OVERLAP_CHARS, limit=QUERY_SPANS_MAX))
        return mean_direction(self._embedded([text], spans))

    def _embedded(self, texts: Sequence[str], spans: Sequence[Span]) -> Vectors:
        """Unit vectors of the spans, in order, asked for in requests of bounded size."""
        import numpy as np

        batches = []
        for start in range(0, len(spans), BATCH_SPANS):
            asked = [texts[span.text][span.start : span.end] for span in spans[start : start + BATCH_SPANS]]
            batches.append(self._asked([readable(text) or TEXT_OF_NOTHING for text in asked]))
        return np.concatenate(batches) if batches else np.empty((0, self.identity.dims), np.float32)

    def _asked(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [len(texts), dims] from one request."""
        from remanence.embedding.endpoint import post

        request: dict[str, str | int | Sequence[str]] = {
            "model": self._model,
            "input": texts,
            "encoding_format": "float",
        }
        if self._dims is not None and KNOWN_DIMS.get(self._model, self._dims) != self._dims:
            request["dimensions"] = self._dims
        answer = post(self._url, request, key=self._key, timeout_s=self._timeout_s, sleep=self._sleep)
        return vectors_in(answer, url=self._url, count=len(texts), dims=self._dims)


def vectors_in(answer: bytes, *, url: str, count: int, dims: int | None) -> Vectors:
    """The unit vectors of an endpoint's answer, float32 [count, dims], in the order of the texts sent.

    Raises EndpointFailed when the answer is not JSON of the form {"data": [{"index", "embedding"}]},
    has not each index once, or holds vectors that are not `dims` finite numbers, or all 0.
    """
    import numpy as np

    from remanence.embedding.endpoint import excerpt

    try:
        rows = sorted((int(row["index"]), row["embedding"]) for row in json.loads(answer)["data"])
        vectors = np.array([vector for _, vector in rows], np.float32)
    except (ValueError, TypeError, LookupError) as error:
        raise EndpointFailed(
            f'{url} did not answer with {{"data": [{{"index": 0, "embedding": [...]}}]}}: {error!r}; '
            f"it said {excerpt(answer)}"
        ) from error
    if [index for index, _ in rows] != list(range(count)):
        raise EndpointFailed(f"{url} was sent {count} texts; it answered for {[index for index, _ in rows]}")
    if vectors.ndim != 2 or dims not in (None, vectors.shape[1]):
        raise EndpointFailed(f"{url} sent vectors of shape {vectors.shape[1:]}; expected {dims or 'numbers'}")
    unit = at_length_one(vectors)
    if unit is None:
        raise EndpointFailed(f"{url} sent a vector that is all 0, or has a number that is not finite")
    return unit
