"""Gives texts their vectors, outside of any write transaction; what can't be embedded now waits."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from remanence.embedding.port import Embedder
from remanence.errors import CubeBusy, CubeDamaged, CubeFull, EmbedderMismatch, EmbeddingError
from remanence.model.ids import TextId
from remanence.storage.port import EmbedderName, StoredSpan, Transaction
from remanence.verbs.embedding_ahead import EmbeddingAhead, embedded
from remanence.verbs.setting import Setting, name_of

BATCH_TEXTS = 512  # embedded between two short write transactions
_log = logging.getLogger("remanence")


def embed_texts(setting: Setting, texts: Sequence[tuple[TextId, str]]) -> dict[TextId, list[StoredSpan]]:
    """Vectors of texts, those of equal texts taken over; raises EmbeddingError."""
    if setting.embedder is None or not texts:
        return {}
    with setting.store.read() as snapshot:
        known = snapshot.same_text_vectors([content for _, content in texts])
    return _embed(setting.embedder, texts, known)


def keep_vectors(
    setting: Setting, tx: Transaction, vectors: Mapping[TextId, Sequence[StoredSpan]]
) -> EmbedderName | None:
    """Write vectors; where the cube has another embedder by now, return its name, and the texts wait."""
    named = tx.embedder()
    if setting.embedder is None or named != name_of(setting.embedder.identity):
        return named
    tx.set_vectors(vectors.items())
    return None


def embed_pending(setting: Setting, *, limit: int | None = None, ahead: EmbeddingAhead | None = None) -> int:
    """Embed texts that wait, oldest first, in batches; returns how many. What is made `ahead` is taken over.

    No transaction is held meanwhile. Raises EmbeddingError, and EmbedderMismatch where another process
    gave the cube another embedder.
    """
    if setting.embedder is None:
        return 0
    done = 0
    while limit is None or done < limit:
        count = BATCH_TEXTS if limit is None else min(BATCH_TEXTS, limit - done)
        with setting.store.read() as snapshot:
            pending = snapshot.pending_texts(limit=count)
            known = snapshot.same_text_vectors([content for _, content in pending])
        if not pending:
            break
        if ahead is not None:
            known = [spans or ahead.made(content) for spans, (_, content) in zip(known, pending, strict=True)]
        vectors = _embed(setting.embedder, pending, known)
        with setting.store.write() as tx:
            other = keep_vectors(setting, tx, vectors)
        if other is not None:
            raise EmbedderMismatch(f"the cube has another embedder by now, {other}; open it again")
        done += len(pending)
    return done


def embed_pending_or_say(
    setting: Setting, *, limit: int | None = None, ahead: EmbeddingAhead | None = None
) -> None:
    """Embed what waits; where the embedder or the disk fails, say so in the log and leave it waiting.

    What was written is safe either way, is found by its words, and is counted in `stats`.
    """
    try:
        embed_pending(setting, limit=limit, ahead=ahead)
    except (EmbeddingError, EmbedderMismatch, CubeBusy, CubeFull, CubeDamaged) as error:
        _log.warning(
            "texts wait for their vectors and are found by their words alone: %s", type(error).__name__
        )


def _embed(
    embedder: Embedder, texts: Sequence[tuple[TextId, str]], known: Sequence[list[StoredSpan] | None]
) -> dict[TextId, list[StoredSpan]]:
    """The vectors of texts; `known` are those that the cube has of equal texts."""
    found: dict[TextId, list[StoredSpan]] = {}
    new: dict[str, list[TextId]] = {}
    for (text_id, content), spans in zip(texts, known, strict=True):
        if spans is None:
            new.setdefault(content, []).append(text_id)
        else:
            found[text_id] = spans
    if new:
        for content, spans in embedded(embedder, list(new)).items():
            found.update(dict.fromkeys(new[content], spans))
    return found
