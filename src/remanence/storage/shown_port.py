"""What a cube asks of its engine about what agents were shown before they spoke; see storage.port."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from remanence.model.ids import ItemId


class ShownSnapshot(Protocol):
    """Reads."""

    def shown_before(self, item_id: ItemId) -> list[ItemId]:
        """The items that stood in an agent's prompt when it said this, in the order given."""
        ...


class ShownTransaction(Protocol):
    """Writes."""

    def add_shown(self, shown: Iterable[tuple[ItemId, Sequence[ItemId]]]) -> None:
        """Keep of each message of an agent, said once, which items it had been shown."""
        ...
