"""The model that is talked to: any endpoint that speaks OpenAI's chat completions, its answer as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import httpx2
import openai

from remanence.errors import ReadingFailed

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

    from remanence.reader.llm.reader import LLMReader

Message: TypeAlias = dict[str, str]
NO_KEY = "none"  # servers on one's own machine want none, and the client wants some


class Model(Protocol):
    """Whoever answers."""

    def answer(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer piece by piece; raises ReadingFailed where the endpoint gives none, or half of one."""
        ...


class Endpoint:
    """A model behind an address."""

    def __init__(self, settings: LLMReader) -> None:
        """The model, address, key and patience of a reader's settings."""
        self._settings = settings
        self._client = openai.OpenAI(
            base_url=settings.base_url, api_key=settings.api_key or NO_KEY, timeout=settings.timeout_s
        )

    def answer(self, messages: Sequence[Message]) -> Iterator[str]:
        """The pieces as they come."""
        given = cast("list[ChatCompletionMessageParam]", list(messages))
        try:
            with self._client.chat.completions.create(
                model=self._settings.model, messages=given, stream=True
            ) as stream:
                for chunk in stream:
                    for choice in chunk.choices[:1]:
                        yield choice.delta.content or ""
        except (openai.OpenAIError, httpx2.TransportError) as error:
            raise ReadingFailed(
                f"{self._settings.base_url}: {_told(error)}; nothing was remembered"
            ) from error

    def close(self) -> None:
        """End its connections."""
        self._client.close()


def _told(error: Exception) -> str:
    """What happened, without what the endpoint may quote."""
    if isinstance(error, openai.APIStatusError):
        return f"it answered {error.status_code}"
    return "it did not answer in time" if isinstance(error, openai.APITimeoutError) else "it did not answer"
