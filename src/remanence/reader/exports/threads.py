"""A tree of messages as threads: the one that is shown, and what other branches have beside it.

Pure. Asked by formats whose messages name the one that they answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threads:
    """The path to the current message, the others' messages from where they leave a path, and the rest.

    Each message is in one thread. `lost` are messages in a circle, to which no path leads.
    """

    main: tuple[str, ...]
    branches: tuple[tuple[str, ...], ...]
    lost: tuple[str, ...]


def threads(parents: Mapping[str, str | None], current: str | None) -> Threads:
    """The threads of messages that name their parents; a parent that is not there is none.

    Without a current message, the last one that nothing answers is taken for it.

    >>> threads({"a": None, "b": "a", "c": "a", "d": "b"}, "d")
    Threads(main=('a', 'b', 'd'), branches=(('c',),), lost=())
    """
    answered = set(parents.values())
    leaves = [one for one in parents if one not in answered]
    if current not in parents:
        current = leaves[-1] if leaves else None
    taken: set[str] = set()

    def path(leaf: str) -> tuple[str, ...]:
        found: list[str] = []
        one: str | None = leaf
        while one is not None and one in parents and one not in taken:
            taken.add(one)
            found.append(one)
            one = parents[one]
        return tuple(reversed(found))

    main = () if current is None else path(current)
    branches = [path(leaf) for leaf in leaves if leaf != current]
    # What follows the current message was answered already when somebody went back to it.
    return Threads(main, tuple(filter(None, branches)), tuple(one for one in parents if one not in taken))
