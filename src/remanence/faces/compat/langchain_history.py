"""LangChain's chat message history over a session of a cube; the extra `langchain` brings the package."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing
from remanence.faces.compat.conversation import Conversation, Kept, Turn

try:
    from langchain_core.chat_history import BaseChatMessageHistory
    from langchain_core.messages import (
        AIMessage,
        BaseMessage,
        HumanMessage,
        SystemMessage,
        message_to_dict,
        messages_from_dict,
    )
except ImportError as error:
    raise ExtraMissing("the chat history needs langchain-core: pip install 'remanence[langchain]'") from error

ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "tool"}
PLAIN = {"user": HumanMessage, "system": SystemMessage}  # for what came by another way; else AIMessage


class RemanenceChatMessageHistory(BaseChatMessageHistory):
    """The messages of one session, in a cube that is open, or in a file.

    They are kept word for word and read by the cube's reader, so that `cube.recall` answers with what was
    said. `clear` erases them and what was derived from them; with `erase=False` they are retired.
    """

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        session_id: str,
        *,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        self.session_id = session_id
        self._conversation = Conversation(memory, session_id, embedder=embedder, erase=erase)

    @property
    def messages(self) -> list[BaseMessage]:
        """All messages of the session, in order."""
        return [_message_of(kept) for kept in self._conversation.kept()]

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Add messages at the end, all or none."""
        self._conversation.append(map(_turn_of, messages), because="langchain: add_messages")

    def clear(self) -> None:
        """Take all messages of the session away, with what was derived from them."""
        self._conversation.clear(because="langchain: clear")

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        self._conversation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _turn_of(message: BaseMessage) -> Turn:
    fields = message_to_dict(message)
    role = ROLES.get(message.type.removesuffix("Chunk").lower(), "user")
    if not isinstance(message.content, str):
        return Turn(role, fields)
    rest = {**fields, "data": {name: one for name, one in fields["data"].items() if name != "content"}}
    return Turn(role, fields, message.content, rest)


def _message_of(kept: Kept) -> BaseMessage:
    if kept.fields is None:
        return PLAIN.get(kept.role, AIMessage)(content=kept.words or "")
    if kept.words is None:
        return messages_from_dict([kept.fields])[0]
    data = kept.fields.get("data")
    assert isinstance(data, dict), "as it was written"
    return messages_from_dict([{**kept.fields, "data": {**data, "content": kept.words}}])[0]
