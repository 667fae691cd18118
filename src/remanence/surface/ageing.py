"""The façade's ageing: what helped, what expires."""

from __future__ import annotations

from collections.abc import Iterable

from remanence.model.ids import ItemId
from remanence.model.item import Item
from remanence.surface.bound import Bound
from remanence.verbs import ageing
from remanence.verbs.ageing import Helped
from remanence.verbs.arguments import When


class Ageing(Bound):
    """How memory strengthens and fades."""

    def used(
        self, hits: Helped | Iterable[Helped], *, because: str | None = None, actor: str | None = None
    ) -> tuple[ItemId, ...]:
        """Mark the hits that helped (hits, items or ids): they stay active longer, and wake if dormant.

        What is merely recalled is never counted, so that looking around distorts nothing. Returns the ids.
        Raises NotFound, AmbiguousId, ItemErased or InvalidInput; then none is marked.
        """
        return ageing.used(self._setting, hits, because=because, actor=actor or self.owner)

    def expire(
        self, item: str, *, at: When | None, because: str | None = None, actor: str | None = None
    ) -> Item:
        """Recall an item until a time to come, and then no more; None lifts that.

        That is not its validity: until when it holds in the world is `revise`'s `valid_to`. What has
        expired is kept as what is retired is. Raises as `revise` does, and InvalidInput for a time that
        has passed.
        """
        return ageing.expire(self._setting, item, at, because=because, actor=actor or self.owner)
