"""Pydantic AI's toolset over a cube: an agent recalls and remembers by itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import remanence
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing, RemanenceError
from remanence.faces.memory_block import memory_block
from remanence.model.ids import short
from remanence.model.kind import Trust
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS

try:
    from pydantic_ai import ModelRetry
    from pydantic_ai.toolsets import FunctionToolset
except ImportError as error:
    raise ExtraMissing("the toolset needs pydantic-ai-slim: pip install 'remanence[pydantic-ai]'") from error

ACTOR = "pydantic-ai"
T = TypeVar("T")


class RemanenceToolset(FunctionToolset[object]):
    """The tools recall, remember, revise and forget, on a cube that is open, or on a file.

    `Agent(..., toolsets=[toolset])`. What the model states has the trust `agent`, and what it forgets is
    retired. With `read_only` there is recall alone.
    """

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        *,
        budget: int = DEFAULT_BUDGET_TOKENS,
        read_only: bool = False,
        embedder: Embedder | str | None = "own",
    ) -> None:
        """`budget` is how many tokens of memory one recall answers with."""
        self._owned = not isinstance(memory, Cube)
        self._cube = memory if isinstance(memory, Cube) else remanence.open(memory, embedder=embedder)
        self._budget = budget
        changing = [] if read_only else [self.remember, self.revise, self.forget]
        super().__init__([self.recall, *changing])

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        if self._owned:
            self._cube.close()

    def recall(self, question: str) -> str:
        """Find what is remembered about something, each memory dated and with its id.

        Call it whenever an answer may depend on what was said before: about the user, their people,
        projects, preferences or decisions.
        """
        found = _tried(lambda: self._cube.context(question, budget=self._budget))
        return memory_block(found) or "Nothing is remembered that fits."

    def remember(self, text: str) -> str:
        """Store one statement so that later conversations can recall it.

        Call it for what is worth knowing next time, in the words of whoever said it. If it corrects a memory
        that you know, call revise instead. Never store secrets such as passwords.
        """
        kept = _tried(lambda: self._cube.remember(text, trust=Trust.AGENT, author=ACTOR, actor=ACTOR))
        return f"Remembered [{short(kept.id)}]."

    def revise(self, memory_id: str, text: str) -> str:
        """Replace what a memory says, by its id; what it said before is kept in its history."""
        kept = _tried(lambda: self._cube.revise(memory_id, text, actor=ACTOR))
        return f"Revised [{short(kept.id)}]."

    def forget(self, memory_id: str) -> str:
        """Stop recalling a memory, by its id. It is set aside and can be brought back."""
        _tried(lambda: self._cube.forget(memory_id, actor=ACTOR))
        return f"Forgotten [{id}]."


def _tried(call: Callable[[], T]) -> T:
    """What a call gives; what was wrong with it is told to the model, which may call again."""
    try:
        return call()
    except RemanenceError as error:
        raise ModelRetry(str(error)) from error
