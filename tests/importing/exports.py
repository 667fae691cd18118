"""The fixtures of each kind, and small exports made for one test."""

from __future__ import annotations

import json
from pathlib import Path

DATA = Path(__file__).parent / "data"
FIXTURES = {
    "remanence": DATA / "cube.jsonl",
    "chatgpt": DATA / "chatgpt",
    "claude": DATA / "claude",
    "mcp-memory": DATA / "memory.jsonl",
    "mem0": DATA / "mem0.json",
    "letta": DATA / "agent.af",
    "langgraph": DATA / "store.json",
    "markdown": DATA / "vault",
    "jsonl": DATA / "lines.jsonl",
}


def chat(number: int, texts: list[str], *, at: float | None = 1_700_000_000.0) -> dict:
    """A ChatGPT conversation of these texts, user and assistant in turn."""
    ids = [f"{number}-{place}" for place in range(len(texts))]
    nodes = {}
    for place, (own, text) in enumerate(zip(ids, texts, strict=True)):
        message = {
            "id": own,
            "author": {"role": ("user", "assistant")[place % 2], "name": None, "metadata": {}},
            "create_time": None if at is None else at + place,
            "content": {"content_type": "text", "parts": [text]},
            "status": "finished_successfully",
            "recipient": "all",
            "metadata": {},
        }
        parent = ids[place - 1] if place else None
        nodes[own] = {"id": own, "message": message, "parent": parent, "children": ids[place + 1 : place + 2]}
    return {
        "title": f"Talk {number}",
        "create_time": at,
        "conversation_id": f"c-{number}",
        "current_node": ids[-1] if ids else None,
        "mapping": nodes,
    }


def written(path: Path, value: object) -> Path:
    """The value as a JSON file."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
