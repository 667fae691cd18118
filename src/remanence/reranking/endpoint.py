"""Any endpoint that speaks `/rerank` as Cohere's and Jina's do: hosted, or a server on the user's machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from remanence.embedding.endpoint import excerpt, post
from remanence.errors import EndpointFailed, InvalidInput, RerankingFailed

TIMEOUT_S = 10.0  # for one try, its whole answer included: somebody waits for it
TEXT_CHARS_MAX = 4_000  # of each text: models read some 512 pieces of question and text together


class RerankEndpoint:
    """A reranker behind an endpoint; nothing is sent before the first question."""

    def __init__(
        self,
        model: str,
        *,
        base_url: str,
        key: str | None = None,
        timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """For `model` at `base_url` ("https://api.jina.ai/v1"), with `key` where it wants one.

        Raises InvalidInput for an empty model, a URL that is not http or https, or a timeout_s not above 0.
        """
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
            raise InvalidInput(f"base_url {base_url!r} is not of the form https://HOST/v1")
        if not model:
            raise InvalidInput("the reranking model must be named; got an empty name")
        if not timeout_s > 0:
            raise InvalidInput(f"timeout_s must be above 0; got {timeout_s}")
        self._url = f"{base_url.rstrip('/')}/rerank"
        self._model = model
        self._key = key
        self._timeout_s = timeout_s
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    def relevances(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """See Reranker."""
        request: dict[str, str | int | Sequence[str]] = {
            "model": self._model,
            "query": _sendable(question),
            "documents": [_sendable(text) for text in texts],
            "top_n": len(texts),
            "return_documents": False,
        }
        try:
            answer = post(self._url, request, key=self._key, timeout_s=self._timeout_s, sleep=self._sleep)
        except EndpointFailed as error:
            raise RerankingFailed(str(error)) from error
        return relevances_in(answer, url=self._url, count=len(texts))


def relevances_in(answer: bytes, *, url: str, count: int) -> list[float]:
    """The relevances of an endpoint's answer, in the order of the texts sent.

    Raises RerankingFailed when the answer is not JSON of the form {"results": [{"index", "relevance_score"}]}
    or has not each index once.

    >>> relevances_in(b'{"results": [{"index": 0, "relevance_score": 0.9}]}', url="u", count=1)
    [0.9]
    """
    try:
        rows = sorted(
            (int(row["index"]), float(row["relevance_score"])) for row in json.loads(answer)["results"]
        )
    except (ValueError, TypeError, LookupError) as error:
        raise RerankingFailed(
            f'{url} did not answer with {{"results": [{{"index": 0, "relevance_score": 0.5}}]}}: {error!r}; '
            f"it said {excerpt(answer)}"
        ) from error
    if [index for index, _ in rows] != list(range(count)):
        raise RerankingFailed(f"{url} was sent {count} texts; it answered for {[index for index, _ in rows]}")
    return [relevance for _, relevance in rows]


def _sendable(text: str) -> str:
    """Its beginning, without what JSON or UTF-8 can't carry."""
    return text[:TEXT_CHARS_MAX].encode("utf-8", "ignore").decode() or " "
