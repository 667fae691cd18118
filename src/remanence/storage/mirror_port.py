"""What a cube asks of its engine about what was said and done in it, and what was found by reflection."""

from __future__ import annotations

from typing import Protocol

from remanence.model.item import Revision


class MirrorSnapshot(Protocol):
    """One committed state, as the mirror reads it."""

    def rows_spoken_or_done(self) -> list[Revision]:
        """Open rows with a text of utterances and actions, oldest record first."""
        ...

    def rows_made_like(self, method_prefix: str) -> list[Revision]:
        """Open rows with a text, of items that some row was made of by a method that begins so."""
        ...

    def rows_slotted_by(self, author: str) -> list[Revision]:
        """Open rows with a text and a slot that this author said, oldest record first."""
        ...
