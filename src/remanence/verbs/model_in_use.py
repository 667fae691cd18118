"""A language model in use for something beside reading: asked at its pace, and let go of at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar

from remanence.errors import ReadingFailed, Refused
from remanence.model.item import Json
from remanence.reader.llm.calls import Setback
from remanence.reader.llm.exchange import Caller
from remanence.reader.llm.prompt import prompt
from remanence.reader.llm.reader import LLMReader, require_extra
from remanence.verbs.setting import Setting

T = TypeVar("T")
CHANCE_BITS = 30


class ModelInUse:
    """The model that a cube was opened with; use it in a `with` block, for as many questions as there are.

    `wanted` says what it is for, `schema` makes the form of its answers. Raises Refused where the cube was
    opened without a model, and ExtraMissing.
    """

    def __init__(self, setting: Setting, *, wanted: str, schema: Callable[[], Mapping[str, Json]]) -> None:
        if setting.llm is None:
            raise Refused(
                f"{wanted} in a model's words needs a model: open the cube with reader=LLMReader(...), "
                "or leave `abstractive` out"
            )
        require_extra()
        from remanence.reader.llm.endpoint import Endpoint

        self.reader: LLMReader = setting.llm
        self._wanted = wanted
        self._setting = setting
        self._called_at: float | None = None
        self._endpoint = Endpoint(self.reader, schema=dict(schema()))
        self._caller = Caller(
            self._endpoint, before=self._keep_pace, sleep=self.reader.sleep, chance=self._chance
        )

    def identity(self, words: str) -> str:
        """Which model, by which prompt, as what it worded names it."""
        return f"llm:{self.reader.model}:{words}:{prompt(words).version}"

    def answer(self, words: str, asked: str, read: Callable[[str], T | str]) -> T:
        """What the model answers by a prompt that ships; raises ReadingFailed where it can't be asked."""
        answer = self._caller.answer(prompt(words), asked, read)
        if isinstance(answer, Setback):
            where = f"{self.reader.address} was asked for {self._wanted}"
            raise ReadingFailed(f"{where}, and it is {answer.trouble}; nothing was changed")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._endpoint.close()

    def _keep_pace(self) -> None:
        per_minute = self.reader.calls_per_minute
        if per_minute is not None and self._called_at is not None:
            wait_s = self._called_at + 60.0 / per_minute - time.monotonic()
            if wait_s > 0:
                self.reader.sleep(wait_s)
        self._called_at = time.monotonic()

    def _chance(self) -> float:
        return self._setting.clock.random_bits(CHANCE_BITS) / (1 << CHANCE_BITS)
