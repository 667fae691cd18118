"""What is observed is embedded beside its reading: the same vectors, and nothing lost when it fails."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import remanence
from remanence.embedding.hashing import Hashing
from remanence.embedding.port import EmbedderIdentity, Passages
from remanence.errors import EmbeddingError, InvalidInput

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

LINES = [f"On day {number} the lighthouse keeper counted {number * 7} sails" for number in range(700)]


class Watched:
    """Counts what the hashing embedder is given, and in which threads; from a call on it may fail."""

    def __init__(self, fails_from: int | None = None) -> None:
        self._inner = Hashing()
        self._fails_from = fails_from
        self.given: list[str] = []
        self.threads: set[str] = set()
        self.calls = 0

    @property
    def identity(self) -> EmbedderIdentity:
        return self._inner.identity

    def passages(self, texts: Sequence[str]) -> Passages:
        self.calls += 1
        if self._fails_from is not None and self.calls >= self._fails_from:
            raise EmbeddingError("the embedder is out")
        self.given += texts
        self.threads.add(threading.current_thread().name)
        return self._inner.passages(texts)

    def query(self, text: str) -> Vectors:
        return self._inner.query(text)


def said(lines: Sequence[str]) -> list[dict[str, str]]:
    return [{"role": "user", "content": line} for line in lines]


def vectors(path: Path) -> dict[str, list[bytes]]:
    """Each text's vectors, as the file holds them."""
    import apsw

    found: dict[str, list[bytes]] = {}
    rows = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY).execute(
        "SELECT t.content, v.value FROM text AS t JOIN vector AS v ON v.text = t.text ORDER BY v.vector"
    )
    for content, value in rows:
        found.setdefault(content, []).append(value)
    return found


def test_each_text_is_embedded_once_and_as_alone(tmp_path: Path) -> None:
    embedder = Watched()
    with remanence.open(tmp_path / "many.cube", embedder=embedder) as cube:
        cube.observe(said([*LINES, *LINES[:40]]))
        assert cube.stats().counts["texts without vector"] == 0
    assert sorted(embedder.given) == sorted(set(embedder.given))
    assert len(embedder.threads) > 1
    with remanence.open(tmp_path / "few.cube", embedder=Hashing()) as cube:
        for start in range(0, len(LINES), 50):
            cube.observe(said(LINES[start : start + 50]))
    many, few = vectors(tmp_path / "many.cube"), vectors(tmp_path / "few.cube")
    assert {line: set(many[line]) for line in LINES} == {line: set(few[line]) for line in LINES}


def test_what_is_known_is_not_embedded_again(tmp_path: Path) -> None:
    embedder = Watched()
    with remanence.open(tmp_path / "a.cube", embedder=embedder) as cube:
        cube.observe(said(LINES))
        before = len(embedder.given)
        cube.observe(said(LINES))
        cube.observe(said(LINES), session="another")
        assert len(embedder.given) == before


@pytest.mark.parametrize("fails_from", [1, 2])
def test_an_embedder_that_fails_loses_nothing(tmp_path: Path, fails_from: int) -> None:
    with remanence.open(tmp_path / "a.cube", embedder=Watched(fails_from)) as cube:
        added = cube.observe(said(LINES)).added
        assert len(added) == len(LINES)
        assert cube.stats().counts["texts without vector"] > 0
        assert cube.recall("how many sails on day 412", k=1)[0].item.content == LINES[412]
    with remanence.open(tmp_path / "a.cube", embedder=Hashing()) as cube:
        cube.embed_pending()
        assert cube.stats().counts["texts without vector"] == 0


def test_a_refused_conversation_leaves_nothing(tmp_path: Path) -> None:
    embedder = Watched()
    with remanence.open(tmp_path / "a.cube", embedder=embedder) as cube:
        with pytest.raises(InvalidInput):
            cube.observe([*said(LINES), {"role": "user", "content": "last", "timestamp": "never"}])
        assert cube.stats().counts["items"] == 0
    assert vectors(tmp_path / "a.cube") == {}
