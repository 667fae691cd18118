"""This project; the same vectors are given in place of its embedder's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import remanence
from remanence.embedding.port import EmbedderIdentity, Passages, Span


class Given:
    """An embedder that gives the vectors that were made before."""

    def __init__(self, told: dict[str, np.ndarray], asked: dict[str, np.ndarray], dims: int) -> None:
        self._told, self._asked = told, asked
        self.identity = EmbedderIdentity("given", "1", dims)

    def passages(self, texts):
        vectors = np.stack([self._told[text] for text in texts])
        return Passages(vectors, tuple(Span(n, 0, len(text)) for n, text in enumerate(texts)))

    def query(self, text: str):
        return self._asked[text]


class Memory:
    """See drive.py. The rule reader is off: its statements would have vectors of their own."""

    def __init__(self, folder: Path, messages: list[dict], told, questions: list[str], asked) -> None:
        given = Given(
            {message["said"]: vector for message, vector in zip(messages, told, strict=True)},
            dict(zip(questions, asked, strict=True)),
            told.shape[1],
        )
        self._cube = remanence.open(folder / "talk.cube", embedder=given, reader=None, time_zone="UTC")
        self._messages, self._questions = messages, questions
        self._numbers: dict[str, int] = {}

    def add(self, number: int) -> None:
        message = self._messages[number]
        said = {
            "role": "user",
            "name": message["name"],
            "content": message["said"],
            "timestamp": message["at"],
        }
        observed = self._cube.observe([said], session=message["session"])
        self._numbers.update((item_id, number) for item_id in observed.added)

    def settle(self) -> None:
        self._cube.embed_pending()

    def search(self, number: int, count: int) -> list[int]:
        hits = self._cube.recall(self._questions[number], k=count)
        return [self._numbers[hit.item.id] for hit in hits]

    def close(self) -> None:
        self._cube.close()
