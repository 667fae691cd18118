"""What a person types for an embedder, as an embedder."""

from __future__ import annotations

from remanence.embedding.open import DEFAULT_SPEC, open_embedder
from remanence.embedding.own import OwnEmbedders
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
    return None if name == NONE else open_embedder(name or DEFAULT_SPEC, progress=progress)


def shared(name: str | None, *, progress: Progress = silent) -> OwnEmbedders | None:
    """What the cubes of one process are opened with: each with its own, new ones with that of this name.

    None for "none": then all go by words alone. Raises InvalidInput for a name that is none.
    """
    if name == NONE:
        return None
    own = OwnEmbedders(name or DEFAULT_SPEC, progress=progress)
    own.for_new()  # a wrong name is to be heard of before the first cube is made
    return own
