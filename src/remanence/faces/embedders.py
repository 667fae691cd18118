"""What a person types for an embedder, as an embedder."""

from __future__ import annotations

from remanence.embedding.open import open_embedder
from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.verbs.opening import OWN

NONE = "none"


def wanted(name: str | None) -> str | None:
    """What `remanence.open` is to be given for this name; the cube's own for None."""
    if name is None:
        return OWN
    return None if name == NONE else name


def named(name: str | None, *, progress: Progress = silent) -> Embedder | None:
    """The embedder of this name, the default one for None; no embedder for "none"."""
    if name is None:
        return open_embedder(progress=progress)
    return open_embedder(None if name == NONE else name, progress=progress)
