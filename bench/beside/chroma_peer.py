"""Chroma, persistent, cosine; vectors are given."""

from __future__ import annotations

from pathlib import Path

import chromadb
from chromadb.config import Settings


class Memory:
    """See drive.py."""

    def __init__(self, folder: Path, messages: list[dict], told, questions: list[str], asked) -> None:
        self._client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
        self._collection = self._client.create_collection("talk", metadata={"hnsw:space": "cosine"})
        self._messages, self._told, self._asked = messages, told, asked

    def add(self, number: int) -> None:
        self._collection.add(
            ids=[str(number)],
            documents=[self._messages[number]["text"]],
            embeddings=[self._told[number].tolist()],
            metadatas=[{"session": self._messages[number]["session"]}],
        )

    def settle(self) -> None:
        """Nothing waits."""

    def search(self, number: int, count: int) -> list[int]:
        found = self._collection.query(query_embeddings=[self._asked[number].tolist()], n_results=count)
        return [int(name) for name in found["ids"][0]]

    def close(self) -> None:
        """It has no end of its own."""
