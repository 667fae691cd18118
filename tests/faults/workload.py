"""Makes seeded histories of a cube through its public face, and says what each returned call has promised.

Asked by every test of this folder; `judge` says what must hold afterwards. Nothing here looks at the store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from random import Random

from remanence import Cube
from remanence.errors import NotFound, Refused
from remanence.model.item import Revision
from remanence.model.journal import JournalEntry, Verb

LINES_MAX = 10_000  # of the journal, read when a history is taken up again
LINES_AT_A_TIME = 200
MESSAGES_MAX = 6  # new in one observe
WORDS = ("amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "juniper", "kelp")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a call that returned has promised: the journal's head, and each item it touched as it then was."""

    verb: str
    sequence: int
    head: str
    items: Mapping[str, str]  # fingerprint of all rows of an item
    words: str = ""  # of a statement that this history never touches again
    gone: tuple[str, ...] = ()  # words that the receipt says are in no page any more

    def line(self) -> bytes:
        """One line for a pipe or a file."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes | str) -> Acknowledged:
        """What `line` made."""
        fields = json.loads(line)
        return cls(**(fields | {"gone": tuple(fields["gone"])}))


def fingerprint(rows: Iterable[Revision]) -> str:
    """Every field of every row, in short."""
    told = repr([(row, dict(row.content.metadata)) for row in rows])
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:32]


class Workload:
    """One writer's history, step by step; the same seed on the same cube makes the same one."""

    def __init__(self, cube: Cube, *, seed: int, actor: str = "workload") -> None:
        self._cube = cube
        self._random = Random(seed)
        self._actor = actor
        self._words_of: dict[str, str] = {}
        own = [line for line in cube.journal(limit=LINES_MAX) if line.actor == actor]
        self._items = list(dict.fromkeys(line.item_id for line in reversed(own) if line.item_id))
        self._sets = list(dict.fromkeys(line.change_set for line in reversed(own)))
        self._heard = sum(1 for line in own if line.verb is Verb.OBSERVE)
        self._verbs: list[tuple[int, Callable[[], object]]] = [
            (5, self.remember),
            (3, self.observe),
            (3, self.revise),
            (1, self.annotate),
            (2, self.retire),
            (2, self.erase),
            (2, self.undo),
            (1, self.freeze),
            (1, self.thaw),
        ]

    def step(self) -> Acknowledged:
        """One call, drawn by weight; one that the cube's rules refuse has promised that nothing changed."""
        weights = [weight for weight, _ in self._verbs]
        ((_, verb),) = self._random.choices(self._verbs, weights)
        return self.call(verb.__name__)

    def call(self, verb: str) -> Acknowledged:
        """One call of this verb, with what it promised."""
        before = self._newest_sequence()
        refused, words = False, ""
        try:
            words = getattr(self, verb)() or ""
        except (Refused, NotFound):
            refused = True
        own = self._own_after(before)
        assert not (refused and own), f"{verb} was refused and has written all the same"
        items = list(dict.fromkeys(line.item_id for line in own if line.item_id))
        if not words:
            self._items += [item for item in items if item not in self._items]
            self._sets += dict.fromkeys(line.change_set for line in own)
        erased = [line.item_id for line in own if line.verb is Verb.ERASE and line.item_id]
        words_erased = tuple(self._words_of.pop(item) for item in erased if item in self._words_of)
        newest = own[-1] if own else self._newest()
        return Acknowledged(
            verb=verb,
            sequence=newest.sequence if newest else 0,
            head=newest.hash.hex() if newest else "",
            items={item: fingerprint(self._cube.history(item)) for item in items},
            words=words,
            gone=words_erased if self._is_settled(own) else (),
        )

    def keep(self) -> str:
        """A statement of its own words that stays as it is."""
        words = self._sentence()
        self._cube.remember(words, actor=self._actor)
        return words

    def remember(self) -> None:
        """A statement of its own words, now and then with a reason, tags and an end."""
        words = self._sentence()
        item = self._cube.remember(
            words,
            because=self._sentence() if self._random.random() < 0.3 else None,
            tags=["tag"] if self._random.random() < 0.3 else (),
            valid_to="2031-01-01" if self._random.random() < 0.2 else None,
            actor=self._actor,
        )
        self._words_of[item.id] = words

    def observe(self) -> None:
        """The conversation's tail again, and what follows."""
        first = max(0, self._heard - 3)
        count = self._random.randint(1, MESSAGES_MAX)
        messages = [self._message(number) for number in range(first, self._heard + count)]
        self._cube.observe(messages, session=f"talk of {self._actor}", actor=self._actor)
        self._heard += count

    def revise(self) -> None:
        """Other words for an item, for all its time or from some day on."""
        words = self._sentence()
        item = self._some_item()
        self._cube.revise(
            item,
            words,
            valid_from="2030-01-01" if self._random.random() < 0.3 else None,
            because="it changed",
            actor=self._actor,
        )
        self._words_of[item] = words

    def annotate(self) -> None:
        """Other tags."""
        self._cube.annotate(self._some_item(), tags=[self._random.choice(WORDS)], actor=self._actor)

    def retire(self) -> None:
        """An item that is kept and recalled no more."""
        self._cube.forget(self._some_item(), because="of no use", actor=self._actor)

    def erase(self) -> None:
        """An item that is gone for good."""
        self._cube.forget(self._some_item(), erase=True, force=True, because="asked to", actor=self._actor)

    def undo(self) -> None:
        """One of the last changes, with what was built on it."""
        if not self._sets:
            raise NotFound("nothing to undo yet")
        self._cube.undo(self._random.choice(self._sets[-5:]), cascade=True, actor=self._actor)

    def freeze(self) -> None:
        """An item under protection."""
        self._cube.freeze(self._some_item(), actor=self._actor)

    def thaw(self) -> None:
        """The end of it."""
        self._cube.thaw(self._some_item(), actor=self._actor)

    def _newest(self) -> JournalEntry | None:
        return next(iter(self._cube.journal(limit=1)), None)

    def _newest_sequence(self) -> int:
        newest = self._newest()
        return newest.sequence if newest else 0

    def _own_after(self, sequence: int) -> list[JournalEntry]:
        lines: list[JournalEntry] = []
        while not lines or lines[-1].sequence > sequence:  # others may have written any number meanwhile
            end = lines[-1].sequence if lines else None
            more = self._cube.journal(limit=LINES_AT_A_TIME, before=end)
            if not more:
                break
            lines += more
        return [line for line in reversed(lines) if line.sequence > sequence and line.actor == self._actor]

    def _is_settled(self, own: list[JournalEntry]) -> bool:
        sets = {line.change_set for line in own}
        return not any(receipt.pending for receipt in self._cube.erased() if receipt.change_set in sets)

    def _some_item(self) -> str:
        if not self._items:
            raise NotFound("no item yet")
        return self._random.choice(self._items[-20:])

    def _sentence(self) -> str:
        words = " ".join(self._random.choices(WORDS, k=self._random.randint(3, 12)))
        return f"{words} q{self._random.getrandbits(60):015x}"

    def _message(self, number: int) -> dict[str, str]:
        drawn = Random(f"{self._actor} {number}")
        return {
            "id": f"{self._actor}-{number}",
            "role": "user" if number % 2 == 0 else "assistant",
            "content": f"{' '.join(drawn.choices(WORDS, k=6))} m{number}",
        }
