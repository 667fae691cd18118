"""Lets a language model put an extract into words of its own, and leaves out what the extract lacks."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from remanence.errors import ReadingFailed
from remanence.model.item import Json
from remanence.model.summary import Summary
from remanence.verbs.model_in_use import ModelInUse
from remanence.verbs.setting import Setting
from remanence.verbs.summarising import put_together

MATERIAL_FACTOR = 10  # tokens shown to the model, for each that the summary may have
SUMMARY = "summary"  # the prompt


class Wording:
    """A model that sums up, in use; use it in a `with` block, and for as many summaries as there are.

    Raises Refused where the cube was opened without a model, and ExtraMissing.
    """

    def __init__(self, setting: Setting) -> None:
        self._model = ModelInUse(setting, wanted="a summary", schema=_schema)

    @property
    def identity(self) -> str:
        """Which model, by which words, as summaries name it."""
        return self._model.identity(SUMMARY)

    def material_tokens(self, budget_tokens: int) -> int:
        """How long the extract is that the model gets: several times the summary, within one call."""
        return max(budget_tokens, min(self._model.reader.chunk_tokens_max, MATERIAL_FACTOR * budget_tokens))

    def summary(self, extract: Summary, *, budget_tokens: int) -> Summary:
        """The extract in the model's words, each sentence with the places that bear it out.

        Raises ReadingFailed where the model can't be asked, or where none of its sentences is borne out.
        """
        from remanence.reader.llm.summing import borne_out, question, read_summary

        if not extract.sentences:
            return Summary("", 0, budget_tokens, (), self.identity)
        asked = question(extract.sentences, tokens=budget_tokens)
        answer = self._model.answer(SUMMARY, asked, read_summary)
        sentences = borne_out(answer, extract.sentences)
        made = put_together(list(sentences), budget_tokens, by=self.identity)
        if not made.sentences:
            raise ReadingFailed(
                f"no sentence of the summary by {self._model.reader.model} is borne out by what it cites and "
                "fits the budget; nothing was changed, and without `abstractive` there is one word for word"
            )
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._model.__exit__(kind, error, trace)


def _schema() -> dict[str, Json]:
    from remanence.reader.llm.summing import summary_schema

    return summary_schema()
