"""The open cubes of a process that serves many: opened when asked for, a few kept open, lent to calls.

Which file is whose, and how it is opened, is for whoever keeps the folder.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from remanence.cube import Cube
from remanence.errors import CubeClosed, CubeError

_log = logging.getLogger("remanence")
Opening: TypeAlias = Callable[[], Cube | None]  # None where there is no such cube, and none is to be made


@dataclass(slots=True, eq=False)
class _Held:
    """A cube in the pool: open, or about to be."""

    opening: threading.Lock = field(default_factory=threading.Lock)
    changing: threading.RLock = field(default_factory=threading.RLock)
    cube: Cube | None = None
    lent: int = 0
    is_gone: bool = False


class CubePool:
    """At most `open_max` cubes stay open that nobody uses; the one used longest ago is closed first.

    A cube in use is never closed for want of room. Use it from any thread.
    """

    def __init__(self, *, open_max: int) -> None:
        self._open_max = open_max
        self._lock = threading.Lock()
        self._held: OrderedDict[Path | str, _Held] = OrderedDict()
        self._closed = False

    @contextmanager
    def lent(self, name: Path | str, opening: Opening, *, alone: bool = False) -> Iterator[Cube | None]:
        """The cube of this name while the block lasts, opened by `opening` if it is not yet.

        One that is asked for `alone` is lent to no other that does so meanwhile. Raises CubeClosed when the
        pool was closed, and what `opening` raises.
        """
        held = self._take(name)
        try:
            cube = _opened(held, opening)
            with held.changing if alone else nullcontext():
                yield cube
        finally:
            for spare in self._give_back(held):
                _close_unasked(spare)

    def count(self) -> int:
        """How many are open, or about to be."""
        return len(self._held)

    def clear(self, then: Callable[[], None] = lambda: None) -> None:
        """Close all, also those in use, and do this before any is opened again.

        Where one can't be closed the others are, nothing else is done, and it raises what that one raised.
        """
        with self._lock, ExitStack() as closing:
            for held in self._held.values():
                with held.opening:
                    held.is_gone = True
                    if held.cube is not None:
                        closing.callback(held.cube.close)
            self._held.clear()
            closing.close()
            then()

    def close(self) -> None:
        """Close all for good."""
        self._closed = True
        self.clear()

    def _take(self, name: Path | str) -> _Held:
        with self._lock:
            if self._closed:
                raise CubeClosed("this memory was closed")
            held = self._held.setdefault(name, _Held())
            self._held.move_to_end(name)
            held.lent += 1
            return held

    def _give_back(self, held: _Held) -> list[Cube]:
        """End a loan; returns what is idle and too much, longest unused first."""
        with self._lock:
            held.lent -= 1
            if held.cube is not None and len(self._held) <= self._open_max:
                return []  # as most often; the rest looks at every cube
            idle = [(name, one) for name, one in self._held.items() if not one.lent]
            never_open = [name for name, one in idle if one.cube is None]
            for name in never_open:
                del self._held[name]
            spare = [(name, one.cube) for name, one in idle if one.cube is not None]
            spare = spare[: max(0, len(self._held) - self._open_max)]
            for name, _ in spare:
                del self._held[name]
        return [cube for _, cube in spare]


def _close_unasked(cube: Cube) -> None:
    """Close what its caller is done with: another caller's call is not to fail for it."""
    try:
        cube.close()
    except CubeError as error:
        _log.warning("a cube was not closed as it should be: %s", type(error).__name__)


def _opened(held: _Held, opening: Opening) -> Cube | None:
    with held.opening:
        if held.is_gone:
            raise CubeClosed("this memory was closed while it was asked for; ask again")
        if held.cube is None:
            held.cube = opening()
        return held.cube
