"""MemOS's general text memory over its local Qdrant; vectors are given, its extractor is never asked."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OPENAI_API_KEY", "none")  # its configuration wants one; nothing is sent


class Given:
    """Stands where its embedder does, and gives the vectors that were made before."""

    def __init__(self, vectors: dict[str, list[float]]) -> None:
        self.vectors = vectors

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [self.vectors[text] for text in texts]


class Memory:
    """See drive.py."""

    def __init__(self, folder: Path, messages: list[dict], told, questions: list[str], asked) -> None:
        from memos.configs.memory import GeneralTextMemoryConfig
        from memos.memories.textual.general import GeneralTextMemory
        from memos.memories.textual.item import TextualMemoryItem

        model = {"model_name_or_path": "none", "api_key": "none"}
        store = {
            "collection_name": "talk",
            "vector_dimension": told.shape[1],
            "distance_metric": "cosine",
            "path": str(folder / "qdrant"),
        }
        self._memory = GeneralTextMemory(
            GeneralTextMemoryConfig(
                extractor_llm={"backend": "openai", "config": model},
                vector_db={"backend": "qdrant", "config": store},
                embedder={"backend": "ollama", "config": {"model_name_or_path": "nomic-embed-text:latest"}},
            )
        )
        vectors = {message["text"]: vector.tolist() for message, vector in zip(messages, told, strict=True)}
        vectors |= {text: vector.tolist() for text, vector in zip(questions, asked, strict=True)}
        self._memory.embedder = Given(vectors)
        self._item = TextualMemoryItem
        self._numbers: dict[str, int] = {}
        self._messages, self._questions = messages, questions

    def add(self, number: int) -> None:
        item = self._item(memory=self._messages[number]["text"])
        self._numbers[item.id] = number
        self._memory.add([item])

    def settle(self) -> None:
        """Nothing waits."""

    def search(self, number: int, count: int) -> list[int]:
        found = self._memory.search(self._questions[number], top_k=count)
        return [self._numbers[item.id] for item in found]

    def close(self) -> None:
        """It has no end of its own."""
