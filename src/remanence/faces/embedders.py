"""What a person types for an embedder, as an embedder."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import remanence
from remanence.embedding.open import DEFAULT_SPEC, open_embedder, spec_of
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


class SharedEmbedders:
    """The embedders of several open cubes, one for all cubes of its kind: a model in memory is large."""

    def __init__(self, wanted: str | None = None, *, progress: Progress = silent) -> None:
        """`wanted`, as a person types it, is for cubes that are new; "none" for no cube at all."""
        self._wanted = wanted
        self._progress = progress
        self._lock = threading.Lock()
        self._known: dict[str, Embedder | None] = {}

    def for_cube(self, path: Path, *, key: str | None) -> Embedder | None:
        """What to open this cube with: what it was made with, or what is wanted where it is to be made."""
        if self._wanted == NONE:
            return None
        if not path.exists() or not os.stat(path).st_size:
            return self._of(self._wanted or DEFAULT_SPEC)
        with remanence.open(path, embedder=None, key=key) as cube:
            made_with = cube.stats().facts.embedder
        return None if made_with is None else self._of(spec_of(made_with.name))

    def _of(self, spec: str) -> Embedder | None:
        with self._lock:
            if spec not in self._known:
                self._known[spec] = named(spec, progress=self._progress)
            return self._known[spec]
