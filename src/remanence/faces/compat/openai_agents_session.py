"""The OpenAI Agents SDK's `Session` over a session of a cube. It is a protocol: no package is needed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import InvalidInput
from remanence.faces.compat.conversation import Conversation, Fields, Kept, Turn

if TYPE_CHECKING:
    from agents.memory import SessionSettings

ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}


class RemanenceSession:
    """The items of one session, in a cube that is open, or in a file: `Runner.run(..., session=...)`.

    Messages are kept word for word and read by the cube's reader, so that `cube.recall` answers with what
    was said; calls of tools and their results are kept whole. `pop_item` and `clear_session` erase; with
    `erase=False` they retire.
    """

    session_settings: SessionSettings | None = None

    def __init__(
        self,
        session_id: str,
        memory: Cube | str | os.PathLike[str],
        *,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
        session_settings: SessionSettings | None = None,
    ) -> None:
        self.session_id = session_id
        self.session_settings = session_settings
        self._conversation = Conversation(memory, session_id, embedder=embedder, erase=erase)

    async def get_items(self, limit: int | None = None) -> list[Fields]:
        """The session's items in order; with a limit, here or in the settings, the latest so many."""
        wanted = limit
        if wanted is None and self.session_settings is not None:
            wanted = self.session_settings.limit
        kept = await asyncio.to_thread(self._conversation.kept)
        chosen = kept if wanted is None else kept[max(0, len(kept) - wanted) :]
        return [_item_of(one) for one in chosen]

    async def add_items(self, items: Sequence[Fields]) -> None:
        """Add items at the end, all or none."""
        turns = [_turn_of(item) for item in items]
        await asyncio.to_thread(self._conversation.append, turns, because="agents: add_items")

    async def pop_item(self) -> Fields | None:
        """Take the last item away and return it; None where there is none."""
        kept = await asyncio.to_thread(self._conversation.kept)
        if not kept:
            return None
        await asyncio.to_thread(self._conversation.forget, kept[-1], because="agents: pop_item")
        return _item_of(kept[-1])

    async def clear_session(self) -> None:
        """Take all items away, with what was derived from them."""
        await asyncio.to_thread(self._conversation.clear, because="agents: clear_session")

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        self._conversation.close()


def _turn_of(item: object) -> Turn:
    if not isinstance(item, dict):
        raise InvalidInput(f"an item is a {type(item).__name__}; give a mapping")
    role = ROLES.get(
        str(item.get("role")), "tool" if str(item.get("type")).endswith("output") else "assistant"
    )
    content = item.get("content")
    if isinstance(content, str):
        return Turn(role, item, content, {name: one for name, one in item.items() if name != "content"})
    part = content[0] if isinstance(content, list) and len(content) == 1 else None
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        rest = {name: one for name, one in part.items() if name != "text"}
        return Turn(role, item, str(part["text"]), {**item, "content": [rest]})
    return Turn(role, item)


def _item_of(kept: Kept) -> Fields:
    if kept.fields is None:
        return {"role": kept.role if kept.role in ROLES else "assistant", "content": kept.words}
    if kept.words is None:
        return kept.fields
    content = kept.fields.get("content")
    if isinstance(content, list) and isinstance(content[0], dict):
        return {**kept.fields, "content": [{**content[0], "text": kept.words}]}
    return {**kept.fields, "content": kept.words}
