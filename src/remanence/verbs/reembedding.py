"""Gives all texts the vectors of another embedder, while recall goes on with the present ones.

The new vectors are written beside the old as they are made, so that the next call goes on where one ended
half way, in whichever process. The transaction that finds no text without a new vector makes them the present
ones: texts that came meanwhile are embedded before it. Then the old ones are deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from remanence.embedding.port import Embedder, batch_texts_of
from remanence.embedding.progress import Progress
from remanence.errors import EmbedderMismatch, EmbeddingError
from remanence.model.ids import TextId
from remanence.storage.port import EmbedderName, Transaction
from remanence.verbs.seat import name_of
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending, embedded

STALE_VECTORS = 10_000  # deleted at a time: 8 MB of 384 dimensions, a tenth of a second for other writers
_NO_TEXT = TextId(0)


def reembed(setting: Setting, embedder: Embedder, *, progress: Progress) -> int:
    """Take this embedder for all texts; returns how many were embedded by this call. See Cube.reembed."""
    name = name_of(embedder.identity)
    done = 0
    with setting.store.write() as tx:
        if tx.embedder() in (None, name):
            tx.set_embedder(name)  # no present vectors to go on with, or the right ones
        else:
            tx.set_coming_embedder(name)
    _delete_stale(setting)  # of a change to a third embedder that was given up
    setting.seat.expect(embedder)
    run = _Run(setting, embedder, name, progress)
    while not run.switched():
        done += run.make()
    setting.seat.follow(name)
    done += embed_pending(setting)
    _delete_stale(setting)
    return done


@dataclass(frozen=True, slots=True)
class _Run:
    """One call's part of the work."""

    setting: Setting
    embedder: Embedder
    name: EmbedderName
    progress: Progress

    def make(self) -> int:
        """Embed the texts that have no new vectors, in order; returns how many."""
        size = batch_texts_of(self.embedder)
        done, after = 0, _NO_TEXT
        with self.setting.store.read() as snapshot:
            before, total = snapshot.progress_to_come()
        while True:
            with self.setting.store.read() as snapshot:
                texts = snapshot.texts_to_come(after=after, limit=size)
                known = snapshot.same_text_vectors([content for _, content in texts], of=self.name)
            if not texts:
                return done
            try:
                vectors = embedded(self.embedder, texts, known)
            except EmbeddingError as error:
                raise type(error)(
                    f"{error}. {before + done} of {total} texts have their new vectors, which are kept; "
                    "recall goes on with the present ones. Call cube.reembed again to go on from here"
                ) from error
            with self.setting.store.write() as tx:
                if self._is_over(tx):
                    return done
                tx.set_vectors(vectors.items(), generation="coming")
            done, after = done + len(texts), texts[-1][0]
            self.progress(min(before + done, total), total, f"embedding for {self.name.name}")

    def switched(self) -> bool:
        """Make the new vectors the present ones, unless a text lacks them; whether they are."""
        with self.setting.store.write() as tx:
            if self._is_over(tx):
                return True
            if tx.texts_to_come(after=_NO_TEXT, limit=1):
                return False
            tx.set_embedder(self.name)
            return True

    def _is_over(self, tx: Transaction) -> bool:
        """Whether the new vectors are the present ones by now; EmbedderMismatch where others are to come."""
        if tx.embedder() == self.name:
            return True
        if tx.embedder("coming") != self.name:
            chosen = tx.embedder("coming") or tx.embedder()
            raise EmbedderMismatch(
                f"another call of reembed chose {chosen} meanwhile, which ended this one for {self.name}; "
                "recall goes on with the vectors that the cube has"
            )
        return False


def _delete_stale(setting: Setting) -> None:
    """Delete what belongs to no embedder of the cube, little by little: others write in between."""
    after = 0
    while True:
        with setting.store.read() as snapshot:
            numbers = snapshot.stale_vectors(after=after, limit=STALE_VECTORS)
        if not numbers:
            return
        with setting.store.write() as tx:
            tx.delete_stale_vectors(numbers)
        after = numbers[-1]
