"""mem0 with infer=False over its local Qdrant: texts are kept as they are, no language model is asked."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["MEM0_TELEMETRY"] = "False"
os.environ.setdefault("OPENAI_API_KEY", "none")  # its clients want one; nothing is sent
USER = "talk"


class Given:
    """Stands where its embedder does, and gives the vectors that were made before."""

    def __init__(self, vectors: dict[str, list[float]]) -> None:
        self.vectors = vectors

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        return self.vectors[text]

    def embed_batch(self, texts: list[str], memory_action: str | None = None) -> list[list[float]]:
        return [self.vectors[text] for text in texts]


class Memory:
    """See drive.py."""

    def __init__(self, folder: Path, messages: list[dict], told, questions: list[str], asked) -> None:
        os.environ["MEM0_DIR"] = str(folder / "mem0")
        from mem0 import Memory as Mem0

        store = {"path": str(folder / "qdrant"), "embedding_model_dims": told.shape[1], "on_disk": True}
        self._memory = Mem0.from_config(
            {
                "vector_store": {"provider": "qdrant", "config": store},
                "history_db_path": str(folder / "history.db"),
            }
        )
        vectors = {message["text"]: vector.tolist() for message, vector in zip(messages, told, strict=True)}
        vectors |= {text: vector.tolist() for text, vector in zip(questions, asked, strict=True)}
        self._memory.embedding_model = Given(vectors)
        self._messages, self._questions = messages, questions

    def add(self, number: int) -> None:
        said = [{"role": "user", "content": self._messages[number]["text"]}]
        self._memory.add(said, user_id=USER, infer=False, metadata={"number": number})

    def settle(self) -> None:
        """Nothing waits."""

    def search(self, number: int, count: int) -> list[int]:
        found = self._memory.search(
            self._questions[number], filters={"user_id": USER}, top_k=count, threshold=0.0
        )
        return [one["metadata"]["number"] for one in found["results"]]

    def close(self) -> None:
        """It has no end of its own."""
