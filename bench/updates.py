"""What a cube says when values change: bench/updates.py [PATH] [--category NAME] [--embedder NAME].

PATH is a file of dialogues or a folder of such files (default bench/updates, written by hand for this
bench). Each dialogue is observed into a fresh cube, a session at a time, the clock standing where the session
ends; each question is asked at its own time. `expect` holds values, each in all its spellings; `wrong` the
slot's other values, old ones and other people's. A text states a value that it holds as whole words, in any
case. A hit is right when it states an expected value and no wrong one; where it states both, only if the
message that it is, or was derived from, is marked as one that `tells` the expected value ("sold the Golf,
it's a Yaris now").

Figures, by group, n each; `all` is the English dialogues, `trap: X` those with such a temptation in them:
- latest first: share of `latest` questions whose first hit is right.
- latest before others: the first of ten hits that states any of the slot's values is right.
- as of first, as of before others: the same of `as_of` questions, asked with recall's `as_of` on an earlier
  day.
- still first: the first hit is right, of `stays` questions: what stands after what only looked like a change.
- false supersessions: share of the values of `stays` and `plural` (many values at a time) questions that none
  of ten hits states, or whose derived items have all ended: none that holds the value in its slot (in its
  text, where it has no slot) stands when the question is asked.
- ended: the share of the same values for which the second alone is so.
- read: share of the same values that a derived item held at all. The others could not be superseded: where
  this is small, few false supersessions say little.

No text of a dialogue is printed, so that rules can be judged blind; --verbose, for who keeps the set, prints
what failed.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import remanence
from evidence import ZONE, BenchClock, Report, read_records, say
from machine import machine_line
from remanence.cube import Cube
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Embedder
from remanence.model.hit import Hit
from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.state import RECALLED

HITS = 10
SHIPPED = Path(__file__).parent / "updates"
LANGUAGES = frozenset({"french", "german", "italian", "portuguese", "spanish"})  # groups of their own
FIRST = {"latest": "latest first", "as_of": "as of first", "stays": "still first"}
BEFORE = {"latest": "latest before others", "as_of": "as of before others"}
LOST, ENDED, READ = "false supersessions", "ended", "read"

Value = tuple[str, ...]  # its spellings


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message as it is observed, and the values that it tells while it names others."""

    chat: dict[str, str]
    tells: frozenset[str]

    @property
    def session(self) -> str:
        """The conversation it is said in."""
        return self.chat["session"]

    @property
    def said_at(self) -> datetime:
        """When it is said."""
        return datetime.fromisoformat(self.chat["timestamp"])


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, what must be answered, and what must not."""

    kind: str  # latest, as_of, stays or plural
    text: str
    asked_at: datetime
    as_of: str | None
    expect: tuple[Value, ...]
    wrong: Value


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation over days or months, and what is asked after it."""

    name: str
    category: str
    trap: str | None
    messages: tuple[Message, ...]
    questions: tuple[Question, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Where its figures count."""
        wide = "other languages" if self.category in LANGUAGES else "all"
        return (wide, self.category, *((f"trap: {self.trap}",) if self.trap else ()))


def dialogues(path: Path) -> Iterator[Dialogue]:
    """The dialogues of a file, or of all files of a folder."""
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        for record in read_records(file):
            yield Dialogue(
                record["id"],
                record["category"],
                record.get("trap"),
                tuple(_message(said) for said in record["messages"]),
                tuple(_question(asked) for asked in record["questions"]),
            )


def _message(record: dict) -> Message:
    chat = {key: value for key, value in record.items() if key != "tells"}
    return Message(chat, frozenset(record.get("tells", ())))


def _question(record: dict) -> Question:
    return Question(
        record["type"],
        record["question"],
        datetime.fromisoformat(record["asked_at"]),
        record.get("as_of"),
        tuple(tuple(spellings) for spellings in record["expect"]),
        tuple(record["wrong"]),
    )


def states(text: str, value: Iterable[str]) -> bool:
    """Whether a text holds one of a value's spellings as whole words."""
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text, re.IGNORECASE) for one in value)


