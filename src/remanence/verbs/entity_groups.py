"""Which entities were taken for one, by hand: each stands for the whole by one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence


class Groups:
    """Entities joined by mergers. The one that all others were taken for stands for them."""

    def __init__(self, mergers: Iterable[tuple[int, int]]) -> None:
        self._target: dict[int, list[int]] = {}
        self._beside: dict[int, set[int]] = {}
        for entity, target in mergers:
            self._target.setdefault(entity, []).append(target)
            self._beside.setdefault(entity, set()).add(target)
            self._beside.setdefault(target, set()).add(entity)

    @property
    def root(self) -> Callable[[int], int]:
        """For an entity the one that stands for it."""
        return self._root if self._beside else _itself

    def members(self, entity: int) -> Sequence[int]:
        """All that are one with it, itself included, in order."""
        waiting, found = [entity], {entity}
        while waiting:
            for other in self._beside.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return sorted(found)

    def _root(self, entity: int) -> int:
        if entity not in self._beside:
            return entity
        members = self.members(entity)
        # None is left over where undoing has made a circle of mergers: then the oldest stands for all.
        return min((one for one in members if one not in self._target), default=members[0])


def _itself(entity: int) -> int:
    return entity
