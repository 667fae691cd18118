"""The façade's questions to beliefs: why, what would fall, what contradicts what, who is reliable."""

from __future__ import annotations

from remanence.model.conflict import Conflict
from remanence.model.item import Item
from remanence.model.support import Impact, Support
from remanence.surface.bound import Bound
from remanence.verbs import conflicting, reliability, supporting
from remanence.verbs.reliability import Reliability


class Beliefs(Bound):
    """What is believed on what grounds."""

    def why(self, item: str) -> Support:
        """The tree of what an item rests on, down to who said it; print it to read it.

        Raises NotFound or AmbiguousId.
        """
        return supporting.why(self._setting, item)

    def impact(self, item: str) -> Impact:
        """What would lose its last support if the item were retracted, and what would keep another.

        Nothing is changed. Raises NotFound or AmbiguousId.
        """
        return supporting.impact(self._setting, item)

    def conflicts(self, *, subject: str | None = None) -> tuple[Conflict, ...]:
        """Open contradictions: claims to one slot for the same time, none of which has given way."""
        return conflicting.conflicts(self._setting, subject)

    def resolve(self, keep: str, *, because: str | None = None, actor: str | None = None) -> Item:
        """Settle the conflicts of an item in its favour: what contradicts it is superseded, undoably.

        Raises NotFound, AmbiguousId, Refused where it is in no open conflict, and ItemFrozen where what
        is to give way is frozen.
        """
        return conflicting.resolve(self._setting, keep, because=because, actor=actor or self.owner)

    def reliabilities(self) -> tuple[Reliability, ...]:
        """How the statements of each author and each method of derivation did so far."""
        return reliability.reliabilities(self._setting)
