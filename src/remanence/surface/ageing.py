"""The façade's ageing: what helped, what expires, what the rules and consolidation do with the rest."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from remanence.model.ageing import CONSOLIDATION_SECONDS
from remanence.model.ids import ItemId
from remanence.model.item import Item
from remanence.model.mark import Mark
from remanence.surface.bound import Bound
from remanence.verbs import ageing, forgetting
from remanence.verbs.arguments import When
from remanence.verbs.pointing import Pointer

if TYPE_CHECKING:
    from remanence.verbs.consolidating import Consolidated
    from remanence.verbs.ruling import LifecycleApplied, LifecyclePlan


class Ageing(Bound):
    """How memory strengthens and fades."""

    def used(
        self, hits: Pointer | Iterable[Pointer], *, because: str | None = None, actor: str | None = None
    ) -> tuple[ItemId, ...]:
        """Mark what helped (hits, contexts, items or ids): it stays active longer, and wakes if dormant.

        What is merely recalled is never counted, so that looking around distorts nothing. Returns the ids.
        Raises NotFound, AmbiguousId, ItemErased or InvalidInput; then none is marked.
        """
        return ageing.used(self._setting, hits, because=because, actor=actor or self.owner)

    def freeze(self, item: str, *, because: str | None = None, actor: str | None = None) -> Item:
        """Protect an item from change, forgetting and decay until it is thawed."""
        return forgetting.freeze(self._setting, item, because=because, actor=actor or self.owner)

    def thaw(self, item: str, *, because: str | None = None, actor: str | None = None) -> Item:
        """Let a frozen item change again."""
        return forgetting.thaw(self._setting, item, because=because, actor=actor or self.owner)

    def expire(
        self, item: str, *, at: When | None, because: str | None = None, actor: str | None = None
    ) -> Item:
        """Recall an item until a time to come, and then no more; None lifts that.

        That is not its validity: until when it holds in the world is `revise`'s `valid_to`. What has
        expired is kept as what is retired is. Raises as `revise` does, and InvalidInput for a time that
        has passed.
        """
        return ageing.expire(self._setting, item, at, because=because, actor=actor or self.owner)

    def marks(self, item: str) -> tuple[Mark, ...]:
        """When an item was used, and until when it is to be recalled, in the order in which that was said."""
        return ageing.marks(self._setting, item)

    def plan_lifecycle(self, rules: str | os.PathLike[str] | bytes | None = None) -> LifecyclePlan:
        """What the rules of a TOML file (default: those that ship) would touch, and why; nothing is changed.

        `rules` is the file's path, or the bytes of one.
        See docs/lifecycle.md. Raises InvalidInput for a file with an unknown field, a syntax error, or
        rules that would feed each other without end.
        """
        from remanence.verbs import ruling  # here and below: rules and sleep are no part of a first recall

        return ruling.plan(self._setting, ruling.read_file(rules))

    def apply_lifecycle(
        self,
        rules: str | os.PathLike[str] | bytes | None = None,
        *,
        allow_erase: bool = False,
        because: str | None = None,
        actor: str | None = None,
    ) -> LifecycleApplied:
        """Do what the rules say, in one change that `undo` takes back.

        Erasures can't be undone: rules that erase are refused without `allow_erase`, and with it are a
        change of their own, with a receipt. Raises as `plan_lifecycle`, Refused, or ItemFrozen where an
        erasure would take something frozen along; then nothing is changed.
        """
        from remanence.verbs import ruling

        applied = ruling.apply(
            self._setting,
            ruling.read_file(rules),
            allow_erase=allow_erase,
            because=because,
            actor=actor or self.owner,
        )
        if applied.receipt is not None:
            self._recaller.catch_up()
        return applied

    def consolidate(
        self,
        *,
        seconds: float = CONSOLIDATION_SECONDS,
        because: str | None = None,
        actor: str | None = None,
    ) -> Consolidated:
        """Merge statements that say the same, strengthen what is corroborated, let go of what is cold.

        And renew the summaries of conversations that went on. One change that `undo` takes back, or none
        where nothing is to do. What could be a unit is named in the report and waits for `propose_units`;
        nothing is stored of it. It begins nothing new once `seconds` have passed, and the next call goes
        on. Then, if there is time, promises of which somebody said how they came out hold no longer, in a
        change of their own, and what memory promises about itself is checked (`check_promises`): it is in
        the report's `promises`. Messages and promises are never merged, and no statement that differs in
        a number, a name or a denial.
        Raises Refused, and changes nothing, should it end with fewer words than it can account for.
        """
        from remanence.promises.checks import running
        from remanence.promises.ledger import read_ledger
        from remanence.promises.settling import settle
        from remanence.verbs import consolidating

        until = time.monotonic() + seconds if isinstance(seconds, int | float) else 0.0
        done = consolidating.consolidate(
            self._setting, self._recaller, seconds=seconds, because=because, actor=actor or self.owner
        )
        if time.monotonic() >= until:
            return done
        settle(self._setting, read_ledger(self._setting), actor=actor or self.owner)
        report = running.check_promises(
            self._setting, self._recaller, running.read_promises(None), figures=None
        )
        return replace(done, promises=report)

    def merged(self, item: str) -> tuple[Item, ...]:
        """The items that were merged into this one and say the same, each with its own words."""
        from remanence.verbs import consolidating

        return consolidating.merged(self._setting, item)

    def survivor(self, item: str) -> Item:
        """The item that goes on for this one: what it was merged into, at the last; else itself."""
        from remanence.verbs import consolidating

        return consolidating.survivor(self._setting, item)
