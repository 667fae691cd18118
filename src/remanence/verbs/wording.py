"""Lets a language model put an extract into words of its own, and leaves out what the extract lacks."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from remanence.errors import ReadingFailed, Refused
from remanence.model.summary import Summary
from remanence.reader.llm.calls import Setback
from remanence.reader.llm.exchange import Caller
from remanence.reader.llm.prompt import prompt
from remanence.reader.llm.reader import LLMReader, require_extra
from remanence.verbs.setting import Setting
from remanence.verbs.summarising import put_together

CHANCE_BITS = 30
MATERIAL_FACTOR = 10  # tokens shown to the model, for each that the summary may have


class Wording:
    """A model that sums up, in use; use it in a `with` block, and for as many summaries as there are.

    Raises Refused where the cube was opened without a model, and ExtraMissing.
    """

    def __init__(self, setting: Setting) -> None:
        if setting.llm is None:
            raise Refused(
                "a summary in a model's words needs a model: open the cube with reader=LLMReader(...), "
                "or leave `abstractive` out for sentences word for word"
            )
        require_extra()
        from remanence.reader.llm.endpoint import Endpoint
        from remanence.reader.llm.summing import summary_schema

        self._reader: LLMReader = setting.llm
        self._setting = setting
        self._called_at: float | None = None
        self._endpoint = Endpoint(self._reader, schema=summary_schema())
        self._caller = Caller(
            self._endpoint, before=self._keep_pace, sleep=self._reader.sleep, chance=self._chance
        )

    @property
    def identity(self) -> str:
        """Which model, by which words, as summaries name it."""
        return f"llm:{self._reader.model}:summary:{prompt('summary').version}"

    def material_tokens(self, budget_tokens: int) -> int:
        """How long the extract is that the model gets: several times the summary, within one call."""
        return max(budget_tokens, min(self._reader.chunk_tokens_max, MATERIAL_FACTOR * budget_tokens))

    def summary(self, extract: Summary, *, budget_tokens: int) -> Summary:
        """The extract in the model's words, each sentence with the places that bear it out.

        Raises ReadingFailed where the model can't be asked, or where none of its sentences is borne out.
        """
        from remanence.reader.llm.summing import borne_out, question, read_summary

        if not extract.sentences:
            return Summary("", 0, budget_tokens, (), self.identity)
        asked = question(extract.sentences, tokens=budget_tokens)
        answer = self._caller.answer(prompt("summary"), asked, read_summary)
        if isinstance(answer, Setback):
            where = f"{self._reader.address} was asked for a summary"
            raise ReadingFailed(f"{where}, and it is {answer.trouble}; nothing was changed")
        sentences = borne_out(answer, extract.sentences)
        made = put_together(list(sentences), budget_tokens, by=self.identity)
        if not made.sentences:
            raise ReadingFailed(
                f"no sentence of the summary by {self._reader.model} is borne out by what it cites and fits "
                "the budget; nothing was changed, and without `abstractive` there is one word for word"
            )
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._endpoint.close()

    def _keep_pace(self) -> None:
        per_minute = self._reader.calls_per_minute
        if per_minute is not None and self._called_at is not None:
            wait_s = self._called_at + 60.0 / per_minute - time.monotonic()
            if wait_s > 0:
                self._reader.sleep(wait_s)
        self._called_at = time.monotonic()

    def _chance(self) -> float:
        return self._setting.clock.random_bits(CHANCE_BITS) / (1 << CHANCE_BITS)
