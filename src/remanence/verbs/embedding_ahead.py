"""Embeds what is being taken in while it is read: many texts, in a thread beside the write transaction.

The transaction never waits for it: after the commit what is ready is taken up, the rest is waited for.
Asked by `observe`; whether the change is written or not, nothing of this reaches the cube by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import repeat
from types import TracebackType
from typing import Self

from remanence.embedding.checked import checked_passages
from remanence.embedding.manner import UNJUDGED, level_of
from remanence.embedding.port import Embedder
from remanence.storage.port import EmbedderName, Snapshot, StoredSpan
from remanence.verbs.seat import name_of

AHEAD_TEXTS = 256  # given to the embedder at once; fewer are embedded after the commit


class EmbeddingAhead:
    """The vectors of texts by their words, some of them still being made."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._by = None if embedder is None else name_of(embedder.identity)
        self._waiting: dict[str, None] = {}
        self._made: dict[str, Future[dict[str, list[StoredSpan]]]] = {}
        self._thread: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Nothing starts until enough texts are there."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give up what has not begun."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)

    def take(self, tx: Snapshot, text: str) -> None:
        """Embed a text soon, together with others, unless the cube has its vector."""
        if self._embedder is None or self._by is None or text in self._made:
            return
        self._waiting[text] = None
        if len(self._waiting) == AHEAD_TEXTS:
            known = tx.same_text_vectors(list(self._waiting), of=self._by)
            new = [text for text, spans in zip(self._waiting, known, strict=True) if spans is None]
            self._waiting.clear()
            if new:
                self._start(self._embedder, new)

    def made(self, text: str, *, of: EmbedderName) -> list[StoredSpan] | None:
        """The vectors of a text, waited for; None of one not taken, or for another embedder.

        Raises EmbeddingError.
        """
        batch = self._made.get(text) if of == self._by else None
        return None if batch is None else batch.result()[text]

    def _start(self, embedder: Embedder, texts: Sequence[str]) -> None:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "remanence-ahead")
        batch = self._thread.submit(embedded_texts, embedder, texts)
        self._made.update(dict.fromkeys(texts, batch))


def embedded_texts(embedder: Embedder, texts: Sequence[str]) -> dict[str, list[StoredSpan]]:
    """The vectors of texts, as they are stored; raises EmbeddingError."""
    passages = checked_passages(embedder, texts)
    halves = passages.vectors.astype("<f2")
    manner = repeat(UNJUDGED) if passages.manner is None else map(level_of, passages.manner.tolist())
    found: dict[str, list[StoredSpan]] = {text: [] for text in texts}
    for span, half, shown in zip(passages.spans, halves, manner, strict=False):
        found[texts[span.text]].append(StoredSpan(span.start, span.end, half.tobytes(), shown))
    return found
