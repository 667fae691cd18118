"""What a cube asks of its engine about what came from other stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from remanence.model.item import Revision


class ImportSnapshot(Protocol):
    """Knows again what was imported."""

    def imported_rows(self, method: str, keys: Sequence[str]) -> list[Revision]:
        """All rows, closed ones too, of the items that a method brought in under these ids."""
        ...

    def sessions_of_messages(self, message_ids: Sequence[str]) -> list[tuple[str, str]]:
        """In which sessions messages with these ids stand: (message id, session)."""
        ...
