"""A question's vector, which may be in the making while the question is looked up by its words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from remanence.embedding.checked import begun_query
from remanence.embedding.port import Embedder
from remanence.errors import EmbeddingError
from remanence.verbs.seat import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from remanence.recall.columns import Floats
    from remanence.storage.port import EmbedderName

BY_WORDS_ALONE = "found by its words alone: the cube is open without an embedder"
OTHER_EMBEDDER = "found by its words alone: the cube has another embedder by now; open it again"
EMBEDDER_FAILED = "found by its words alone: the embedder failed"
_log = logging.getLogger("remanence")


class QuestionVector:
    """The vector, or a note that says why there is none; both wait for the embedder."""

    def __init__(
        self,
        note: str | None,
        begun: Callable[[], Floats] | None = None,
        *,
        by: EmbedderName | None = None,
    ) -> None:
        """`by` is whose vector it is, or would be."""
        self.by = by
        self._note = note
        self._begun = begun
        self._vector: Floats | None = None

    def wait(self) -> Floats | None:
        """float32 [dims], of unit length."""
        if self._begun is not None:
            try:
                self._vector = self._begun()
            except EmbeddingError as error:
                self._note = _failed(error)
            self._begun = None
        return self._vector

    @property
    def note(self) -> str | None:
        """Why there is no vector."""
        self.wait()
        return self._note


def begin(embedder: Embedder | None, text: str) -> QuestionVector:
    """Let the embedder begin; where it fails, recall goes by words alone, and says so."""
    if embedder is None:
        return QuestionVector(BY_WORDS_ALONE)
    by = name_of(embedder.identity)
    try:
        return QuestionVector(None, begun_query(embedder, text), by=by)
    except EmbeddingError as error:
        return QuestionVector(_failed(error), by=by)


def _failed(error: EmbeddingError) -> str:
    _log.warning("recall goes by words alone: %s", type(error).__name__)  # its words may quote a memory
    return EMBEDDER_FAILED
