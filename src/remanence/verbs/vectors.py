"""Gives texts their vectors, outside of any write transaction; what can't be embedded now waits."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remanence.embedding.port import Embedder, batch_texts_of
from remanence.errors import CubeBusy, CubeDamaged, CubeFull, EmbedderMismatch, EmbeddingError
from remanence.model.ids import TextId
from remanence.storage.port import EmbedderName, StoredSpan, Transaction
from remanence.verbs.embedding_ahead import EmbeddingAhead, embedded_texts
from remanence.verbs.seat import name_of
from remanence.verbs.setting import Setting

_log = logging.getLogger("remanence")


@dataclass(frozen=True, slots=True)
class Embedded:
    """One text's vectors, and whose they are: the cube's embedder may be another when they are written."""

    by: EmbedderName
    spans: Sequence[StoredSpan]


def try_to_embed(setting: Setting, text: str) -> Embedded | None:
    """The text's vectors if they can be had now; else it is written without, and waits for them."""
    embedder = setting.embedder
    if embedder is None:
        return None
    by = name_of(embedder.identity)
    with setting.store.read() as snapshot:
        known = snapshot.same_text_vectors([text], of=by)
    try:
        return Embedded(by, embedded(embedder, [(TextId(0), text)], known)[TextId(0)])
    except EmbeddingError:
        return None


def keep_vectors(tx: Transaction, vectors: Mapping[TextId, Embedded]) -> bool:
    """Write what was embedded before; False where the cube has another embedder by now, and texts wait."""
    present = tx.embedder()
    tx.set_vectors((text, one.spans) for text, one in vectors.items() if one.by == present)
    return all(one.by == present for one in vectors.values())


def embed_pending(setting: Setting, *, limit: int | None = None, ahead: EmbeddingAhead | None = None) -> int:
    """Embed texts that wait, oldest first, in batches; returns how many. What is made `ahead` is taken over.

    No transaction is held meanwhile. Raises EmbeddingError, and EmbedderMismatch where another process
    gave the cube another embedder, which can't be opened here.
    """
    done = 0
    while (embedder := setting.embedder) is not None and (limit is None or done < limit):
        by, size = name_of(embedder.identity), batch_texts_of(embedder)
        count = size if limit is None else min(size, limit - done)
        with setting.store.read() as snapshot:
            present = snapshot.embedder()
            pending = snapshot.pending_texts(limit=count)
            known = snapshot.same_text_vectors([content for _, content in pending], of=by)
        if not pending:
            break
        if present == by:
            if ahead is not None:
                made = [ahead.made(content, of=by) for _, content in pending]
                known = [spans or new for spans, new in zip(known, made, strict=True)]
            vectors = embedded(embedder, pending, known)
            with setting.store.write() as tx:
                present = tx.embedder()
                if present == by:
                    tx.set_vectors(vectors.items())
                    done += len(pending)
            if present == by and len(pending) < count:
                break  # nothing else waited
        if present != by and setting.seat.named != present and not setting.seat.follow(present):
            raise EmbedderMismatch(f"the cube has another embedder by now, {present}; open it again")
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


def embedded(
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
        for content, spans in embedded_texts(embedder, list(new)).items():
            found.update(dict.fromkeys(new[content], spans))
    return found
