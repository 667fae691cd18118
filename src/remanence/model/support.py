"""Why something is believed, and what would fall with it: trees of support, made to be printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remanence.model.clipping import clipped
from remanence.model.ids import short
from remanence.model.item import Item

LINE_CHARS_MAX = 100  # of a text or a passage on one line of the printed tree


@dataclass(frozen=True, slots=True)
class Support:
    """One item in a tree of support: whether it stands, why, and what it rests on.

    `passage` is the part of its text that the item above was derived from. An item that others are
    derived from may appear under each of them.
    """

    item: Item
    stands: bool
    reason: str
    passage: str | None = None
    sources: tuple[Support, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self._lines("", ""))

    def _lines(self, first: str, rest: str) -> Iterator[str]:
        text = self.item.content if self.passage is None else self.passage
        mark = "" if self.stands else "(fallen) "
        yield f"{first}{mark}{_one_line(text)}  [{short(self.item.id)}] {self.reason}"
        for number, source in enumerate(self.sources, 1):
            last = number == len(self.sources)
            yield from source._lines(rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


@dataclass(frozen=True, slots=True)
class Impact:
    """What retracting an item would do: what loses its last support, and what keeps some other.

    Both in the order in which they are reached.
    """

    item: Item
    falls: tuple[Item, ...]
    weakened: tuple[Item, ...]

    def __str__(self) -> str:
        lines = [f"if {_one_line(self.item.content)}  [{short(self.item.id)}] were retracted:"]
        lines += [f"  falls     {_one_line(one.content)}  [{short(one.id)}]" for one in self.falls]
        lines += [f"  weakened  {_one_line(one.content)}  [{short(one.id)}]" for one in self.weakened]
        return "\n".join(lines if len(lines) > 1 else [lines[0], "  nothing else rests on it"])


def _one_line(text: str) -> str:
    return clipped(" ".join(text.split()), LINE_CHARS_MAX)
