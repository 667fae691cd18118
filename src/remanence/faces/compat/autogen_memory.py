"""AutoGen's Memory over a cube; the extra `autogen` brings the package."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing, InvalidInput
from remanence.faces.compat.conversation import Conversation
from remanence.faces.memory_block import memory_block
from remanence.model.hit import Context
from remanence.model.ids import ItemId
from remanence.model.item import Item, Json
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS

try:
    from autogen_core import CancellationToken
    from autogen_core.memory import (
        Memory,
        MemoryContent,
        MemoryMimeType,
        MemoryQueryResult,
        UpdateContextResult,
    )
    from autogen_core.model_context import ChatCompletionContext
    from autogen_core.models import LLMMessage, SystemMessage, UserMessage
except ImportError as error:
    raise ExtraMissing("the memory needs autogen-core: pip install 'remanence[autogen]'") from error

MIME_TYPE = "mime_type"  # in an item's metadata, for what is no plain text
TEXTS = (MemoryMimeType.TEXT.value, MemoryMimeType.MARKDOWN.value)
JSON = MemoryMimeType.JSON.value
T = TypeVar("T")


class RemanenceMemory(Memory):
    """What an agent remembers, in a cube that is open, or in a file.

    It answers with all that the cube holds. What is added bears the session's name, and `clear` takes that
    away for good; with `erase=False` it is retired.
    """

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        *,
        session: str = "autogen",
        budget: int = DEFAULT_BUDGET_TOKENS,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        """`budget` is how many tokens of memory a model context gets at a time."""
        self._conversation = Conversation(memory, session, embedder=embedder, erase=erase)
        self._budget = budget
        self._put: WeakKeyDictionary[ChatCompletionContext, list[tuple[str, Context]]] = WeakKeyDictionary()

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Put what fits the user's last message into the context, but for what was put there before."""
        messages = await model_context.get_messages()
        question = _last_question(messages)
        found: tuple[Item, ...] = ()
        if question.strip():
            told = {one.content for one in messages if isinstance(one, SystemMessage)}
            put = [one for one in self._put.get(model_context, ()) if one[0] in told]
            context = await asyncio.to_thread(
                self._cube.context, question, budget=self._budget, without=[one for _, one in put]
            )
            block = memory_block(context)
            if block is not None:
                await model_context.add_message(SystemMessage(content=block))
                put.append((block, context))
                found = context.items
            self._put[model_context] = put
        return UpdateContextResult(memories=MemoryQueryResult(results=[_content_of(one) for one in found]))

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        *,
        limit: int = DEFAULT_HITS,
    ) -> MemoryQueryResult:
        """What answers best, best first, each with its score and id in the metadata."""
        text = query if isinstance(query, str) else _text_of(query)
        hits = await _linked(lambda: self._cube.recall(text, k=limit), cancellation_token)
        return MemoryQueryResult(results=[_content_of(hit.item, score=hit.score) for hit in hits])

    async def add(self, content: MemoryContent, cancellation_token: CancellationToken | None = None) -> None:
        """Remember a text, Markdown or JSON; raises InvalidInput for anything else, which is not kept."""
        text, metadata = _text_of(content), _metadata_of(content)

        def remember() -> ItemId:
            kept = self._cube.remember(
                text, metadata=metadata, session=self._conversation.session, because="autogen: add"
            )
            return kept.id

        await _linked(remember, cancellation_token)

    async def clear(self) -> None:
        """Take away what was added, with what was derived from it."""
        await asyncio.to_thread(self._conversation.clear, because="autogen: clear")

    async def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        await asyncio.to_thread(self._conversation.close)

    @property
    def _cube(self) -> Cube:
        return self._conversation.cube


async def _linked(work: Callable[[], T], token: CancellationToken | None) -> T:
    """Run it in a thread; who cancels waits no longer for it."""
    future = asyncio.ensure_future(asyncio.to_thread(work))
    if token is not None:
        token.link_future(future)
    return await future


def _last_question(messages: Sequence[LLMMessage]) -> str:
    for message in reversed(messages):
        if isinstance(message, UserMessage):
            parts: Iterable[object] = message.content
            if isinstance(parts, str):
                return parts
            return "\n".join(part for part in parts if isinstance(part, str))
    return ""


def _text_of(content: MemoryContent) -> str:
    kind = _mime_type(content)
    if kind == JSON and isinstance(content.content, Mapping):
        try:
            return json.dumps(content.content, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the content can't be kept as JSON: {error}; nothing was added") from error
    if kind in (*TEXTS, JSON) and isinstance(content.content, str):
        return content.content
    raise InvalidInput(
        f"content of the type {kind} is no text; give text, Markdown or JSON. Nothing was added"
    )


def _metadata_of(content: MemoryContent) -> dict[str, Json]:
    kind = _mime_type(content)
    marked: dict[str, Json] = {} if kind == MemoryMimeType.TEXT.value else {MIME_TYPE: kind}
    return {**(content.metadata or {}), **marked}


def _mime_type(content: MemoryContent) -> str:
    kind = content.mime_type
    return kind.value if isinstance(kind, MemoryMimeType) else str(kind)


def _content_of(item: Item, *, score: float | None = None) -> MemoryContent:
    kind = item.metadata.get(MIME_TYPE, MemoryMimeType.TEXT.value)
    told = {"id": item.id, "kind": item.kind.value, "said_at": item.said_at.isoformat()}
    rest = {name: value for name, value in item.metadata.items() if name != MIME_TYPE}
    scored = {} if score is None else {"score": score}
    return MemoryContent(
        content=_mapping(item.content) if kind == JSON else item.content,
        mime_type=str(kind),
        metadata={**rest, **told, **scored},
    )


def _mapping(text: str) -> str | dict[str, Json]:
    """The mapping that was kept; the text itself where it is none, or an erasure blanked some of it."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict) else text
