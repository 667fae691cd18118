"""From the name a user gives to the embedder it means; nothing is loaded before the first text."""

from __future__ import annotations

from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.errors import InvalidInput

DEFAULT_SPEC = "minilm"


def open_embedder(spec: str | None = DEFAULT_SPEC, *, progress: Progress = silent) -> Embedder | None:
    """The embedder that `spec` names: "minilm", "hashing", "openai:MODEL", or None for none.

    `progress` is told of the model's fetch, which happens at the first text if it is not on this
    machine. Raises InvalidInput for another name.

    >>> open_embedder("minilm").identity.dims
    384
    """
    match spec:
        case None:
            return None
        case "minilm":
            from remanence.embedding.find import find_model
            from remanence.embedding.minilm import MiniLM

            return MiniLM(lambda: find_model(progress=progress))
    raise InvalidInput(f"embedder {spec!r} is not one of: minilm, hashing, openai:MODEL")
