"""The embedders that cubes were made with, opened by the names that stand in them.

Asked when a cube is opened, and again when another process gave it another embedder. What a cube names is not
fetched from a hub: a file that was sent by somebody is not to say what is loaded here. Whoever names it does.
"""

from __future__ import annotations

import threading

from remanence.embedding.open import DEFAULT_SPEC, ENDPOINT_PREFIX, open_embedder, spec_of
from remanence.embedding.port import Embedder, EmbedderIdentity
from remanence.embedding.progress import Progress, silent


class OwnEmbedders:
    """Each embedder once, for however many cubes: a model in memory is large. Use it from any thread.

    >>> own = OwnEmbedders("hashing")
    >>> own.named(own.for_new().identity) is own.for_new()
    True
    """

    def __init__(self, new: str = DEFAULT_SPEC, *, progress: Progress = silent) -> None:
        """`new` names the embedder of cubes that are made."""
        self._new = new
        self._progress = progress
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int | None], Embedder] = {}

    def for_new(self) -> Embedder:
        """The embedder of a cube that is made; raises InvalidInput for a name that is none."""
        return self._opened(self._new, None)

    def named(self, identity: EmbedderIdentity) -> Embedder:
        """What its name opens, maybe of another revision; raises InvalidInput where that is nothing."""
        return self._opened(spec_of(identity.name), identity.dims)

    def _opened(self, spec: str, dims: int | None) -> Embedder:
        # Under one name an endpoint gives vectors of several lengths; a local model is to be loaded once.
        key = (spec, dims if spec.startswith(ENDPOINT_PREFIX) else None)
        with self._lock:
            if key not in self._known:
                self._known[key] = open_embedder(
                    spec, dims=dims, fetches=spec == self._new, progress=self._progress
                )
            return self._known[key]
