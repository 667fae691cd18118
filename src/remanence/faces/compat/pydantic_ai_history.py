"""Pydantic AI's message history over a session of a cube; the extra `pydantic-ai` brings the package.

A message has several parts: each is an item, and bears what their message says besides.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from remanence.clock import SystemClock
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing
from remanence.faces.compat.conversation import ID_BITS, Conversation, Fields, Kept, Turn
from remanence.model.item import Json

try:
    from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter
except ImportError as error:
    raise ExtraMissing("the history needs pydantic-ai-slim: pip install 'remanence[pydantic-ai]'") from error

ROLES = {"system-prompt": "system", "user-prompt": "user", "tool-return": "tool", "retry-prompt": "tool"}


class RemanenceMessageHistory:
    """The messages of one session, in a cube that is open, or in a file.

    `agent.run(text, message_history=history.messages)` goes on with them, and
    `history.add(result.new_messages())` keeps what came. `clear` erases them and what was derived from them;
    with `erase=False` they are retired.
    """

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        session: str,
        *,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        self._conversation = Conversation(memory, session, embedder=embedder, erase=erase)
        self._clock = SystemClock()

    @property
    def messages(self) -> list[ModelMessage]:
        """All messages of the session, in order."""
        told = json.dumps(_messages_of(self._conversation.kept()))
        found: list[ModelMessage] = ModelMessagesTypeAdapter.validate_json(told)
        return found

    def add(self, messages: Sequence[ModelMessage]) -> None:
        """Add messages at the end, all or none."""
        dumped = ModelMessagesTypeAdapter.dump_python(list(messages), mode="json")
        turns = [turn for message in dumped for turn in self._turns_of(message)]
        self._conversation.append(turns, because="pydantic-ai: add")

    def clear(self) -> None:
        """Take all messages of the session away, with what was derived from them."""
        self._conversation.clear(because="pydantic-ai: clear")

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        self._conversation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _turns_of(self, message: Fields) -> Iterator[Turn]:
        parts = message["parts"]
        shared: Fields = {
            "message": {name: one for name, one in message.items() if name != "parts"},
            "of": f"{self._clock.random_bits(ID_BITS):032x}",  # tells whose part each is
        }
        if not isinstance(parts, list) or not parts:
            yield Turn("assistant", shared)
            return
        for part in parts:
            assert isinstance(part, dict), "as Pydantic AI dumps it"
            role = ROLES.get(str(part["part_kind"]), "assistant")
            words = part.get("content")
            rest: Fields = {name: one for name, one in part.items() if name != "content"}
            if isinstance(words, str):
                yield Turn(role, {**shared, "part": part}, words, {**shared, "part": rest})
            else:
                yield Turn(role, {**shared, "part": part})


def _messages_of(kept: Iterable[Kept]) -> list[Json]:
    messages: list[Json] = []
    last: Json = None
    for one in kept:
        if one.fields is None:
            messages.append(_plain(one))
            last = None
            continue
        if last is None or one.fields["of"] != last:
            message = one.fields["message"]
            assert isinstance(message, dict), "as it was written"
            parts: list[Json] = []
            messages.append({**message, "parts": parts})
            last = one.fields["of"]
        part = one.fields.get("part")
        if isinstance(part, dict):
            parts.append(part if one.words is None else {**part, "content": one.words})
    return messages


def _plain(kept: Kept) -> Json:
    """A message that came by another way, or lost what it was made of."""
    if kept.role == "assistant":
        return {"kind": "response", "parts": [{"part_kind": "text", "content": kept.words}]}
    kind = "system-prompt" if kept.role == "system" else "user-prompt"
    return {"kind": "request", "parts": [{"part_kind": kind, "content": kept.words}]}
