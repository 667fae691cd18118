"""Reads vectors from a cube file within one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

import apsw

from remanence.model.ids import TextId
from remanence.storage.sqlite.rows import Bound, text_of
from remanence.storage.vectors_port import EmbedderName, Generation, StoredSpan, StoredVector

META_KEYS: dict[Generation, str] = {"present": "embedder", "coming": "coming_embedder"}


class VectorReading:
    """See storage.vectors_port.VectorSnapshot for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]
    sameness: Callable[[str], bytes]

    def embedder(self, generation: Generation = "present") -> EmbedderName | None:
        bound = {"generation": META_KEYS[generation]}
        for name, revision, dims in self._db.execute(self._sql["select_embedder"], bound):
            return EmbedderName(name, revision, dims)
        return None

    def last_vector(self) -> int:
        ((number,),) = self._db.execute(self._sql["select_last_vector"])
        return int(number)

    def vectors_after(self, number: int) -> Iterator[StoredVector]:
        rows = self._db.execute(self._sql["select_vectors_after"], {"number": number})
        return map(tuple.__new__, repeat(StoredVector), rows)

    def shown_after(self, number: int) -> Iterator[tuple[int, int]]:
        bound = {"number": number}
        return (
            (int(text), int(shown))
            for text, shown in self._db.execute(self._sql["select_shown_after"], bound)
        )

    def vectors_of(self, texts: Sequence[TextId]) -> Iterator[StoredVector]:
        bound = {"texts": json.dumps(texts)}
        return map(StoredVector._make, self._db.execute(self._sql["select_vectors_of_texts"], bound))

    def stale_vectors(self, *, after: int, limit: int) -> list[int]:
        rows = self._db.execute(self._sql["select_stale_vectors"], {"after": after, "limit": limit})
        return [int(number) for (number,) in rows]

    def pending_texts(self, *, limit: int) -> list[tuple[TextId, str]]:
        return self._texts("select_pending_texts", {"limit": limit})

    def texts_to_come(self, *, after: TextId, limit: int) -> list[tuple[TextId, str]]:
        return self._texts("select_texts_to_come", {"after": after, "limit": limit})

    def progress_to_come(self) -> tuple[int, int]:
        ((done, total),) = self._db.execute(self._sql["select_progress_to_come"])
        return int(done), int(total)

    def same_text_vectors(self, texts: Sequence[str], *, of: EmbedderName) -> list[list[StoredSpan] | None]:
        found: list[list[StoredSpan] | None] = []
        for text in texts:
            bound: Bound = {
                "sameness": self.sameness(text),
                "name": of.name,
                "revision": of.revision,
                "dims": of.dims,
            }
            rows = self._db.execute(self._sql["select_same_text_vectors"], bound)
            found.append(list(map(StoredSpan._make, rows)) or None)
        return found

    def _texts(self, statement: str, bound: Bound) -> list[tuple[TextId, str]]:
        rows = self._db.execute(self._sql[statement], bound)
        return [(TextId(text), text_of(content, exact)) for text, content, exact in rows]
