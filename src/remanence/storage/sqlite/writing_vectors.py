"""Writes vectors within one transaction that is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import apsw

from remanence.model.ids import TextId
from remanence.storage.sqlite.reading_vectors import META_KEYS
from remanence.storage.sqlite.rows import Bound
from remanence.storage.vectors_port import EmbedderName, Generation, StoredSpan


class VectorWriting:
    """See storage.vectors_port.VectorTransaction for what each call does."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _run: Callable[[str, Bound], None]

    def set_vectors(
        self, vectors: Iterable[tuple[TextId, Sequence[StoredSpan]]], *, generation: Generation = "present"
    ) -> None:
        texts: list[tuple[TextId, int]] = []  # each with how it tells what it tells
        rows: list[tuple[TextId, int, int, bytes, str]] = []
        for text, spans in vectors:
            texts.append((text, spans[0].shown if spans else 0))
            rows.extend((text, span.start, span.end, span.value, META_KEYS[generation]) for span in spans)
        self._db.executemany(self._sql["insert_vector"], rows)
        self._run("mark_embedded", {"texts": json.dumps(texts), "present": generation == "present"})

    def set_embedder(self, embedder: EmbedderName) -> None:
        self._name("present", embedder)
        self._run("delete_coming_embedder", {})
        self._run("mark_as_embedded_now", {})

    def set_coming_embedder(self, embedder: EmbedderName | None) -> None:
        if embedder is None:
            self._run("delete_coming_embedder", {})
        else:
            self._name("coming", embedder)

    def delete_stale_vectors(self, numbers: Sequence[int]) -> None:
        self._run("delete_stale_vectors", {"numbers": json.dumps(numbers)})

    def _name(self, generation: Generation, embedder: EmbedderName) -> None:
        bound: Bound = {"name": embedder.name, "revision": embedder.revision, "dims": embedder.dims}
        ((number,),) = list(self._db.execute(self._sql["insert_embedder"], bound))
        self._run("upsert_meta", {"key": META_KEYS[generation], "value": number})
