"""Two or more statements that can't all be true, none of which has given way."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.ids import short
from remanence.model.interval import Interval
from remanence.model.item import Item, Revision


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows of different items that claim one slot for the same time, newest first.

    `shared` is the time that the first two claim together.
    """

    subject: str
    attribute: str
    claims: tuple[Revision, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that make the claims."""
        return tuple(map(Item, self.claims))

    @property
    def shared(self) -> Interval:
        """The time for which they contradict each other."""
        first, second = self.claims[0].valid, self.claims[1].valid
        return Interval.of_micros(
            max(first.start_micros, second.start_micros), min(first.end_micros, second.end_micros)
        )

    def __str__(self) -> str:
        lines = [f"{self.subject}, {self.attribute}:"]
        for row in self.claims:
            who = f"{row.provenance.author}, {row.provenance.said_at:%Y-%m-%d}"
            lines.append(f"  {row.content.text}  [{short(row.item_id)}] {who}, {row.content.belief.mean:.2f}")
        return "\n".join(lines)
