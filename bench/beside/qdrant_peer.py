"""Qdrant in its local mode, cosine; vectors are given."""

from __future__ import annotations

from pathlib import Path

from qdrant_client import QdrantClient
from qdrant_client.models import Distance, PointStruct, VectorParams


class Memory:
    """See drive.py."""

    def __init__(self, folder: Path, messages: list[dict], told, questions: list[str], asked) -> None:
        self._client = QdrantClient(path=str(folder / "qdrant"))
        size = VectorParams(size=told.shape[1], distance=Distance.COSINE)
        self._client.create_collection("talk", vectors_config=size)
        self._messages, self._told, self._asked = messages, told, asked

    def add(self, number: int) -> None:
        point = PointStruct(id=number, vector=self._told[number].tolist(), payload=self._messages[number])
        self._client.upsert("talk", [point])

    def settle(self) -> None:
        """Nothing waits."""

    def search(self, number: int, count: int) -> list[int]:
        found = self._client.query_points("talk", query=self._asked[number].tolist(), limit=count)
        return [point.id for point in found.points]

    def close(self) -> None:
        self._client.close()
