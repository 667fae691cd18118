"""How the embedder reads a text is kept with it: whenever its vector comes, and wherever the cube goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import remanence
from opening import OpenCube
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Passages
from remanence.errors import EmbeddingError

if TYPE_CHECKING:
    from remanence.embedding.port import Vectors

TOLD = ("My car is a Golf.", "Parked the Yaris in our street today, the Golf is history.")
QUESTION = "what is my car?"


class Judging:
    """Says of each text that has a word that it is surely so, and of others that it surely is not."""

    def __init__(self, word: str, *, fails: bool = False) -> None:
        self.word, self.fails, self.asked = word, fails, 0
        self._inner = open_embedder("minilm")
        self.identity = self._inner.identity

    def query(self, text: str) -> Vectors:
        return self._inner.query(text)

    def passages(self, texts: Sequence[str]) -> Passages:
        if self.fails:
            raise EmbeddingError("the power is out")
        self.asked += len(texts)
        found = self._inner.passages(texts)
        manner = [6.0 if self.word in texts[span.text] else -6.0 for span in found.spans]
        return Passages(found.vectors, found.spans, np.array(manner, np.float32))


def talk(cube: remanence.Cube) -> None:
    for day, text in enumerate(TOLD, 1):
        cube.observe([{"role": "user", "content": text, "timestamp": f"2025-01-0{day} 12:00"}])


def first(cube: remanence.Cube) -> str:
    return cube.recall(QUESTION)[0].item.content


def test_what_the_embedder_reads_as_so_now_comes_first(open_cube: OpenCube) -> None:
    sure, unsure = (open_cube(f"{word}.cube", embedder=Judging(word)) for word in ("Yaris", "nothing"))
    talk(sure)
    talk(unsure)
    assert (first(sure), first(unsure)) == (TOLD[1], TOLD[0])


def test_a_text_that_waited_for_its_vector_is_judged_when_it_comes(open_cube: OpenCube) -> None:
    embedder = Judging("Yaris", fails=True)
    cube = open_cube(embedder=embedder)
    talk(cube)
    cube.recall(QUESTION)  # its index knows the rows by now, unjudged
    embedder.fails = False
    cube.embed_pending()
    assert first(cube) == TOLD[1]


def test_it_goes_along_with_an_export_and_its_vectors(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(embedder=Judging("Yaris"))
    talk(cube)
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    later = Judging("nothing")
    remanence.load(tmp_path / "a.jsonl", tmp_path / "b.cube")
    with remanence.open(tmp_path / "b.cube", embedder=later) as loaded:
        assert first(loaded) == TOLD[1]
    assert later.asked == 0
