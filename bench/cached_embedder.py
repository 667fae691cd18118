"""An embedder that keeps every vector in a file, so that benches embed a text once.

Never used for figures of speed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from remanence.embedding.manner import shipped_network
from remanence.embedding.minilm import MiniLM
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Embedder, EmbedderIdentity, Passages, Span

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

BATCH = 256  # texts embedded between two commits


class CachedEmbedder:
    """Answers from the file, and asks the embedder within for the rest."""

    def __init__(self, inner: Embedder, path: Path, *, judging: bool = True) -> None:
        """Without `judging` it tells nothing of the manner of texts."""
        self._inner = inner
        self._database = sqlite3.connect(path, check_same_thread=False, timeout=60)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, spans TEXT, value BLOB)"
        )
        self._database.execute("CREATE TABLE IF NOT EXISTS manner (key BLOB PRIMARY KEY, value BLOB)")
        self._judge = shipped_network().digest if judging and isinstance(inner, MiniLM) else None

    @property
    def identity(self) -> EmbedderIdentity:
        """The inner embedder's."""
        return self._inner.identity

    def passages(self, texts: Sequence[str]) -> Passages:
        """As Embedder.passages."""
        keys = [self._key("passage", text) for text in texts]
        found = {key: row for key in dict.fromkeys(keys) if (row := self._read(key)) is not None}
        manner = {key: row for key in found if (row := self._read_manner(key)) is not None}
        if self._judge is not None:
            found = {key: found[key] for key in manner}
        missing = list(dict.fromkeys(text for text, key in zip(texts, keys, strict=True) if key not in found))
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            made = self._inner.passages(batch)
            for number, text in enumerate(batch):
                own = [at for at, span in enumerate(made.spans) if span.text == number]
                places = [(made.spans[at].start, made.spans[at].end) for at in own]
                found[self._key("passage", text)] = (places, made.vectors[own])
                self._write(self._key("passage", text), places, made.vectors[own])
                if self._judge is not None and made.manner is not None:
                    manner[self._key("passage", text)] = made.manner[own]
                    self._write_manner(self._key("passage", text), made.manner[own])
            self._database.commit()
        spans = [Span(n, start, end) for n, key in enumerate(keys) for start, end in found[key][0]]
        vectors = (
            np.concatenate([found[key][1] for key in keys])
            if keys
            else np.empty((0, self.identity.dims), np.float32)
        )
        judged = [manner[key] for key in keys] if self._judge is not None else []
        return Passages(vectors, tuple(spans), np.concatenate(judged) if judged else None)

    def query(self, text: str) -> Vectors:
        """As Embedder.query."""
        key = self._key("query", text)
        found = self._read(key)
        if found is not None:
            return found[1][0]
        vector = self._inner.query(text)
        self._write(key, [(0, len(text))], vector[None, :])
        self._database.commit()
        return vector

    def _read_manner(self, key: bytes) -> Vectors | None:
        row = self._database.execute(
            "SELECT value FROM manner WHERE key = ?", (self._judged(key),)
        ).fetchone()
        return None if row is None else np.frombuffer(row[0], np.float32)

    def _write_manner(self, key: bytes, manner: Vectors) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO manner VALUES (?, ?)", (self._judged(key), manner.tobytes())
        )

    def _judged(self, key: bytes) -> bytes:
        """The key of what this network says of a text."""
        return key + (self._judge or b"")

    def _key(self, purpose: str, text: str) -> bytes:
        whole = f"{self.identity}\n{purpose}\n{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(whole, digest_size=16).digest()

    def _read(self, key: bytes) -> tuple[list[tuple[int, int]], Vectors] | None:
        row = self._database.execute("SELECT spans, value FROM vector WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        return json.loads(row[0]), np.frombuffer(row[1], "<f4").reshape(-1, self.identity.dims)

    def _write(self, key: bytes, places: list[tuple[int, int]], vectors: Vectors) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
            (key, json.dumps(places), vectors.astype("<f4").tobytes()),
        )


def parse_arguments(description: str) -> tuple[list[Path], Embedder]:
    """The command line of a recall bench: files, and `--embedding-cache FILE`."""
    paths, embedder, _ = opened(argparse.ArgumentParser(description=description))
    return paths, embedder


def opened(parser: argparse.ArgumentParser) -> tuple[list[Path], Embedder, argparse.Namespace]:
    """The same for a bench with options of its own, which are in what comes last."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--embedding-cache", type=Path, metavar="FILE", help="keeps vectors between runs")
    given = parser.parse_args()
    embedder = open_embedder("minilm")
    assert embedder is not None
    return given.paths, CachedEmbedder(embedder, given.embedding_cache or Path(":memory:")), given
