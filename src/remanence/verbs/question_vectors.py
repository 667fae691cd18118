"""A question's vector, or why it has none; and what is done while it is made."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from remanence.embedding.checked import checked_query
from remanence.embedding.cores import cores
from remanence.embedding.port import Embedder, frees_interpreter
from remanence.errors import EmbeddingError
from remanence.verbs.beside import begun
from remanence.verbs.seat import name_of
from remanence.verbs.taking_turns import are_others_asking

if TYPE_CHECKING:
    from remanence.recall.columns import Floats
    from remanence.storage.port import EmbedderName

BY_WORDS_ALONE = "found by its words alone: the cube is open without an embedder"
OTHER_EMBEDDER = "found by its words alone: the cube has another embedder by now; open it again"
EMBEDDER_FAILED = "found by its words alone: the embedder failed"
T = TypeVar("T")
_log = logging.getLogger("remanence")


class QuestionVector:
    """Made when it is first asked for; where the embedder fails, recall goes by words alone, and says so."""

    def __init__(self, embedder: Embedder | None, text: str) -> None:
        self._embedder = embedder
        self._text = text
        self._making = threading.Lock()
        self._made: tuple[Floats | None, str | None] | None = None

    @classmethod
    def of_other_embedder(cls) -> QuestionVector:
        """None, since the cube's vectors are not ours."""
        vector = cls(None, "")
        vector._made = None, OTHER_EMBEDDER
        return vector

    @property
    def by(self) -> EmbedderName | None:
        """Whose vector it is, or would be."""
        return None if self._embedder is None else name_of(self._embedder.identity)

    @property
    def note(self) -> str | None:
        """Why there is no vector."""
        return self._get()[1]

    def get(self) -> Floats | None:
        """float32 [dims], of unit length."""
        return self._get()[0]

    def made_beside(self, work: Callable[[], T]) -> T | None:
        """Make it while another thread does this work, and return what that gives; None where the work was
        not done, since it would not have saved time."""
        is_free = frees_interpreter(self._embedder) and not are_others_asking() and cores() > 1
        aside = begun(work) if is_free else None
        try:
            self.get()
        finally:
            done = None if aside is None else aside.wait()
        return done

    def _get(self) -> tuple[Floats | None, str | None]:
        made = self._made
        if made is None:
            with self._making:
                made = self._made = self._made or self._make()
        return made

    def _make(self) -> tuple[Floats | None, str | None]:
        if self._embedder is None:
            return None, BY_WORDS_ALONE
        try:
            return checked_query(self._embedder, self._text), None
        except EmbeddingError as error:  # its words may quote a memory
            _log.warning("recall goes by words alone: %s", type(error).__name__)
            return None, EMBEDDER_FAILED
