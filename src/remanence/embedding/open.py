"""From the name a user gives to the embedder it means; nothing is loaded before the first text."""

from __future__ import annotations

from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.errors import InvalidInput

DEFAULT_SPEC = "minilm"
DEFAULT_NAME = "all-MiniLM-L6-v2"  # the name in its identity
ENDPOINT_PREFIX = "openai:"


def spec_of(name: str) -> str:
    """What to ask `open_embedder` for, to get the embedder whose identity bears this name."""
    return DEFAULT_SPEC if name == DEFAULT_NAME else name


def open_embedder(spec: str | None = DEFAULT_SPEC, *, progress: Progress = silent) -> Embedder | None:
    """The embedder that `spec` names: "minilm", "hashing", "openai:MODEL", or None for none.

    An endpoint's address and key are taken from OPENAI_BASE_URL and OPENAI_API_KEY; build an
    OpenAICompatible to give them.
    `progress` is told of the model's fetch, which happens at the first text if it is not on this
    machine. Raises InvalidInput for another name.

    >>> open_embedder("minilm").identity.dims
    384
    """
    if spec is None:
        return None
    if spec == "minilm":
        from remanence.embedding.find import find_model
        from remanence.embedding.minilm import MiniLM

        return MiniLM(lambda: find_model(progress=progress))
    if spec == "hashing":
        from remanence.embedding.hashing import Hashing

        return Hashing()
    if spec.startswith(ENDPOINT_PREFIX):
        from remanence.embedding.openai import OpenAICompatible

        return OpenAICompatible(spec.removeprefix(ENDPOINT_PREFIX))
    raise InvalidInput(f"embedder {spec!r} is not one of: minilm, hashing, {ENDPOINT_PREFIX}MODEL")
