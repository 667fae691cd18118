"""What every part of a memory of several cubes is bound to: its mounts, and how an id finds its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import TypeVar

from remanence.cube import Cube
from remanence.errors import AmbiguousId, InvalidInput, NotFound
from remanence.model.ids import ItemId, clean_prefix, short
from remanence.model.item import Item
from remanence.model.mount import SEPARATOR, MountedItem
from remanence.mounts.opening import Mount, OpenMount, naming
from remanence.mounts.routing import Router
from remanence.verbs import arguments
from remanence.verbs.arguments import CANDIDATES_SHOWN, When

T = TypeVar("T")


class Bound:
    """The open mounts of one memory, in the order in which they were given."""

    def __init__(self, opened: Mapping[str, OpenMount], stack: ExitStack, router: Router, asker: str) -> None:
        self._opened = opened
        self._stack = stack
        self._router = router
        self._asker = asker
        self._first = next(iter(opened.values())).cube

    @property
    def asker(self) -> str:
        """Who says "I" in a question, and whose a user's message without a name is: one for all mounts."""
        return self._asker

    @property
    def time_zone(self) -> str:
        """The zone in which naive times are read, for all mounts: the first one's."""
        return self._first.time_zone

    @property
    def mounts(self) -> dict[str, Mount]:
        """The mounts by name."""
        return {name: one.mount for name, one in self._opened.items()}

    def cube(self, mount: str) -> Cube:
        """The cube of one mount, for all that is about one cube alone; the memory closes it."""
        return self._mount(mount).cube

    def _mount(self, name: str) -> OpenMount:
        if name not in self._opened:
            raise InvalidInput(f"mount {name!r} is not one of: {', '.join(self._opened)}")
        return self._opened[name]

    def _of(self, item: str) -> tuple[OpenMount, str]:
        """The mount that holds an item, and the id there.

        With a mount's name and a colon before it, an id is looked for in that one alone. Raises NotFound,
        AmbiguousId that names the mounts, and InvalidInput for what is no id.
        """
        if not isinstance(item, str):
            raise InvalidInput(f"the item is a {type(item).__name__}; give an id, or mount:id")
        name, separator, rest = item.rpartition(SEPARATOR)
        if separator:
            return self._mount(name), rest
        prefix = clean_prefix(item)
        found: list[tuple[OpenMount, ItemId]] = []
        for one in self._opened.values():
            with naming(one.name), one.cube._setting.store.read() as snapshot:
                found += [
                    (one, item_id) for item_id in snapshot.ids_with_prefix(prefix, limit=CANDIDATES_SHOWN)
                ]
        if not found:
            raise NotFound(
                f"no item's id begins with {prefix!r} in any of the mounts {', '.join(self._opened)}"
            )
        if len(found) > 1:
            shown = ", ".join(f"{one.name}{SEPARATOR}{short(item_id)}" for one, item_id in found)
            raise AmbiguousId(f"{prefix!r} is the beginning of several ids: {shown}; put the mount before it")
        return found[0]

    def _ask(self, item: str, ask: Callable[[Cube, str], T]) -> T:
        """What the cube that holds the item answers."""
        one, item_id = self._of(item)
        with naming(one.name):
            return ask(one.cube, item_id)

    def _change(self, item: str, change: Callable[[Cube, str], T]) -> T:
        """The same, of a mount that may be written to."""
        one, item_id = self._of(item)
        one.for_writing()
        with naming(one.name):
            return change(one.cube, item_id)

    def _change_item(self, item: str, change: Callable[[Cube, str], Item]) -> MountedItem:
        one, item_id = self._of(item)
        one.for_writing()
        with naming(one.name):
            return MountedItem(change(one.cube, item_id).revision, one.name)

    def _each(self, ask: Callable[[Cube], T]) -> list[tuple[str, T]]:
        """What each cube answers, in the order of the mounts."""
        answers = []
        for name, one in self._opened.items():
            with naming(name):
                answers.append((name, ask(one.cube)))
        return answers

    def _starting(self, when: When | None, name: str) -> datetime | None:
        """The first moment of what is meant, in the memory's zone whatever the zone of the cube."""
        setting = self._first._setting
        return arguments.starting(when, now=setting.clock.now(), zone=setting.zone, name=name)

    def _last_moment(self, when: When, name: str) -> datetime:
        setting = self._first._setting
        return arguments.last_moment(when, now=setting.clock.now(), zone=setting.zone, name=name)
