"""A talk, turn by turn: what was recalled for it, what the model answers, what was learnt of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from remanence.cube import Cube
from remanence.faces.chat.model import Message, Model
from remanence.faces.memory_block import memory_block
from remanence.model.hit import Context, Hit
from remanence.model.item import Item
from remanence.verbs.observing import Observed

HISTORY_MAX = 100  # messages of the talk that the model is shown; the memory has the others
HITS_WHY = 10  # whose scores /why explains


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a turn brought: items derived, and what was retired because it was asked for."""

    items: tuple[Item, ...]
    retired: tuple[Item, ...]


@dataclass(slots=True)
class Talk:
    """A conversation with a memory. One turn is `recall`, `answer` and `learn`, in this order."""

    cube: Cube
    model: Model
    session: str
    budget_tokens: int
    history: list[Message] = field(default_factory=list)
    hits: Sequence[Hit] = ()
    _context: Context | None = None

    def recall(self, text: str) -> tuple[Item, ...]:
        """What the memory says to this, beside what the talk itself holds; the model is shown it."""
        at_hand = self.cube.recognise(self.history[-HISTORY_MAX:], session=self.session)
        self.hits = self.cube.recall(text, k=HITS_WHY, without=at_hand)
        self._context = self.cube.context(text, budget=self.budget_tokens, without=at_hand)
        return self._context.items

    def answer(self, text: str) -> Iterator[str]:
        """What the model says, as it comes; a turn that fails is not part of the talk."""
        asked: Message = {"role": "user", "content": text}
        block = None if self._context is None else memory_block(self._context)
        memory = [] if block is None else [{"role": "system", "content": block}]
        said: list[str] = []
        for piece in self.model.answer([*memory, *self.history[-HISTORY_MAX:], asked]):
            said.append(piece)
            yield piece
        self.history += [asked, {"role": "assistant", "content": "".join(said)}]

    def learn(self) -> Learnt:
        """Observe the last turn; returns what was derived from it."""
        observed: Observed = self.cube.observe(
            self.history[-HISTORY_MAX:],
            session=self.session,
            shown=self._context or (),
            because="said in a chat",
        )
        return Learnt(
            tuple(self.cube.show(item) for item in observed.derived),
            tuple(self.cube.show(item) for item in observed.retired),
        )

    def forget(self, item: str) -> Item:
        """Retire an item."""
        found = self.cube.show(item)
        self.cube.forget(found.id, because="asked for in a chat")
        return found
