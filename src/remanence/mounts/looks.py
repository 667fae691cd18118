"""What a memory of several cubes tells: of an item by its mount, of all with the mounts' names."""

from __future__ import annotations

from remanence.errors import InvalidInput
from remanence.model.conflict import Conflict
from remanence.model.item import Revision
from remanence.model.mark import Mark
from remanence.model.mount import Mounted, MountedItem
from remanence.model.support import Impact, Support
from remanence.mounts.bound import Bound
from remanence.mounts.opening import naming
from remanence.verbs.arguments import When
from remanence.verbs.inspecting import Stats
from remanence.verbs.recounting import DEFAULT_SETS, ChangeSet
from remanence.verbs.succession import Period


class Looks(Bound):
    """Questions about what is there; nothing is changed."""

    def show(self, item: str) -> MountedItem:
        """The item as it is believed now; raises NotFound or AmbiguousId."""
        one, item_id = self._of(item)
        with naming(one.name):
            return MountedItem(one.cube.show(item_id).revision, one.name)

    def history(self, item: str) -> tuple[Revision, ...]:
        """All rows of an item, in the order in which they were recorded."""
        return self._ask(item, lambda cube, own: cube.history(own))

    def why(self, item: str) -> Support:
        """The tree of what an item rests on, within its cube."""
        return self._ask(item, lambda cube, own: cube.why(own))

    def impact(self, item: str) -> Impact:
        """What would lose its last support, in the item's cube, if it were retracted."""
        return self._ask(item, lambda cube, own: cube.impact(own))

    def marks(self, item: str) -> tuple[Mark, ...]:
        """When an item was used, and until when it is to be recalled."""
        return self._ask(item, lambda cube, own: cube.marks(own))

    def conflicts(self, *, subject: str | None = None) -> tuple[Mounted[Conflict], ...]:
        """Open contradictions within each cube, by mount."""
        found = self._each(lambda cube: cube.conflicts(subject=subject))
        return tuple(Mounted(name, one) for name, those in found for one in those)

    def timeline(
        self, subject: str, attribute: str | None = None, *, known_at: When | None = None
    ) -> tuple[Mounted[Period], ...]:
        """The values of somebody's attributes in all cubes, by attribute, earliest first."""
        then = None if known_at is None else self._last_moment(known_at, "known_at")
        found = self._each(lambda cube: cube.timeline(subject, attribute, known_at=then))
        return tuple(sorted((Mounted(name, one) for name, those in found for one in those), key=_place_of))

    def changes(
        self, since: When, until: When | None = None, *, limit: int = DEFAULT_SETS
    ) -> tuple[Mounted[ChangeSet], ...]:
        """What changed in which cube and why, oldest first, at most `limit` of all; see Cube.changes.

        Between times alone: each cube counts the lines of its own journal. Raises InvalidInput.
        """
        if isinstance(since, int) or isinstance(until, int):
            raise InvalidInput("several journals have no common line; give times, or ask memory.cube(mount)")
        start = self._starting(since, "since")
        end = None if until is None else self._last_moment(until, "until")
        if start is None:
            raise InvalidInput("since names no beginning; give a time")
        found = self._each(lambda cube: cube.changes(start, end, limit=limit))
        lines = [Mounted(name, one) for name, those in found for one in those]
        return tuple(sorted(lines, key=lambda line: line.value.at)[:limit])

    def stats(self) -> dict[str, Stats]:
        """How much there is of what, by mount."""
        return dict(self._each(lambda cube: cube.stats()))


def _place_of(line: Mounted[Period]) -> tuple[str, str, int, int]:
    row = line.value.item.revision
    return line.value.subject, line.value.attribute, row.valid.start_micros, row.valid.end_micros
