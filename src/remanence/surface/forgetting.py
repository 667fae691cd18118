"""The façade's protections and losses: what is frozen, retired, or erased for good."""

from __future__ import annotations

from remanence.lifecycle.erasure import ErasurePlan, InSources
from remanence.model.item import Item
from remanence.storage.port import Receipt
from remanence.surface.bound import Bound
from remanence.verbs import forgetting


class Forgetting(Bound):
    """What is kept from change, and what is let go."""

    def forget(
        self,
        item: str,
        *,
        erase: bool = False,
        because: str | None = None,
        in_sources: InSources = "passage",
        force: bool = False,
        actor: str | None = None,
    ) -> Receipt | None:
        """Retire an item: kept, not recalled, undoable. With `erase` it is gone for good.

        Erasure takes its text, and what was derived from it, out of every page of the file, blanks
        the passage it came from in its sources (`in_sources="message"` erases whole messages, "keep"
        leaves them), and returns a receipt. Raises NotFound, AmbiguousId, ItemErased, and ItemFrozen
        unless forced.
        """
        if not erase:
            forgetting.retire(self._setting, item, because=because, actor=actor or self.owner)
            return None
        receipt = forgetting.erase(
            self._setting,
            [item],
            because=because,
            actor=actor or self.owner,
            in_sources=in_sources,
            force=force,
            remaining=self._recaller.near_duplicates(item),
        )
        self._recaller.catch_up()
        return receipt

    def plan_erasure(
        self, item: str, *, in_sources: InSources = "passage", force: bool = False
    ) -> ErasurePlan:
        """What `forget(..., erase=True)` would take, and where it would blank; nothing is changed."""
        return forgetting.plan_erasure(self._setting, item, in_sources=in_sources, force=force)

    def freeze(self, item: str, *, because: str | None = None, actor: str | None = None) -> Item:
        """Protect an item from change, forgetting and decay until it is thawed."""
        return forgetting.freeze(self._setting, item, because=because, actor=actor or self.owner)

    def thaw(self, item: str, *, because: str | None = None, actor: str | None = None) -> Item:
        """Let a frozen item change again."""
        return forgetting.thaw(self._setting, item, because=because, actor=actor or self.owner)
