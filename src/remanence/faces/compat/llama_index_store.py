"""LlamaIndex's chat store over a cube: a key is a session. The extra `llama-index` brings the package."""

from __future__ import annotations

import os
from collections.abc import Sequence

import remanence
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing
from remanence.faces.compat.conversation import Conversation, Fields, Kept, Turn

try:
    from llama_index.core.bridge.pydantic import PrivateAttr
    from llama_index.core.llms import ChatMessage
    from llama_index.core.storage.chat_store import BaseChatStore
except ImportError as error:
    raise ExtraMissing(
        "the chat store needs llama-index-core: pip install 'remanence[llama-index]'"
    ) from error

ROLES = {"user": "user", "system": "system", "developer": "system", "tool": "tool", "function": "tool"}


class RemanenceChatStore(BaseChatStore):
    """The chats of a cube that is open, or of a file, for LlamaIndex's chat memories.

    `ChatMemoryBuffer.from_defaults(chat_store=store, chat_store_key="alice")` keeps its messages here. What
    is deleted is erased, with what was derived from it; with `erase=False` it is retired. Keys may be
    different people: a file is opened without the reader, so that their statements never meet.
    """

    _cube: Cube = PrivateAttr()
    _owned: bool = PrivateAttr()
    _erase: bool = PrivateAttr()

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        *,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        super().__init__()
        self._owned = not isinstance(memory, Cube)
        self._cube = (
            memory if isinstance(memory, Cube) else remanence.open(memory, embedder=embedder, reader=None)
        )
        self._erase = erase

    @classmethod
    def class_name(cls) -> str:
        """The name that LlamaIndex knows it by."""
        return "RemanenceChatStore"

    def set_messages(self, key: str, messages: Sequence[ChatMessage]) -> None:
        """Let a chat be these messages; where they go on with what is there, only the new ones are added."""
        there = self.get_messages(key)
        if there != list(messages[: len(there)]):
            self.delete_messages(key)
            there = []
        self._chat(key).append(map(_turn_of, messages[len(there) :]), because="llama-index: set_messages")

    def get_messages(self, key: str) -> list[ChatMessage]:
        """The messages of a chat, in order."""
        return [_message_of(kept) for kept in self._chat(key).kept()]

    def add_message(self, key: str, message: ChatMessage) -> None:
        """Add a message at the end of a chat."""
        self._chat(key).append([_turn_of(message)], because="llama-index: add_message")

    def delete_messages(self, key: str) -> list[ChatMessage] | None:
        """Take a chat away; returns its messages, None where there were none."""
        there = self.get_messages(key)
        if not there:
            return None
        self._chat(key).clear(because="llama-index: delete_messages")
        return there

    def delete_message(self, key: str, idx: int) -> ChatMessage | None:
        """Take the message at this place away and return it; None where there is none."""
        chat = self._chat(key)
        kept = chat.kept()
        if not -len(kept) <= idx < len(kept):
            return None
        chat.forget(kept[idx], because="llama-index: delete_message")
        return _message_of(kept[idx])

    def delete_last_message(self, key: str) -> ChatMessage | None:
        """Take the last message away and return it; None where there is none."""
        return self.delete_message(key, -1)

    def get_keys(self) -> list[str]:
        """The names of all chats that have messages."""
        names = [unit.name for unit in self._cube.units(kind="context")]
        return [name for name in names if self._chat(name).kept()]

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        if self._owned:
            self._cube.close()

    def _chat(self, key: str) -> Conversation:
        return Conversation(self._cube, key, erase=self._erase)


def _turn_of(message: ChatMessage) -> Turn:
    fields: Fields = message.model_dump(mode="json")
    role = ROLES.get(str(fields["role"]), "assistant")
    blocks = fields["blocks"]
    block = blocks[0] if isinstance(blocks, list) and len(blocks) == 1 else None
    if not isinstance(block, dict) or not isinstance(block.get("text"), str):
        return Turn(role, fields)
    rest: Fields = {name: one for name, one in block.items() if name != "text"}
    return Turn(role, fields, str(block["text"]), {**fields, "blocks": [rest]})


def _message_of(kept: Kept) -> ChatMessage:
    if kept.fields is None:
        return ChatMessage(role=kept.role, content=kept.words)
    blocks = kept.fields["blocks"]
    if kept.words is None or not isinstance(blocks, list) or not isinstance(blocks[0], dict):
        return ChatMessage.model_validate(kept.fields)
    return ChatMessage.model_validate({**kept.fields, "blocks": [{**blocks[0], "text": kept.words}]})
