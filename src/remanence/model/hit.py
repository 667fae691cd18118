"""What a recall gives back: an item, its score, and what the score is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from remanence.model.item import Item

Format: TypeAlias = Literal["text", "markdown", "xml", "chat", "json"]


class Part(NamedTuple):
    """One named share of a score: a feature's value times its weight. A tuple: a recall makes hundreds."""

    name: str
    value: float
    contribution: float

    def __str__(self) -> str:
        return f"{self.name} {self.contribution:+.2f}"


@dataclass(frozen=True, slots=True)
class Why:
    """The parts of a score, largest first, and remarks on what was folded into the hit."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def __str__(self) -> str:
        shown = [str(part) for part in self.parts if abs(part.contribution) >= 0.005]
        return ", ".join([*shown, *self.notes])


@dataclass(frozen=True, slots=True)
class Hit:
    """An item with its score in [0, 1] and the reasons for it."""

    item: Item
    score: float
    why: Why


HitT = TypeVar("HitT", bound=Hit)


class Hits(list[HitT]):
    """The hits of a recall, best first, and how likely it is that anything in the memory answers.

    `answered` in [0, 1] is about the question, whatever the number of hits, and as if half of all questions
    had an answer: at .2, four in five ask for what is not there, however good the first hit looks.
    """

    __slots__ = ("answered",)

    def __init__(self, hits: Iterable[HitT] = (), *, answered: float = 0.0) -> None:
        super().__init__(hits)
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Context:
    """Prompt-ready text within a token budget, and the items it cites in the order they appear."""

    text: str
    tokens: int
    budget_tokens: int
    items: tuple[Item, ...]
    format: Format = "text"
