"""What the recall benches share: haystacks put into cubes, questions asked of them, evidence counted.

A haystack is a list of messages in order of time and the questions about it; gold is message numbers.
Each session is observed when it ended, each question asked at its own time.
"""

from __future__ import annotations

import gzip
import json
import lzma
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Literal

import remanence
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.model.hit import Hit
from remanence.model.ids import ItemId
from remanence.model.item import Item

TOKENS_PER_WORD = 1.33
HITS = 200  # asked of a recall: more than any k or budget here needs
TURN = timedelta(seconds=30)  # between turns whose session has one time only
LATER = timedelta(days=1)  # after the last message a question without a time is asked
ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a haystack."""

    text: str
    name: str
    role: str
    session: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the numbers of the messages that answer it; none where nothing does."""

    text: str
    gold: frozenset[int]
    group: str
    asker: str | None = None
    asked_at: datetime | None = None  # None: a day after the last message
    known: int | None = None  # how many messages the cube holds when it is asked; None: all


@dataclass(frozen=True, slots=True)
class Haystack:
    """Messages in order of time, and what is asked of them."""

    name: str
    messages: tuple[Message, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a retriever gave: messages best first, how sure it is that any answers, those in budgets.

    `of_ten` are the messages of a recall that was asked for ten hits.
    """

    ranked: tuple[int, ...]
    sureness: float
    within: dict[int, frozenset[int]]
    of_ten: frozenset[int] = frozenset()


class BenchClock:
    """Stands where it is put; random bits from one seed."""

    def __init__(self) -> None:
        self.time = datetime(2000, 1, 1, tzinfo=UTC)
        self._random = random.Random(1)

    def now(self) -> datetime:
        """As Clock.now."""
        return self.time

    def random_bits(self, count: int) -> int:
        """As Clock.random_bits."""
        return self._random.getrandbits(count)


def read_records(path: Path) -> list[dict]:
    """The records of a .json or .jsonl file, as it is or compressed (.gz, .xz)."""
    openers = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as file:
        if ".jsonl" in path.suffixes:
            return [json.loads(line) for line in file if line.strip()]
        return json.load(file)


class FilledCube:
    """A cube that grows with its haystack."""

    def __init__(self, cube: Cube, clock: BenchClock, haystack: Haystack) -> None:
        self.cube = cube
        self.of_item: dict[ItemId, int] = {}
        self._clock = clock
        self._messages = haystack.messages
        self._observed = 0

    def observe_until(self, number: int) -> None:
        """Observe all messages before this one, a session at a time."""
        while self._observed < number:
            start, session = self._observed, self._messages[self._observed].session
            end = start
            while end < number and self._messages[end].session == session:
                end += 1
            self._clock.time = self._messages[end - 1].said_at
            chat = [_as_chat(self._messages[at], at) for at in range(start, end)]
            observed = self.cube.observe(chat, session=session)
            said = [at for at in range(start, end) if self._messages[at].text.strip()]
            self.of_item.update(zip(observed.added, said, strict=True))
            self._observed = end

    def at(self, question: Question) -> Cube:
        """The cube when the question is asked: what came before it is in."""
        self.observe_until(len(self._messages) if question.known is None else question.known)
        self._clock.time = question.asked_at or self._messages[self._observed - 1].said_at + LATER
        return self.cube

    def messages_of(self, item: Item) -> list[int]:
        """The message that an item is, or those it was derived from."""
        ids = [item.id] if item.id in self.of_item else item.sources
        return [self.of_item[item_id] for item_id in ids if item_id in self.of_item]

    def ranked(self, hits: Sequence[Hit]) -> tuple[int, ...]:
        """The messages of hits, each once, best first."""
        return tuple(dict.fromkeys(number for hit in hits for number in self.messages_of(hit.item)))


@contextmanager
def filled_cube(
    haystack: Haystack, embedder: Embedder, reader: Literal["rules"] | None = "rules"
) -> Iterator[FilledCube]:
    """A fresh cube for a haystack, empty yet."""
    clock = BenchClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.cube"
        with remanence.open(path, embedder=embedder, reader=reader, time_zone=ZONE, clock=clock) as cube:
            yield FilledCube(cube, clock, haystack)


def _as_chat(message: Message, number: int) -> dict[str, str]:
    return {
        "role": message.role,
        "name": message.name,
        "content": message.text,
        "timestamp": message.said_at.isoformat(),
        "id": str(number),
    }


def answers(
    haystack: Haystack, embedder: Embedder, budgets: Sequence[int], reader: Literal["rules"] | None = "rules"
) -> Iterator[tuple[Question, Answer]]:
    """Recall, and contexts of each budget, for each question in order."""
    with filled_cube(haystack, embedder, reader) as filled:
        for question in haystack.questions:
            cube = filled.at(question)
            hits = cube.recall(question.text, k=HITS, asker=question.asker)
            within = {}
            for budget in budgets:
                items = cube.context(question.text, budget=budget, asker=question.asker).items
                within[budget] = frozenset(number for item in items for number in filled.messages_of(item))
            ten = filled.ranked(cube.recall(question.text, k=10, asker=question.asker))
            yield question, Answer(filled.ranked(hits), hits.answered, within, frozenset(ten))


Retriever = Callable[[Haystack], Iterator[tuple[Question, Answer]]]
Answered = dict[str, list[tuple[Question, Answer, Haystack]]]


def gathered(haystacks: Iterable[Haystack], retrievers: dict[str, Retriever]) -> Answered:
    """By retriever, its answer to every question."""
    found: Answered = defaultdict(list)
    for haystack in haystacks:
        say(f"{haystack.name}: {len(haystack.messages)} messages, {len(haystack.questions)} questions")
        for name, retriever in retrievers.items():
            found[name] += [(question, answer, haystack) for question, answer in retriever(haystack)]
    return found


def share_at(answer: Answer, question: Question, k: int) -> float:
    """Share of the gold messages among the first k."""
    return len(question.gold.intersection(answer.ranked[:k])) / len(question.gold)


def share_within(answer: Answer, question: Question, budget: int) -> float:
    """Share of the gold messages in a context of so many tokens."""
    return len(question.gold & answer.within[budget]) / len(question.gold)


def sessions_share_at(answer: Answer, question: Question, haystack: Haystack, k: int) -> float:
    """Share of the gold messages' sessions among the first k, sessions ranked by their first hit."""
    ranked = list(dict.fromkeys(haystack.messages[number].session for number in answer.ranked))
    gold = {haystack.messages[number].session for number in question.gold}
    return len(gold.intersection(ranked[:k])) / len(gold)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a score of the one kind lies above one of the other; ties count half."""
    above = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return above / (len(positive) * len(negative))


class Report:
    """Prints figures as JSON lines."""

    def __init__(self, bench: str) -> None:
        self._bench = bench

    def mean(self, figure: str, group: str, values: Iterable[float]) -> None:
        """A share, averaged over questions; nothing where there are none."""
        listed = list(values)
        if listed:
            self.value(figure, group, fmean(listed), len(listed))

    def value(self, figure: str, group: str, value: float, n: int, *, unit: str = "share") -> None:
        """One figure, by default a share."""
        line = {"figure": figure, "group": group, "value": round(value, 4), "unit": unit, "n": n}
        print(json.dumps({"bench": self._bench, **line}), flush=True)


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