class Told:
    """A cube that has heard a dialogue to its end."""

    def __init__(self, cube: Cube, clock: BenchClock, dialogue: Dialogue) -> None:
        self._cube, self._clock = cube, clock
        self._message: dict[ItemId, Message] = {}
        self._derived: list[ItemId] = []
        sessions: dict[str, list[Message]] = defaultdict(list)
        for message in dialogue.messages:
            sessions[message.session].append(message)
        for said in sessions.values():
            clock.time = said[-1].said_at
            observed = cube.observe([message.chat for message in said])
            self._message.update(zip(observed.added, said, strict=True))
            self._derived += observed.derived

    def hits(self, question: Question) -> list[Hit]:
        """What a recall answers at the question's time."""
        self._clock.time = question.asked_at
        return self._cube.recall(question.text, k=HITS, as_of=question.as_of)

    def is_right(self, hit: Hit, question: Question) -> bool:
        """Whether a hit states what is expected and nothing else, or tells it."""
        (expected,) = question.expect
        if not states(hit.item.content, expected):
            return False
        if not states(hit.item.content, question.wrong):
            return True
        told = [self._message[one] for one in (hit.item.id, *hit.item.sources) if one in self._message]
        return any(message.tells.intersection(expected) for message in told)

    def held(self, value: Value) -> list[Revision]:
        """The rows of derived items that ever held a value."""
        rows = (row for item_id in dict.fromkeys(self._derived) for row in self._cube.history(item_id))
        return [row for row in rows if states(_value_of(row), value)]


def _value_of(row: Revision) -> str:
    return row.content.text if row.content.slot is None else row.content.slot.value


def stands(row: Revision, at: datetime) -> bool:
    """Whether a row is still believed, recalled, and has not ended by then."""
    return row.is_open and row.state in RECALLED and (row.valid.end is None or row.valid.end > at)


def verdicts(told: Told, question: Question) -> Iterator[tuple[str, bool]]:
    """Every figure that a question counts in, with whether it holds."""
    hits = told.hits(question)
    if question.kind in FIRST:
        yield FIRST[question.kind], bool(hits) and told.is_right(hits[0], question)
    if question.kind in BEFORE:
        any_value = (*question.expect[0], *question.wrong)
        stating = next((hit for hit in hits if states(hit.item.content, any_value)), None)
        yield BEFORE[question.kind], stating is not None and told.is_right(stating, question)
    if question.kind in ("stays", "plural"):
        for value in question.expect:
            rows = told.held(value)
            ended = bool(rows) and not any(stands(row, question.asked_at) for row in rows)
            yield LOST, ended or not any(states(hit.item.content, value) for hit in hits)
            yield ENDED, ended
            yield READ, bool(rows)


def measure(chosen: Sequence[Dialogue], embedder: Embedder | None, *, verbose: bool) -> None:
    """Ask every dialogue's questions of a cube of its own, and print the figures by group."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    clock = BenchClock()
    with tempfile.TemporaryDirectory() as folder:
        for dialogue in chosen:
            path = Path(folder) / f"{dialogue.name}.cube"
            with remanence.open(path, embedder=embedder, time_zone=ZONE, clock=clock) as cube:
                told = Told(cube, clock, dialogue)
                for question in dialogue.questions:
                    for figure, holds in verdicts(told, question):
                        for group in dialogue.groups:
                            found[figure, group].append(holds)
                        if verbose and figure != READ and holds is (figure in (LOST, ENDED)):
                            _show_failure(dialogue, question, figure, told.hits(question))
            path.unlink()
    report = Report("updates")
    wide = {"all": 0, "other languages": 1}
    figures = (*FIRST.values(), *BEFORE.values(), LOST, ENDED, READ)
    for figure, group in sorted(found, key=lambda key: (wide.get(key[1], 2), key[1], figures.index(key[0]))):
        report.mean(figure, group, map(float, found[figure, group]))


def _show_failure(dialogue: Dialogue, question: Question, figure: str, hits: Sequence[Hit]) -> None:
    when = f" as of {question.as_of}" if question.as_of else ""
    say(f"{dialogue.name}, {figure}: {question.text}{when}; wanted {question.expect}")
    for hit in hits[:3]:
        say(f"    {hit.score:.3f} {hit.item.kind} {hit.item.content[:150]}")


def main() -> None:
    """Reads the dialogues and prints all figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", nargs="?", type=Path, default=SHIPPED, metavar="PATH")
    parser.add_argument("--category", metavar="NAME", help="only the dialogues of one category")
    parser.add_argument("--embedder", default="minilm", help="minilm (default), hashing, openai:MODEL, none")
    parser.add_argument("--verbose", action="store_true", help="print what failed, with its text")
    given = parser.parse_args()
    known = list(dialogues(given.path))
    chosen = [one for one in known if given.category in (None, one.category)]
    if not chosen:
        names = ", ".join(sorted({one.category for one in known}))
        parser.error(f"--category {given.category}: it is not one of: {names}")
    embedder = open_embedder(None if given.embedder == "none" else given.embedder)
    measure(chosen, embedder, verbose=given.verbose)
    print(machine_line("updates"))


if __name__ == "__main__":
    main()
