"""What a memory of several cubes changes of an item: in the mount that holds it; which may be read-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from remanence.errors import InvalidInput
from remanence.lifecycle.erasure import ErasurePlan, InSources
from remanence.model.item import Json
from remanence.model.mount import MountedItem
from remanence.mounts.looks import Looks
from remanence.mounts.opening import OpenMount, naming
from remanence.storage.port import Receipt
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.pointing import Pointer, pointed_at


class Changes(Looks):
    """Each raises as the method of Cube does, CubeReadOnly and AmbiguousId that name the mounts."""

    def revise(
        self,
        item: str,
        text: str,
        *,
        confidence: float | None = None,
        valid_from: When | None = None,
        valid_to: When | None = None,
        derived_from: Iterable[str] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Put other content in the place of an item's; see Cube.revise."""
        start, end = self._starting(valid_from, "valid_from"), self._starting(valid_to, "valid_to")
        one, _ = self._of(item)
        sources = self._within(one, derived_from)
        return self._change_item(
            item,
            lambda cube, own: cube.revise(
                own,
                text,
                confidence=confidence,
                valid_from=start,
                valid_to=end,
                derived_from=sources,
                because=because,
                actor=actor or self._asker,
            ),
        )

    def annotate(
        self,
        item: str,
        *,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Give an item other tags or other metadata; None leaves them."""
        return self._change_item(
            item,
            lambda cube, own: cube.annotate(
                own, tags=tags, metadata=metadata, because=because, actor=actor or self._asker
            ),
        )

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
        """Retire an item, or erase it from its cube; see Cube.forget. What other cubes hold stays."""
        return self._change(
            item,
            lambda cube, own: cube.forget(
                own,
                erase=erase,
                because=because,
                in_sources=in_sources,
                force=force,
                actor=actor or self._asker,
            ),
        )

    def plan_erasure(
        self, item: str, *, in_sources: InSources = "passage", force: bool = False
    ) -> ErasurePlan:
        """What an erasure would take from the item's cube; nothing is changed."""
        return self._ask(item, lambda cube, own: cube.plan_erasure(own, in_sources=in_sources, force=force))

    def freeze(self, item: str, *, because: str | None = None, actor: str | None = None) -> MountedItem:
        """Protect an item from change, forgetting and decay until it is thawed."""
        return self._change_item(
            item, lambda cube, own: cube.freeze(own, because=because, actor=actor or self._asker)
        )

    def thaw(self, item: str, *, because: str | None = None, actor: str | None = None) -> MountedItem:
        """Let a frozen item change again."""
        return self._change_item(
            item, lambda cube, own: cube.thaw(own, because=because, actor=actor or self._asker)
        )

    def expire(
        self, item: str, *, at: When | None, because: str | None = None, actor: str | None = None
    ) -> MountedItem:
        """Recall an item until a time to come, and then no more; None lifts that."""
        until = self._starting(at, "the expiry")
        return self._change_item(
            item, lambda cube, own: cube.expire(own, at=until, because=because, actor=actor or self._asker)
        )

    def resolve(self, keep: str, *, because: str | None = None, actor: str | None = None) -> MountedItem:
        """Settle the conflicts of an item, within its cube, in its favour."""
        return self._change_item(
            keep, lambda cube, own: cube.resolve(own, because=because, actor=actor or self._asker)
        )

    def used(
        self, hits: Pointer | Iterable[Pointer], *, because: str | None = None, actor: str | None = None
    ) -> tuple[str, ...]:
        """Mark the hits that helped, each in its own cube; returns their ids after their mounts' names.

        Where one can't be marked, those of its cube are not. Raises as Cube.used.
        """
        by_mount = self._by_mount(hits)
        for name in by_mount:
            self._opened[name].for_writing()
        marked: list[str] = []
        for name, ids in by_mount.items():
            with naming(name):
                found = self._opened[name].cube.used(ids, because=because, actor=actor or self._asker)
            marked += [f"{name}:{item_id}" for item_id in found]
        return tuple(marked)

    def _by_mount(self, pointers: Pointer | Iterable[Pointer]) -> dict[str, list[str]]:
        """The ids of what is pointed at, by the mount that holds it."""
        found: dict[str, list[str]] = {}
        for one in pointed_at(pointers):
            address = one.address if isinstance(one, MountedItem) else one if isinstance(one, str) else one.id
            held_by, item_id = self._of(address)
            found.setdefault(held_by.name, []).append(item_id)
        return found

    def _within(self, held_by: OpenMount, items: Iterable[str]) -> list[str]:
        """The ids of items of this mount; InvalidInput where one lies in another."""
        found = [self._of(item) for item in arguments.listed(items, "derived_from")]
        others = dict.fromkeys(one.name for one, _ in found if one.name != held_by.name)
        if others:
            raise InvalidInput(
                f"an item of {held_by.name!r} can't rest on items of another cube ({', '.join(others)})"
            )
        return [item_id for _, item_id in found]
