"""The embedder of one open cube, which changes when the cube's vectors do.

A cube that was opened with "own" takes the embedder that the file names, also when another process has put
another one in its place. One that was given an embedder keeps it: its questions go by words alone then.
"""

from __future__ import annotations

import logging

from remanence.embedding.own import OwnEmbedders
from remanence.embedding.port import Embedder, EmbedderIdentity
from remanence.errors import EmbeddingError, ExtraMissing, InvalidInput
from remanence.storage.port import EmbedderName

_log = logging.getLogger("remanence")


class EmbedderSeat:
    """Holds the embedder; safe to use from several threads."""

    def __init__(self, embedder: Embedder | None, own: OwnEmbedders | None = None) -> None:
        """`own` opens those that the file may come to name; None where the caller chose one for good."""
        self.embedder = embedder
        self._own = own
        self._expected: Embedder | None = None
        self._refused: EmbedderName | None = None  # could not be had: not tried again for each question

    @property
    def named(self) -> EmbedderName | None:
        """The embedder's identity as the store keeps it."""
        return None if self.embedder is None else name_of(self.embedder.identity)

    def expect(self, embedder: Embedder) -> None:
        """Take this one once the file names it, whoever writes that."""
        self._expected = embedder

    def may_follow(self, named: EmbedderName | None) -> bool:
        """Whether the file names another embedder than ours that is expected, or worth trying to open."""
        if named is None or named == self.named:
            return False
        return self._is_expected(named) or (self._own is not None and named != self._refused)

    def follow(self, named: EmbedderName | None) -> bool:
        """Take the embedder that the file names; False where it is ours already, or can't be opened."""
        if named is None or not self.may_follow(named):
            return False
        if self._is_expected(named):
            self.embedder = self._expected
            return True
        assert self._own is not None, "else it may not follow"
        try:
            found = self._own.named(identity_of(named))
            is_it = name_of(found.identity) == named
        except (InvalidInput, ExtraMissing, EmbeddingError) as error:
            _log.warning(
                "the cube's embedder is now %s, which is not to be had: %s", named, type(error).__name__
            )
            is_it = False
        if not is_it:
            self._refused = named
            return False
        self.embedder = found
        return True

    def _is_expected(self, named: EmbedderName) -> bool:
        return self._expected is not None and name_of(self._expected.identity) == named


def name_of(identity: EmbedderIdentity) -> EmbedderName:
    """An embedder's identity as the store keeps it."""
    return EmbedderName(identity.name, identity.revision, identity.dims)


def identity_of(named: EmbedderName) -> EmbedderIdentity:
    """The other way round."""
    return EmbedderIdentity(named.name, named.revision, named.dims)
