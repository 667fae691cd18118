"""LangGraph's InMemoryStore with its index; vectors are given. It keeps nothing on disk."""

from __future__ import annotations

from pathlib import Path

from langgraph.store.memory import InMemoryStore


class Memory:
    """See drive.py."""

    def __init__(self, folder: Path, messages: list[dict], told, questions: list[str], asked) -> None:
        vectors = {message["text"]: vector.tolist() for message, vector in zip(messages, told, strict=True)}
        vectors |= {text: vector.tolist() for text, vector in zip(questions, asked, strict=True)}

        def embed(texts: list[str]) -> list[list[float]]:
            return [vectors[text] for text in texts]

        self._store = InMemoryStore(index={"dims": told.shape[1], "embed": embed, "fields": ["text"]})
        self._messages, self._questions = messages, questions

    def add(self, number: int) -> None:
        self._store.put(("talk",), str(number), {"text": self._messages[number]["text"]})

    def settle(self) -> None:
        """Nothing waits."""

    def search(self, number: int, count: int) -> list[int]:
        found = self._store.search(("talk",), query=self._questions[number], limit=count)
        return [int(one.key) for one in found]

    def close(self) -> None:
        """It has no end of its own."""
