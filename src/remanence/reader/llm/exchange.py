"""The whole exchange about one question: asked, tried again, mended, or given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from remanence.reader.llm.calls import Said, Setback, Turn
from remanence.reader.llm.prompt import Prompt, prompt
from remanence.reader.llm.transcript import Line, rendered

if TYPE_CHECKING:
    from remanence.reader.llm.answer import Stated
    from remanence.reader.llm.endpoint import Endpoint

T = TypeVar("T")
REPAIRS_MAX = 2
TRIES_MAX = 3  # of one call that fails for a reason that may pass
WAIT_FIRST_S = 1.0  # after the first failure; twice as long after each further one, give or take a half
WAIT_MAX_S = 20.0  # beyond that the queue waits, not the caller
_PASSES = frozenset({"unreachable", "busy", "timed out", "broken off"})
_BAD_ANSWER_CHARS = 8_000  # of an answer that could not be used, as it is sent back


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of it: statements, or the setback that ended it; and what it cost."""

    stated: tuple[Stated, ...]
    setback: Setback | None
    calls: int
    prompt_tokens: int
    completion_tokens: int


class Caller:
    """An endpoint with patience: how often it is asked, and how long one waits in between.

    `before` is called before each call; `sleep` waits; `chance` draws from [0, 1).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        before: Callable[[], None],
        sleep: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        self._endpoint = endpoint
        self._before = before
        self._sleep = sleep
        self._chance = chance
        self._calls = 0
        self._tokens = [0, 0]

    def read(self, lines: Sequence[Line]) -> Exchange:
        """Let the model read; raises ReadingFailed where no further call can do better."""
        from remanence.reader.llm.answer import read_answer

        self._calls, self._tokens = 0, [0, 0]
        words = prompt()
        answer = self.answer(words, words.ask.replace("{messages}", rendered(lines)), read_answer)
        if isinstance(answer, Setback):
            return self._ended((), answer)
        return self._ended(tuple(answer.items), None)

    def answer(self, words: Prompt, asked: str, read: Callable[[str], T | str]) -> T | Setback:
        """What the model answers when it is asked so; one that can't be read goes back, a few times at most.

        `read` makes the answer of a text, or says in words what is wrong with it.
        """
        turns = [Turn("system", words.system), Turn("user", asked)]
        for _ in range(1 + REPAIRS_MAX):
            said = self._ask(turns)
            if isinstance(said, Setback):
                return said
            answer = read(said.text)
            if not isinstance(answer, str):
                return answer
            turns += [
                Turn("assistant", said.text[:_BAD_ANSWER_CHARS] or "{}"),
                Turn("user", words.repair.replace("{fault}", answer)),
            ]
        return Setback("unreadable")

    def _ask(self, turns: Sequence[Turn]) -> Said | Setback:
        """One answer, for as many tries as a busy or broken endpoint is worth."""
        setback = Setback("unreachable")
        for number in range(TRIES_MAX):
            if number:
                wait_s = max(WAIT_FIRST_S * 2 ** (number - 1) * (0.5 + self._chance()), setback.wait_s)
                if wait_s > WAIT_MAX_S:
                    return setback
                self._sleep(wait_s)
            outcome = self._call(turns)
            if isinstance(outcome, Said):
                self._tokens[0] += outcome.prompt_tokens
                self._tokens[1] += outcome.completion_tokens
                return outcome
            if outcome.trouble not in _PASSES:
                return outcome
            setback = outcome
        return setback

    def _call(self, turns: Sequence[Turn]) -> Said | Setback:
        """One call in a form of answer that the server knows."""
        while True:
            self._before()
            self._calls += 1
            outcome = self._endpoint.ask(turns)
            if outcome is not None:
                return outcome

    def _ended(self, stated: tuple[Stated, ...], setback: Setback | None) -> Exchange:
        return Exchange(stated, setback, self._calls, self._tokens[0], self._tokens[1])
