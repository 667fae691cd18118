"""What is to be known of an embedder: which vectors it makes, of how much text at a time, and how."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Protocol

from remanence.embedding.port import Embedder, EmbedderIdentity

PREFIXES = Path(__file__).parent / "data/prefixes.toml"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model was trained to find before a question, and before a text to be found."""

    query: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An embedder's card. All of them give vectors of length 1; a longer text has one for each span."""

    identity: EmbedderIdentity
    pooling: str  # how the vectors of a text's pieces become one
    span: str  # how much of a text one vector stands for
    prefixes: Prefixes
    batch_texts: int  # handed over at a time when many are embedded


class Carded(Embedder, Protocol):
    """An embedder of this room: it has a card."""

    @property
    def card(self) -> Card:
        """May load the model, as `identity` may."""
        ...


def known_prefixes(model: str) -> Prefixes:
    """What the model of this name wants before its texts, by its publisher's word; nothing for others.

    >>> known_prefixes("intfloat/e5-small-v2").query
    'query: '
    """
    for pattern, prefixes in _table():
        if fnmatchcase(model.lower(), pattern):
            return prefixes
    return Prefixes()


@cache
def _table() -> tuple[tuple[str, Prefixes], ...]:
    import tomllib  # few embedders want it, and each opening of a cube would wait for it

    rows = tomllib.loads(PREFIXES.read_text(encoding="utf-8"))["model"]
    return tuple((row["name"], Prefixes(row.get("query", ""), row.get("passage", ""))) for row in rows)
